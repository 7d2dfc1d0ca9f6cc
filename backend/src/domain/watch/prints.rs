//! The same certificate in four places.

use certdeck_shared::api::endpoint::{FourPrints, Mark, Print};

use super::evidence::Evidence;

/// What the evidence tells of each place.
pub(super) fn of(evidence: &Evidence) -> FourPrints {
    let wire = evidence.report.leaf().map(|leaf| leaf.fingerprint_sha256.clone());
    let database = bound(evidence);
    let file = in_file(evidence);
    let first = database.clone().or_else(|| file.clone());
    let print = |found: Option<String>, words: &str, absent: &str| {
        let mark = match &found {
            None => Mark::None,
            Some(found) if first.as_ref().is_none_or(|first| first == found) => Mark::Same,
            Some(_) => Mark::Differs,
        };
        let words = if found.is_some() { words } else { absent };
        Print { mark, fingerprint_sha256: found, words: words.to_owned() }
    };
    FourPrints {
        database: print(database, "The certificate that is bound to it.", "No certificate is bound to it."),
        file: print(file, "The file that the configuration names.", "No file of a registered service holds it."),
        process: Print { mark: Mark::Unknown, fingerprint_sha256: None, words: "What a process loaded is not told by it.".to_owned() },
        wire: print(wire, "What it served.", "Nothing was served."),
        advice: None,
    }
}

/// The certificate of the binding that is for this endpoint.
fn bound(evidence: &Evidence) -> Option<String> {
    let (_, name) = evidence.record.service.as_ref()?;
    let bindings = evidence.service.as_ref()?.bindings.iter();
    let mut of_it = bindings.filter(|binding| binding.endpoints.is_empty() || binding.endpoints.contains(name));
    Some(of_it.next_back()?.certificate.as_ref()?.fingerprint_sha256.clone())
}

/// The first certificate of the file that the configuration names.
fn in_file(evidence: &Evidence) -> Option<String> {
    let pair = evidence.configured()?.pairs.first()?;
    let files = &evidence.service.as_ref()?.description.files;
    let file = files.iter().find(|file| file.path == pair.certificate.value)?;
    Some(file.certificates.first()?.fingerprint_sha256.clone())
}
