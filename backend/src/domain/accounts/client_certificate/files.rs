//! The files by which certificates of clients are judged: CAs, rules, revocation lists.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use certdeck_shared::certmap::{MapFile, NotUnderstood};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::{CertificateError, RootCertStore};
use time::OffsetDateTime;

use crate::config::ClientCertificateSettings;
use crate::host::files::{self, FileError};

/// Most octets of one of them; lists of large CAs have some megabytes.
const LONGEST: u64 = 64 << 20;
/// Most octets of the rules.
const LONGEST_MAP: u64 = 256 << 10;

/// Why they cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClientCertificatesError {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It holds no PEM of the kind that belongs there.
    #[error("{} holds no {what} in PEM", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// A PEM block in it is broken, or a CA is none.
    #[error("{}: {words}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        words: String,
    },
    /// The rules are none.
    #[error("{} is no certmap.conf", path.display())]
    Map {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        #[source]
        source: NotUnderstood,
    },
    /// A revocation list is none.
    #[error("the CAs or revocation lists cannot be used")]
    Verifier(#[from] VerifierBuilderError),
}

/// What certificates of clients are judged by.
pub struct ClientCertificates {
    verifier: Arc<dyn ClientCertVerifier>,
    map: MapFile,
}

impl ClientCertificates {
    /// Reads the files. Blocks.
    ///
    /// # Errors
    /// See [`ClientCertificatesError`].
    pub fn read(settings: &ClientCertificateSettings) -> Result<Self, ClientCertificatesError> {
        let path = &settings.authorities;
        let unusable = |words: String| ClientCertificatesError::Unusable { path: path.clone(), words };
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&files::read_limited(path, LONGEST)?) {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(ClientCertificatesError::Empty { path: path.clone(), what: "certificate" });
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if let Some(path) = &settings.revocations {
            // Whose CA has no list among them is refused, and so is whoever is on one; a list that is past says nothing.
            builder = builder.with_crls(lists(path)?).enforce_revocation_expiration();
        }
        let path = &settings.map;
        let text = String::from_utf8(files::read_limited(path, LONGEST_MAP)?)
            .map_err(|_| ClientCertificatesError::Unusable { path: path.clone(), words: "it is not UTF-8 text".to_owned() })?;
        let map = MapFile::parse(&text).map_err(|source| ClientCertificatesError::Map { path: path.clone(), source })?;
        Ok(Self { verifier: builder.build()?, map })
    }

    /// The rules.
    #[must_use]
    pub fn map(&self) -> &MapFile {
        &self.map
    }

    /// Names of the CAs, for browsers to choose a certificate by.
    #[must_use]
    pub fn authorities(&self) -> &[rustls::DistinguishedName] {
        self.verifier.root_hint_subjects()
    }

    /// Verifies a chain, the client's own certificate first: signatures, validity, purpose (RFC 5280 section 6), revocation where there are lists.
    ///
    /// # Errors
    /// Why it is not good, in words.
    pub fn verify(&self, chain: &[CertificateDer<'_>], now: OffsetDateTime) -> Result<(), String> {
        let Some((leaf, issuers)) = chain.split_first() else { return Err("there is none".to_owned()) };
        let since = Duration::from_secs(u64::try_from(now.unix_timestamp()).unwrap_or_default());
        let verified = self.verifier.verify_client_cert(leaf, issuers, UnixTime::since_unix_epoch(since));
        verified.map(drop).map_err(|error| match error {
            rustls::Error::InvalidCertificate(error) => words(&error),
            other => other.to_string(),
        })
    }
}

fn lists(path: &Path) -> Result<Vec<CertificateRevocationListDer<'static>>, ClientCertificatesError> {
    let content = files::read_limited(path, LONGEST)?;
    let lists: Result<Vec<_>, _> = CertificateRevocationListDer::pem_slice_iter(&content).collect();
    let lists = lists.map_err(|error| ClientCertificatesError::Unusable { path: path.to_owned(), words: error.to_string() })?;
    if lists.is_empty() { Err(ClientCertificatesError::Empty { path: path.to_owned(), what: "revocation list" }) } else { Ok(lists) }
}

fn words(error: &CertificateError) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        CertificateError::Revoked => "it is revoked".to_owned(),
        CertificateError::UnknownIssuer => "none of the console's CAs has issued it".to_owned(),
        CertificateError::UnknownRevocationStatus => "no revocation list of its issuer is here".to_owned(),
        CertificateError::ExpiredRevocationList | CertificateError::ExpiredRevocationListContext { .. } => {
            "the revocation list of its issuer is past".to_owned()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not for clients (clientAuth)".to_owned()
        }
        other => other.to_string(),
    }
}
