//! Revocation lists, as `crlutil` and Certdeck store them.

use certdeck_shared::hex::hex;
use certdeck_shared::x509::revocation_list;
use sha2::{Digest as _, Sha256};

use super::ListingError;
use super::table::Table;

const CKO_NSS_CRL: u32 = 0xCE53_4351;
const CKA_VALUE: u32 = 0x11;
const CKA_SUBJECT: u32 = 0x101;
const CKA_NSS_URL: u32 = 0xCE53_4351;

/// One revocation list of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRevocationList {
    /// SHA-256 of the list, lower-case hex.
    pub fingerprint_sha256: String,
    digest: [u8; 32],
    /// Where it came from, when whoever stored it said so.
    pub url: Option<String>,
    /// The list.
    pub der: Vec<u8>,
}

impl ListedRevocationList {
    /// A list as a token hands it out.
    #[must_use]
    pub fn new(der: Vec<u8>, url: Option<String>) -> Self {
        let digest: [u8; 32] = Sha256::digest(&der).into();
        Self { fingerprint_sha256: hex(&digest), digest, url, der }
    }

    /// SHA-256 of the list.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

pub(super) fn read(table: &Table<'_>) -> Result<Vec<ListedRevocationList>, ListingError> {
    table.objects(CKO_NSS_CRL, [CKA_VALUE, CKA_SUBJECT, CKA_NSS_URL], |[der, subject, url]| {
        // NSS drops a list that is stored under another name than its issuer's; what nobody can read it does not look at.
        let is_filed_right = revocation_list::read(der).map_or(true, |list| list.issuer_der == subject);
        let url = (!url.is_empty()).then(|| String::from_utf8_lossy(url).trim_end_matches('\0').to_owned());
        (!der.is_empty() && is_filed_right).then(|| ListedRevocationList::new(der.to_vec(), url))
    })
}
