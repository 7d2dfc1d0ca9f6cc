//! Certificates, joined with their trust and their keys.

use certdeck_shared::hex::hex;
use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::keys::ListedKey;
use super::table::Table;
use super::trust::StoredTrust;
use super::{ListedCertificate, ListingError};

const CKO_CERTIFICATE: u32 = 1;
const CKA_LABEL: u32 = 0x3;
const CKA_VALUE: u32 = 0x11;
const CKA_ISSUER: u32 = 0x81;
const CKA_SERIAL_NUMBER: u32 = 0x82;
const CKA_SUBJECT: u32 = 0x101;
const CKA_ID: u32 = 0x102;

pub(super) fn read(table: &Table<'_>, keys: &[ListedKey], trust: &StoredTrust) -> Result<Vec<ListedCertificate>, ListingError> {
    let key_ids: HashSet<&str> = keys.iter().map(|key| key.id.as_str()).filter(|id| !id.is_empty()).collect();
    let attributes = [CKA_VALUE, CKA_LABEL, CKA_ID, CKA_SUBJECT, CKA_ISSUER, CKA_SERIAL_NUMBER];
    table.objects(CKO_CERTIFICATE, attributes, |[der, label, id, subject, issuer, serial_number]| {
        let fingerprint = Sha256::digest(der);
        let key_id = Some(hex(id)).filter(|id| key_ids.contains(id.as_str()));
        let stored = trust.of(issuer, serial_number, der, &fingerprint);
        Some(ListedCertificate {
            fingerprint_sha256: hex(&fingerprint),
            nickname: (!label.is_empty()).then(|| String::from_utf8_lossy(label).into_owned()),
            trust: stored.with_user(key_id.is_some()),
            key_id,
            der: der.to_vec(),
            subject: subject.to_vec(),
            issuer: issuer.to_vec(),
            serial_number: serial_number.to_vec(),
        })
    })
}
