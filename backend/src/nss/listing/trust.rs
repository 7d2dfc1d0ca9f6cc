//! Trust objects of both classes.
//!
//! NSS up to 3.113 writes CKO_NSS_TRUST; NSS from 3.114 on writes CKO_TRUST (PKCS#11 3.2) and reads it first. Where both are there
//! the newer class wins here too, because the newer NSS is then the one that decides on this machine.

use certdeck_shared::hex::hex;
use std::collections::HashMap;

use certdeck_shared::trust::{TrustAttributes, TrustFlags, constants};
use certdeck_shared::x509::fingerprint;

use super::ListingError;
use super::table::{Table, number};

const CKA_ISSUER: u32 = 0x81;
const CKA_SERIAL_NUMBER: u32 = 0x82;

const CKA_NSS_TRUST_SERVER_AUTH: u32 = 0xCE53_6358;
const CKA_NSS_TRUST_CLIENT_AUTH: u32 = 0xCE53_6359;
const CKA_NSS_TRUST_CODE_SIGNING: u32 = 0xCE53_635A;
const CKA_NSS_TRUST_EMAIL_PROTECTION: u32 = 0xCE53_635B;
const CKA_NSS_TRUST_STEP_UP_APPROVED: u32 = 0xCE53_6360;
const CKA_NSS_CERT_SHA1_HASH: u32 = 0xCE53_63B4;

const CKA_TRUST_SERVER_AUTH: u32 = 0x62C;
const CKA_TRUST_CLIENT_AUTH: u32 = 0x62D;
const CKA_TRUST_CODE_SIGNING: u32 = 0x62E;
const CKA_TRUST_EMAIL_PROTECTION: u32 = 0x62F;
const CKA_HASH_OF_CERTIFICATE: u32 = 0x635;

struct TrustObject {
    newer_class: bool,
    /// SHA-1 in the older class, SHA-256 in the newer; empty when the writer left it out.
    hash: Vec<u8>,
    flags: TrustFlags,
}

/// All trust of a database, by issuer and serial number.
pub(super) struct StoredTrust(HashMap<(Vec<u8>, Vec<u8>), Vec<TrustObject>>);

impl StoredTrust {
    /// The trust of one certificate. As in NSS, an object whose hash is that of another certificate does not count.
    pub(super) fn of(&self, issuer: &[u8], serial_number: &[u8], der: &[u8], sha256: &[u8]) -> TrustFlags {
        let Some(objects) = self.0.get(&(issuer.to_vec(), serial_number.to_vec())) else {
            return TrustFlags::default();
        };
        objects
            .iter()
            .filter(|object| {
                object.hash.is_empty()
                    || if object.newer_class { object.hash == sha256 } else { hex(&object.hash) == fingerprint::sha1_hex(der) }
            })
            .max_by_key(|object| object.newer_class)
            .map(|object| object.flags)
            .unwrap_or_default()
    }
}

pub(super) fn read(table: &Table<'_>) -> Result<StoredTrust, ListingError> {
    let older = [
        CKA_ISSUER,
        CKA_SERIAL_NUMBER,
        CKA_NSS_CERT_SHA1_HASH,
        CKA_NSS_TRUST_SERVER_AUTH,
        CKA_NSS_TRUST_CLIENT_AUTH,
        CKA_NSS_TRUST_EMAIL_PROTECTION,
        CKA_NSS_TRUST_CODE_SIGNING,
        CKA_NSS_TRUST_STEP_UP_APPROVED,
    ];
    let newer = [
        CKA_ISSUER,
        CKA_SERIAL_NUMBER,
        CKA_HASH_OF_CERTIFICATE,
        CKA_TRUST_SERVER_AUTH,
        CKA_TRUST_CLIENT_AUTH,
        CKA_TRUST_EMAIL_PROTECTION,
        CKA_TRUST_CODE_SIGNING,
    ];
    let mut objects: HashMap<(Vec<u8>, Vec<u8>), Vec<TrustObject>> = HashMap::new();
    let mut add = |issuer: &[u8], serial: &[u8], object: TrustObject| {
        objects.entry((issuer.to_vec(), serial.to_vec())).or_default().push(object);
        None::<()>
    };
    table.objects(constants::CKO_NSS_TRUST, older, |[issuer, serial, hash, server, client, email, code, step_up]| {
        let value = |bytes| number(bytes).unwrap_or(constants::CKT_NSS_TRUST_UNKNOWN);
        let flags = TrustFlags::from_attributes(TrustAttributes {
            server_auth: value(server),
            client_auth: value(client),
            email_protection: value(email),
            code_signing: value(code),
            step_up: step_up.first().is_some_and(|byte| *byte != 0),
        });
        add(issuer, serial, TrustObject { newer_class: false, hash: hash.to_vec(), flags })
    })?;
    table.objects(constants::CKO_TRUST, newer, |[issuer, serial, hash, server, client, email, code]| {
        let value = |bytes| number(bytes).unwrap_or(constants::CKT_TRUST_UNKNOWN);
        let flags = TrustFlags::from_pkcs11_attributes(TrustAttributes {
            server_auth: value(server),
            client_auth: value(client),
            email_protection: value(email),
            code_signing: value(code),
            step_up: false,
        });
        add(issuer, serial, TrustObject { newer_class: true, hash: hash.to_vec(), flags })
    })?;
    Ok(StoredTrust(objects))
}
