//! Bindings: which certificate of which database a service serves.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Where the files of a binding lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Where the configuration already looks for them: only the files are replaced.
    #[default]
    Keep,
    /// A copy of the service's own, in `ssl/certs` and `ssl/private` of its directory; the configuration is made to name it.
    Own,
}

/// Joins a certificate to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewBinding {
    /// Identifier of the database.
    pub database: String,
    /// SHA-256 of the certificate's DER, hex. What is kept is its nickname and token, so that a renewed certificate follows.
    pub certificate: String,
    /// Names of the endpoints that serve it; all with TLS when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<String>,
    /// Where its files lie.
    #[serde(default)]
    pub layout: Layout,
    /// Directory of the own layout, absolute; that of the service when absent, such as `/etc/postfix/ssl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// A certificate joined to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Binding {
    /// Identifier in paths.
    pub id: String,
    /// Identifier of the service.
    pub service: String,
    /// Identifier of the database.
    pub database: String,
    /// Label of the token, when it is not the database's own.
    pub token: Option<String>,
    /// Nickname of the certificate there.
    pub nickname: String,
    /// Names of the endpoints that serve it; all with TLS when empty.
    pub endpoints: Vec<String>,
    /// Where its files lie.
    pub layout: Layout,
    /// Directory of the own layout, when it is not the service's.
    pub directory: Option<String>,
    /// The certificate of that name that counts now: the youngest that is valid and has its key; absent when there is none.
    pub certificate: Option<BoundCertificate>,
    /// Why there is none, or what is wrong with it.
    pub problem: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The certificate of a binding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoundCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Subject.
    pub subject: String,
    /// Subject alternative names.
    pub names: Vec<String>,
    /// Kind and size of the key, such as `RSA 2048`.
    pub public_key: String,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// SHA-256 of the certificates that are sent with it, from its issuer upwards, without the root.
    pub chain: Vec<String>,
}
