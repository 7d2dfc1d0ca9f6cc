//! What slapd refused stays in its memory, whoever tried it, and keeps it from TLS until it is deleted. An attribute that is not there can only
//! be deleted after it was given a value that slapd takes.

use std::path::{Path, PathBuf};

use super::library::TlsLibrary;
use crate::host::files::{self, FileError};

/// The attribute that names the file of the certificate: without it there is no TLS.
pub const CERTIFICATE: &str = "olcTLSCertificateFile";
/// Attributes for which there is a value that slapd takes for certain.
const FORGETTABLE: [&str; 6] =
    ["olcTLSCACertificateFile", "olcTLSCipherSuite", "olcTLSProtocolMin", "olcTLSVerifyClient", "olcTLSDHParamFile", "olcTLSCRLFile"];
/// The group ffdhe2048 (RFC 7919).
const PARAMETERS: &str = include_str!("harmless/parameters.pem");
/// A list without entries, of an authority that there is not.
const REVOKED: &str = include_str!("harmless/revoked.pem");

/// A value that slapd takes for certain, for an attribute that is deleted next.
pub fn harmless(name: &str, certificate: &str, library: Option<TlsLibrary>) -> Option<String> {
    Some(match name.to_ascii_lowercase().as_str() {
        // Every certificate is one that a client's could be checked with.
        "olctlscacertificatefile" => certificate.to_owned(),
        "olctlsciphersuite" => library?.harmless_ciphers().to_owned(),
        "olctlsprotocolmin" => "0.0".to_owned(),
        "olctlsverifyclient" => "never".to_owned(),
        _ => return None,
    })
}

/// Values for the attributes that an entry has not; the files that some of them name are there as long as this is.
pub struct Harmless {
    /// Names of attributes with their values.
    pub values: Vec<(&'static str, [String; 1])>,
    files: Vec<PathBuf>,
}

impl Harmless {
    /// For the attributes that are not in an entry. Files are made beside that of the certificate, where slapd can read.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn for_absent(is_there: impl Fn(&str) -> bool, certificate: &str, library: Option<TlsLibrary>) -> Result<Self, FileError> {
        let mut made = Self { values: Vec::new(), files: Vec::new() };
        for name in FORGETTABLE.into_iter().filter(|name| !is_there(name)) {
            let value = match name {
                "olcTLSDHParamFile" => Some(made.file(certificate, PARAMETERS)?),
                "olcTLSCRLFile" => Some(made.file(certificate, REVOKED)?),
                _ => harmless(name, certificate, library),
            };
            made.values.extend(value.map(|value| (name, [value])));
        }
        Ok(made)
    }

    fn file(&mut self, certificate: &str, content: &str) -> Result<String, FileError> {
        let path = files::temporary_beside(Path::new(certificate));
        files::create_new(&path, content.as_bytes(), 0o644, None)?;
        self.files.push(path.clone());
        Ok(path.display().to_string())
    }
}

impl Drop for Harmless {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
    }
}
