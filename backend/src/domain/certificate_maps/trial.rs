//! Which entry a certificate leads to: what the maps make of it, and what a directory finds.

use certdeck_shared::api::certificate_map::{
    DirectoryAnswer, DirectoryQuestion, EntryCertificate, FoundEntry, MadeSearch, MapChanges, MapTrial, MapTrialResult, NewMapTrial,
};
use certdeck_shared::certmap::{self, MapFile};
use certdeck_shared::detect;
use certdeck_shared::x509::parse;

use super::CertificateMapFiles;
use super::change::with_changes;
use crate::domain::databases::OperationError;
use crate::host::directory::{Address, Directory, DirectoryError, Entry};

/// Where an entry keeps its certificates: the first that is there counts.
const CERTIFICATES: [&str; 2] = ["userCertificate;binary", "userCertificate"];

impl CertificateMapFiles {
    /// Tries a certificate on a file, with changes that are made for this alone, and on a directory where one is named.
    ///
    /// # Errors
    /// As of reading the file; a certificate that is none; a directory that does not answer.
    pub async fn try_certificate(&self, new: NewMapTrial) -> Result<MapTrialResult, OperationError> {
        let mut file = self.read(&new.path).await?.file;
        if !new.changes.is_empty() {
            let text = with_changes(file.text(), &MapChanges { changes: new.changes })?;
            file = MapFile::parse(&text).map_err(|error| OperationError::NotUnderstood(error.to_string()))?;
        }
        let unreadable = |why: String| OperationError::invalid("/certificate", why);
        let found = detect::read(new.certificate.as_bytes());
        let [found] = found.certificates.as_slice() else {
            return Err(unreadable(format!("One certificate is tried, and here are {}.", found.certificates.len())));
        };
        let view = parse::certificate(&found.der).map_err(|error| unreadable(format!("The certificate is not understood: {error}.")))?;
        let trial = certmap::try_certificate(&file, &view, new.issuer_comparison);
        let directory = match new.directory {
            Some(question) if !trial.searches.is_empty() => Some(asked(question, trial.clone(), found.der.clone()).await?),
            _ => None,
        };
        Ok(MapTrialResult { trial, directory })
    }
}

/// Asks a directory. What reads its answers gives up on some that are malformed, so that is done in a task of its own.
async fn asked(question: DirectoryQuestion, trial: MapTrial, der: Vec<u8>) -> Result<DirectoryAnswer, OperationError> {
    let answered = tokio::spawn(async move { answer(&question, &trial, &der).await }).await;
    answered.unwrap_or_else(|_| Err(DirectoryError::Connection("its answer cannot be read".to_owned()))).map_err(OperationError::from)
}

async fn answer(question: &DirectoryQuestion, trial: &MapTrial, der: &[u8]) -> Result<DirectoryAnswer, DirectoryError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let address = Address { url: question.url.trim().to_owned(), starttls: question.starttls, trusted: given(&question.ca) };
    let name = given(&question.bind_dn);
    let bind = name.as_deref().map(|name| (name, question.password.as_deref().unwrap_or_default()));
    let mut directory = Directory::open(&address, bind).await?;
    let tree = match given(&question.suffix) {
        Some(suffix) => vec![suffix],
        None => directory.naming_contexts().await?,
    };
    let mut searches = Vec::new();
    let mut found: Vec<FoundEntry> = Vec::new();
    for search in &trial.searches {
        let bases = search.base.as_ref().map_or(tree.as_slice(), std::slice::from_ref);
        for base in bases {
            let made = directory.search(base, &search.filter, &["uid", CERTIFICATES[0], CERTIFICATES[1]]).await;
            let (entries, problem) = match made {
                Ok(entries) => (entries.iter().map(|entry| told(entry, der)).collect(), None),
                Err(DirectoryError::Search(words)) => (Vec::new(), Some(words)),
                Err(other) => return Err(other),
            };
            found.extend_from_slice(&entries);
            searches.push(MadeSearch { base: base.clone(), filter: search.filter.clone(), entries, problem });
        }
        if !found.is_empty() {
            break;
        }
    }
    directory.close().await;
    let (entry, words) = concluded(&found, trial.verifies, searches.is_empty());
    Ok(DirectoryAnswer { searches, entry, words })
}

fn told(entry: &Entry, der: &[u8]) -> FoundEntry {
    let certificates = CERTIFICATES.iter().find_map(|name| entry.values(name));
    let certificate = match certificates {
        None | Some([]) => EntryCertificate::Missing,
        Some(values) if values.iter().any(|value| value == der) => EntryCertificate::Same,
        Some(_) => EntryCertificate::Differs,
    };
    let uid = entry.values("uid").and_then(<[_]>::first).map(|value| String::from_utf8_lossy(value).into_owned());
    FoundEntry { dn: entry.dn.clone(), uid, certificate }
}

/// The entry, and why it is that one or none.
fn concluded(found: &[FoundEntry], verifies: bool, nowhere: bool) -> (Option<String>, String) {
    let of = |entry: &FoundEntry, words: &str| (Some(entry.dn.clone()), format!("The certificate leads to {}{words}.", entry.dn));
    if nowhere {
        return (None, "The directory names nothing that could be searched; give the base of its tree.".to_owned());
    }
    let verified = found.iter().find(|entry| entry.certificate == EntryCertificate::Same);
    match (found, verified) {
        ([], _) => (None, "No entry is found, and the client is refused.".to_owned()),
        (_, Some(entry)) if verifies => of(entry, ", which holds this very certificate"),
        ([only], _) if verifies => (
            None,
            match only.certificate {
                EntryCertificate::Missing => {
                    format!("{} has no userCertificate that the directory shows, verifycert is on, and the client is refused.", only.dn)
                }
                _ => format!("{} holds another certificate, verifycert is on, and the client is refused.", only.dn),
            },
        ),
        ([only], _) => of(only, ""),
        (several, _) if verifies => {
            (None, format!("{} entries match and none of them holds this certificate: the client is refused.", several.len()))
        }
        (several, _) => (None, format!("{} entries match, and the client is refused: it must be one.", several.len())),
    }
}
