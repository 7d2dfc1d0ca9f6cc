//! From cert8.db, key3.db and secmod.db to cert9.db, key4.db and pkcs11.txt.

use serde::{Deserialize, Serialize};

/// What a database of the old format holds, and what a conversion would find in its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversionPreview {
    /// Directory of the database.
    pub path: String,
    /// What is counted in the old files.
    pub holds: Holdings,
    /// PKCS#11 modules of secmod.db beside NSS's own.
    pub modules: Vec<ListedModule>,
    /// Whether the old database has a password, which the conversion needs.
    pub password_needed: bool,
}

/// How many objects of each kind a database holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holdings {
    /// Certificates.
    pub certificates: usize,
    /// Trust records.
    pub trust: usize,
    /// Certificate revocation lists.
    pub revocation_lists: usize,
    /// S/MIME profiles: which algorithms a correspondent takes.
    pub smime_profiles: usize,
    /// Private keys; absent while the token is locked, which hides them.
    pub private_keys: Option<usize>,
}

/// A PKCS#11 module in the list of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListedModule {
    /// Name.
    pub name: String,
    /// Library; empty for NSS's own.
    pub library: String,
}

/// Converts a registered database.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversion {
    /// Password of the old database; the new files get the same. Empty when it has none.
    pub password: String,
}

/// What a conversion took over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversionReport {
    /// Directory of the database; the old files are still there, as they were.
    pub path: String,
    /// Whether everything came over.
    pub complete: bool,
    /// What did not come over, or came over differently, in words.
    pub differences: Vec<String>,
    /// What was counted in the old files.
    pub old: Holdings,
    /// What is counted in the new files.
    pub new: Holdings,
    /// Each certificate of the old files.
    pub certificates: Vec<ConvertedCertificate>,
    /// CKA_ID of each private key of the old files, and whether it is in the new ones.
    pub keys: Vec<ConvertedKey>,
    /// Each module of secmod.db, and whether it is in pkcs11.txt.
    pub modules: Vec<ConvertedModule>,
}

/// What became of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConvertedCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Nickname in the old files.
    pub nickname: Option<String>,
    /// Trust in the old files.
    pub trust: String,
    /// Whether it is in the new files.
    pub converted: bool,
    /// Nickname there, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_nickname: Option<String>,
    /// Trust there, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_trust: Option<String>,
}

/// What became of a private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConvertedKey {
    /// CKA_ID, lower-case hex.
    pub id: String,
    /// Label; where it has none, the nickname of its certificate.
    pub label: Option<String>,
    /// In words: `RSA 2048`.
    pub algorithm: String,
    /// Whether it is in the new files.
    pub converted: bool,
}

/// What became of a PKCS#11 module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConvertedModule {
    /// Name.
    pub name: String,
    /// Library.
    pub library: String,
    /// Whether it is in pkcs11.txt.
    pub converted: bool,
}
