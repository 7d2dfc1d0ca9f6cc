//! Certification requests (PKCS#10, RFC 2986) and the answers of CAs.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::bytes::Base64;
use super::key::KeyAlgorithm;
use crate::request::RequestForm;

/// Makes a request: signs what the page has assembled, or assembles it here from the same form with the same code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "from", rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, read from a body; in WebAssembly it is small anyway")]
pub enum NewRequest {
    /// The page built the CertificationRequestInfo around a key it had made before.
    ToBeSigned {
        /// CKA_ID of the key, lower-case hex.
        key_id: String,
        /// The CertificationRequestInfo, DER. Anything else, or one for another key, is refused.
        certification_request_info: Base64,
        /// Nickname for the certificate to come.
        nickname: String,
        /// A note for people.
        #[serde(default)]
        note: Option<String>,
    },
    /// For scripts: make the key, build and sign in one call.
    Form {
        /// Algorithm and size of the key to make.
        key_algorithm: KeyAlgorithm,
        /// Subject and names.
        form: RequestForm,
        /// Nickname for the certificate to come.
        nickname: String,
        /// A note for people.
        #[serde(default)]
        note: Option<String>,
    },
}

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// Waiting for the CA.
    Pending,
    /// Its certificate is in the database.
    Answered,
}

/// A request the console remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Request {
    /// Identifier in paths.
    pub id: String,
    /// Nickname for the certificate to come.
    pub nickname: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// CKA_ID of the key, lower-case hex.
    pub key_id: String,
    /// False when the key has since gone from the database.
    pub key_present: bool,
    /// What has become of it.
    pub state: RequestState,
    /// The request, PEM with the label CERTIFICATE REQUEST.
    pub pem: String,
    /// A note for people.
    pub note: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Address of the certificate that answered it.
    pub certificate_fingerprint_sha256: Option<String>,
}

/// The CA's answer: whatever it sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reply {
    /// PEM, PKCS#7, base64 DER, with any text around it.
    pub content: String,
    /// Nickname instead of the request's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
}

/// What a reply installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplyInstalled {
    /// The request it answered.
    pub request: Request,
    /// Address of the certificate of the key.
    pub fingerprint_sha256: String,
    /// The nickname under which it was installed.
    pub nickname: String,
    /// CA certificates that came along and were added, by address.
    pub added_issuers: Vec<String>,
    /// Subject of the issuer that is still missing, if the chain is not complete.
    pub missing_issuer: Option<String>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
}
