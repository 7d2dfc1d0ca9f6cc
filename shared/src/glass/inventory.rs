//! What the lines have to know of a database: certutil goes by nicknames, the REST interface by fingerprints.

use crate::api::certificate::CertificateEntry;

/// The certificates of a database.
pub trait Inventory {
    /// The certificate of this address (SHA-256 of the DER, lower-case hex).
    fn certificate(&self, fingerprint: &str) -> Option<CertificateEntry>;

    /// How many certificates have this nickname.
    fn namesakes(&self, nickname: &str) -> usize;

    /// The certificate and those above it as far as the database has them, leaf first.
    fn chain(&self, fingerprint: &str) -> Vec<CertificateEntry>;
}

/// No database, or an empty one.
pub struct NoInventory;

impl Inventory for NoInventory {
    fn certificate(&self, _fingerprint: &str) -> Option<CertificateEntry> {
        None
    }

    fn namesakes(&self, _nickname: &str) -> usize {
        0
    }

    fn chain(&self, _fingerprint: &str) -> Vec<CertificateEntry> {
        Vec::new()
    }
}
