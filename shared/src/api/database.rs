//! NSS databases as the console knows them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroize as _;

/// On-disk format of an NSS database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseFormat {
    /// cert9.db, key4.db, pkcs11.txt (SQLite).
    Sql,
    /// cert8.db, key3.db, secmod.db (Berkeley DB), read through the token worker and never written.
    Dbm,
}

/// What the console can say about reading the database now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum DatabaseState {
    /// Readable and writable.
    Usable,
    /// Readable; writing fails for the reason given.
    ReadOnly {
        /// Why, and the cure.
        reason: String,
    },
    /// Not readable.
    Unusable {
        /// Why, and the cure.
        reason: String,
    },
}

/// The internal token of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenStatus {
    /// Identifier in paths: `internal`.
    pub id: String,
    /// Token label as NSS shows it.
    pub label: String,
    /// False when the database has no password.
    pub login_required: bool,
    /// True while the console holds a login.
    pub unlocked: bool,
}

/// A registered database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Database {
    /// Identifier in paths.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Directory of the database.
    pub path: String,
    /// What the names of its files begin with, `-P` of NSS's tools: `slapd-host-` of `slapd-host-cert8.db`. Empty for most.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// On-disk format.
    pub format: DatabaseFormat,
    /// True for the one that belongs to the console itself.
    pub embedded: bool,
    /// Whether it can be read and written.
    pub state: DatabaseState,
    /// The internal token.
    pub token: TokenStatus,
    /// Number of certificates; absent when unusable.
    pub certificates: Option<usize>,
    /// Number of private keys; absent when unusable.
    pub keys: Option<usize>,
    /// Owner of the directory.
    pub owner: String,
    /// Group of the directory.
    pub group: String,
    /// Mode of the directory in octal, such as `0700`.
    pub mode: String,
    /// Changes with every write, by whomever; the ETag of the listing.
    pub revision: String,
    /// What to look at: readable by others, default password file, and the like.
    pub warnings: Vec<String>,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    pub registered_at: OffsetDateTime,
}

/// Adds a database to the console.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum NewDatabase {
    /// Makes the directory (if absent) and an empty database in it. Refused when any database file is there.
    Create {
        /// Absolute path of the directory.
        path: String,
        /// Name for people; the last part of the path when absent.
        #[serde(default)]
        label: Option<String>,
        /// Password of the internal token; empty for none, which is flagged.
        password: String,
        /// Owner of directory and files, a user name; the console's own when absent.
        #[serde(default)]
        owner: Option<String>,
        /// Group of directory and files; the owner's primary group when absent.
        #[serde(default)]
        group: Option<String>,
        /// Mode of the directory in octal, `0700` when absent; files get the same without execute bits.
        #[serde(default)]
        mode: Option<String>,
        /// Which password files to write beside the database.
        #[serde(default)]
        password_files: PasswordFiles,
        /// Accept a password that the quality check refuses.
        #[serde(default)]
        accept_weak_password: bool,
    },
    /// Registers a directory that already holds a database. Nothing on disk changes.
    Register {
        /// Absolute path of the directory.
        path: String,
        /// What the names of its files begin with, `-P` of NSS's tools; empty for none. When absent, that of the only database in the
        /// directory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// Name for people; the last part of the path when absent.
        #[serde(default)]
        label: Option<String>,
    },
    /// Makes cert9.db and key4.db from a registered directory's cert8.db and key3.db; the old files stay.
    Convert {
        /// Absolute path of the directory.
        path: String,
        /// What the names of its files begin with. When absent, that of the only database of the old format in the directory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix: Option<String>,
        /// Name for people.
        #[serde(default)]
        label: Option<String>,
        /// Password of the old database: keys move on the first login.
        password: String,
    },
}

impl NewDatabase {
    /// The same with an empty password, for what is shown and kept.
    #[must_use]
    pub fn without_password(&self) -> Self {
        let mut shown = self.clone();
        if let Self::Create { password, .. } | Self::Convert { password, .. } = &mut shown {
            password.zeroize();
        }
        shown
    }
}

/// Password files beside the database, both 0600 and made from one secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PasswordFiles {
    /// `password.txt`: the password alone, for `certutil -f`.
    pub plain: bool,
    /// `sslpassword.conf`: `Internal (Software) Token:password`, for the servers.
    pub sslpassword_conf: bool,
}

impl Default for PasswordFiles {
    fn default() -> Self {
        Self { plain: true, sslpassword_conf: true }
    }
}

/// Changes the console's name for a database.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseChange {
    /// Name for people.
    pub label: String,
}

/// Unlocks the internal token: exactly one of the two fields.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenLogin {
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A file on the server that holds it, plain or as `sslpassword.conf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<String>,
}

/// What a directory on the server holds, before it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundDatabase {
    /// Directory.
    pub path: String,
    /// What the names of its files begin with; empty for most.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Format of what is there.
    pub format: DatabaseFormat,
    /// Whether the console already knows it.
    pub registered: bool,
}
