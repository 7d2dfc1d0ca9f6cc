//! Certification requests (PKCS#10, RFC 2986) and the answers of CAs.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::bytes::Base64;
use super::key::KeyAlgorithm;
use crate::request::{RequestForm, Weakness};

/// Makes a request: signs what the page has assembled, or assembles it here from the same form with the same code; or takes one that is
/// signed already. With `?preview=true` nothing is made.
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
        /// What goes with it.
        #[serde(flatten)]
        tracking: Tracking,
    },
    /// For scripts: make the key, build and sign in one call.
    Form {
        /// Algorithm and size of the key to make.
        key_algorithm: KeyAlgorithm,
        /// Subject, names, usages.
        form: RequestForm,
        /// What goes with it.
        #[serde(flatten)]
        tracking: Tracking,
    },
    /// The same around a key that is in the database, such as one without certificate.
    ExistingKey {
        /// CKA_ID of the key, lower-case hex.
        key_id: String,
        /// Subject, names, usages.
        form: RequestForm,
        /// What goes with it.
        #[serde(flatten)]
        tracking: Tracking,
    },
    /// A request that is signed already, by a key of a browser, of another machine, or by certutil in this database.
    Ready {
        /// PEM with either label, base64 or DER in base64, with any text around it.
        content: String,
        /// Where its key is when it is not in the database: `browser`, else `elsewhere`.
        #[serde(default)]
        key_place: Option<RequestKeyPlace>,
        /// What goes with it.
        #[serde(flatten)]
        tracking: Tracking,
    },
}

/// What goes with a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tracking {
    /// Nickname for the certificate to come.
    pub nickname: String,
    /// A note for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The CA it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_name: Option<String>,
    /// Telephone number of whoever asks. As with `certutil -R -p` it stands above the PEM text with the label NEW, not in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Ids of the weaknesses that are wanted nevertheless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<String>,
}

impl Tracking {
    /// A nickname and nothing else.
    #[must_use]
    pub fn named(nickname: impl Into<String>) -> Self {
        Self { nickname: nickname.into(), ..Self::default() }
    }
}

impl NewRequest {
    /// What goes with it.
    #[must_use]
    pub fn tracking(&self) -> &Tracking {
        match self {
            Self::ToBeSigned { tracking, .. }
            | Self::Form { tracking, .. }
            | Self::ExistingKey { tracking, .. }
            | Self::Ready { tracking, .. } => tracking,
        }
    }
}

/// Where the key of a request is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RequestKeyPlace {
    /// In the database.
    #[default]
    Database,
    /// In the browser that made the request.
    Browser,
    /// On another machine.
    Elsewhere,
    /// On a token of another module, which the nickname names: `token:nickname`.
    Token,
}

impl RequestKeyPlace {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Browser => "browser",
            Self::Elsewhere => "elsewhere",
            Self::Token => "token",
        }
    }

    /// The place of a name; `elsewhere` for one that is not known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        [Self::Database, Self::Browser, Self::Token].into_iter().find(|place| place.name() == name).unwrap_or(Self::Elsewhere)
    }
}

/// What a request would be, before anything is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestPreview {
    /// Subject, RFC 4514.
    pub subject: String,
    /// The same for `openssl req -subj`.
    pub subject_openssl: String,
    /// The same for `certutil -s`.
    pub subject_certutil: String,
    /// Everything in words.
    pub text: String,
    /// What it is refused for unless accepted.
    pub weaknesses: Vec<Weakness>,
    /// What a CA or a browser will probably not like.
    pub notes: Vec<String>,
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
    /// False when the key is not, or no longer, in the database.
    pub key_present: bool,
    /// Where the key is.
    pub key_place: RequestKeyPlace,
    /// What has become of it.
    pub state: RequestState,
    /// The request, PEM with the label CERTIFICATE REQUEST.
    pub pem: String,
    /// A note for people.
    pub note: Option<String>,
    /// The CA it went to.
    pub ca_name: Option<String>,
    /// Telephone number of whoever asks, for the text with the label NEW.
    pub phone: Option<String>,
    /// What is weak about it, and was accepted.
    pub weaknesses: Vec<Weakness>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// Whole days since then.
    pub age_days: i64,
    /// Address of the certificate that answered it, of several the latest.
    pub certificate_fingerprint_sha256: Option<String>,
    /// Every answer, the first one first.
    pub answers: Vec<RequestAnswer>,
}

/// A certificate that answered a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestAnswer {
    /// Its address.
    pub fingerprint_sha256: String,
    /// Nickname it was installed under; for a key that is not in the database the one it should have.
    pub nickname: String,
    /// False when it is not in the database: the key is elsewhere, or it was deleted since.
    pub installed: bool,
    /// The certificate and the issuers known then, leaf first, PEM.
    pub pem: String,
    /// Who brought it.
    pub answered_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub answered_at: OffsetDateTime,
}

/// Changes what people may change of a request; what is absent stays, an empty text is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestChange {
    /// Nickname for the certificate to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// A note for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The CA it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_name: Option<String>,
}

/// The CA's answer: whatever it sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reply {
    /// PEM, PKCS#7, base64 DER, with any text around it; a mail as it came.
    pub content: String,
    /// Nickname instead of the request's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Takes it although another certificate answered the request before; both stay.
    #[serde(default)]
    pub additional: bool,
}

/// What a reply installed, or with `applied` false what it would install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplyInstalled {
    /// False for a preview.
    pub applied: bool,
    /// The request it answered; absent where none is kept here and only the key in the database says whose the certificate is.
    pub request: Option<Request>,
    /// Where the key is. The certificate goes into the database only where its key is; else it is kept with the request.
    pub key_place: RequestKeyPlace,
    /// Address of the certificate of the key.
    pub fingerprint_sha256: String,
    /// The nickname under which it was installed.
    pub nickname: String,
    /// The chain, leaf first, as far as it is known.
    pub chain: Vec<ChainLink>,
    /// CA certificates that came along and were added, by address.
    pub added_issuers: Vec<String>,
    /// Subject of the issuer that is still missing, if the chain is not complete.
    pub missing_issuer: Option<String>,
    /// More about the issuer that is missing.
    pub missing: Option<MissingIssuer>,
    /// What is not as the request asked, and what else is worth knowing, in words.
    pub remarks: Vec<String>,
    /// Subjects of certificates in the answer that do not belong to the chain; they are left out.
    pub left_out: Vec<String>,
    /// The snapshot taken before.
    pub snapshot: Option<String>,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainLink {
    /// Its address.
    pub fingerprint_sha256: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// Last second it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// True when the answer holds it, false when it comes from the database.
    pub in_answer: bool,
    /// True when it was in the database before.
    pub in_database: bool,
}

/// An issuer that neither the answer nor the database has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingIssuer {
    /// Its subject, RFC 4514.
    pub subject: String,
    /// Its key identifier, lower-case hex, where the certificate below names it.
    pub key_identifier: Option<String>,
    /// Where the certificate below says that it is (caIssuers of authority information access).
    pub ca_issuers: Vec<String>,
}
