//! What goes into a token and comes out of it.

use certdeck_shared::trust::{TrustFlags, UsageTrust};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// State of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenStatus {
    /// Label of the token.
    pub label: String,
    /// False when the database has no password.
    pub login_required: bool,
    /// True while the worker is logged in (or no login is needed).
    pub unlocked: bool,
    /// True when files or directory cannot be written by the worker.
    pub write_protected: bool,
    /// Version of softoken, `3.87`.
    pub softoken_version: String,
}

/// A certificate in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCertificate {
    /// The certificate.
    pub der: Vec<u8>,
    /// CKA_LABEL.
    pub nickname: Option<String>,
    /// Trust flags as stored; `u` is set where the token has a key for the certificate.
    #[serde(with = "trust_on_the_wire")]
    pub trust: TrustFlags,
    /// CKA_ID of the key pair in this token.
    pub key_id: Option<Vec<u8>>,
}

/// A private key in a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenKey {
    /// CKA_ID.
    pub id: Vec<u8>,
    /// CKA_LABEL.
    pub label: Option<String>,
    /// In words: `RSA 2048`, `EC P-256`.
    pub algorithm: String,
    /// SubjectPublicKeyInfo, DER; absent for key types that are not known here.
    pub subject_public_key_info: Option<Vec<u8>>,
}

/// A certificate to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateToImport {
    /// The certificate.
    pub der: Vec<u8>,
    /// Nickname wanted; a subject that has one already keeps it.
    pub nickname: String,
    /// Trust to store; no trust object at all when absent.
    #[serde(with = "optional_trust_on_the_wire")]
    pub trust: Option<TrustFlags>,
}

/// How far a call is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Advance {
    /// So many items are done.
    Done(usize),
    /// Something to know about the way it goes.
    Remark(String),
}

/// A private key to import. No `Debug`: it is the key itself.
pub struct KeyToImport {
    /// The private key, PKCS#8 (RFC 5208); RSA or EC on a named curve.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// Its public half, SubjectPublicKeyInfo, DER.
    pub subject_public_key_info: Vec<u8>,
    /// Label: the nickname of its certificate.
    pub label: String,
    /// Subject of its certificate, a DER Name.
    pub subject: Option<Vec<u8>>,
}

/// What became of a certificate to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedCertificate {
    /// The nickname it has now.
    pub nickname: Option<String>,
    /// False when the very same certificate was there; it was left alone, its trust too.
    pub added: bool,
}

/// A key pair just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratedKey {
    /// CKA_ID: SHA-1 of the public value, as NSS wants it.
    pub id: Vec<u8>,
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), DER.
    pub subject_public_key_info: Vec<u8>,
}

fn letters(field: UsageTrust) -> u8 {
    [
        field.valid_ca,
        field.trusted_ca,
        field.trusted_client_ca,
        field.prohibited,
        field.trusted_peer,
        field.user,
        field.send_warning,
        field.step_up,
    ]
    .iter()
    .enumerate()
    .fold(0, |bits, (position, set)| bits | (u8::from(*set) << position))
}

fn field(bits: u8) -> UsageTrust {
    let set = |position: u8| bits & (1 << position) != 0;
    UsageTrust {
        valid_ca: set(0),
        trusted_ca: set(1),
        trusted_client_ca: set(2),
        prohibited: set(3),
        trusted_peer: set(4),
        user: set(5),
        send_warning: set(6),
        step_up: set(7),
    }
}

fn to_bits(trust: TrustFlags) -> [u8; 3] {
    [letters(trust.ssl), letters(trust.email), letters(trust.object_signing)]
}

fn from_bits(bits: [u8; 3]) -> TrustFlags {
    TrustFlags { ssl: field(bits[0]), email: field(bits[1]), object_signing: field(bits[2]) }
}

/// Trust flags as three octets of letters: the text that certutil prints would lose `g`.
pub(crate) mod trust_on_the_wire {
    use super::{Deserialize, Serialize, TrustFlags, from_bits, to_bits};

    pub(crate) fn serialize<S: serde::Serializer>(trust: &TrustFlags, serializer: S) -> Result<S::Ok, S::Error> {
        to_bits(*trust).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<TrustFlags, D::Error> {
        <[u8; 3]>::deserialize(deserializer).map(from_bits)
    }
}

mod optional_trust_on_the_wire {
    use super::{Deserialize, Serialize, TrustFlags, from_bits, to_bits};

    pub(super) fn serialize<S: serde::Serializer>(trust: &Option<TrustFlags>, serializer: S) -> Result<S::Ok, S::Error> {
        trust.map(to_bits).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<TrustFlags>, D::Error> {
        Ok(Option::<[u8; 3]>::deserialize(deserializer)?.map(from_bits))
    }
}
