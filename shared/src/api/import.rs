//! Importing certificates: what will happen, then what happened.

use serde::{Deserialize, Serialize};

use super::bytes::Base64;

/// Certificates to import. With `?preview=true` nothing is written. A plain PEM, DER or PKCS#7 body does the same with
/// nicknames proposed and no trust.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Import {
    /// The certificates.
    pub certificates: Vec<ImportItem>,
}

/// One certificate to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportItem {
    /// The certificate.
    pub der: Base64,
    /// Nickname; proposed from the subject when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Trust flags, `,,` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// What will become of one certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "disposition", rename_all = "kebab-case")]
pub enum Disposition {
    /// It will be added.
    New,
    /// The very same certificate is there already; it is left alone.
    Present {
        /// The nickname it has. Not `nickname` in JSON: the outcome around it has one of its own.
        #[serde(rename = "existing_nickname")]
        nickname: Option<String>,
    },
    /// Listed twice in this import; only the first is used.
    Repeated,
    /// Another certificate of the same issuer has this serial number. NSS refuses the second; so do we.
    SerialNumberReused {
        /// Address of the one that is there.
        other_fingerprint_sha256: String,
        /// Its nickname.
        other_nickname: Option<String>,
    },
    /// The subject is there under another nickname; NSS keeps one nickname a subject, so that one is used.
    SubjectHasNickname {
        /// The nickname that will be used.
        #[serde(rename = "existing_nickname")]
        nickname: String,
    },
    /// Another subject has this nickname; choose another.
    NicknameTaken {
        /// Address of a certificate that has it.
        other_fingerprint_sha256: String,
    },
    /// The bytes are not a certificate.
    Unreadable {
        /// Why.
        reason: String,
    },
}

impl Disposition {
    /// Whether the certificate will be written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        matches!(self, Self::New | Self::SubjectHasNickname { .. })
    }

    /// Whether the whole import is refused because of it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::SerialNumberReused { .. } | Self::NicknameTaken { .. } | Self::Unreadable { .. })
    }
}

/// The plan, or with `applied` what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportReport {
    /// False for a preview.
    pub applied: bool,
    /// One for each certificate, in order.
    pub certificates: Vec<ImportOutcome>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
    /// Revision of the database.
    pub revision: String,
}

/// One certificate of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportOutcome {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// The nickname it gets or has.
    pub nickname: String,
    /// The flags that NSS will store.
    pub trust: String,
    /// Whether its private key is in this database.
    pub private_key_here: bool,
    /// What becomes of it.
    #[serde(flatten)]
    pub disposition: Disposition,
}

#[cfg(test)]
mod tests {
    use super::{Disposition, ImportOutcome};

    #[test]
    fn outcomes_survive_the_wire() {
        for disposition in [
            Disposition::New,
            Disposition::Present { nickname: Some("old".to_owned()) },
            Disposition::SubjectHasNickname { nickname: "old".to_owned() },
            Disposition::Unreadable { reason: "no".to_owned() },
        ] {
            let outcome = ImportOutcome {
                fingerprint_sha256: "00".to_owned(),
                subject: "CN=a".to_owned(),
                nickname: "a".to_owned(),
                trust: ",,".to_owned(),
                private_key_here: false,
                disposition,
            };
            let text = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<ImportOutcome>(&text).unwrap(), outcome, "{text}");
        }
    }
}
