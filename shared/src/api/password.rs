//! The password of a database, and the files that hold it.

use serde::{Deserialize, Serialize};

/// How a password file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PasswordFileFormat {
    /// The password alone, for `certutil -f`.
    Plain,
    /// Lines `moduleName:password`, as in `sslpassword.conf`.
    Servers,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be cured.
    Warning,
    /// Something does not work, or is open to others.
    Error,
}

/// What may be wrong with a password file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// Group or everybody can read or write it.
    Mode,
    /// It belongs to another user than the database.
    Owner,
    /// It is no text file.
    NotText,
    /// It holds no password.
    Empty,
    /// A password that is printed in the manuals: `netscape!`.
    DefaultPassword,
    /// A blank before or behind the password.
    Blank,
    /// A line that ends as on Windows.
    CarriageReturn,
    /// `Software (Internal) Token`.
    TokenNameSwapped,
    /// The name of the internal token in other letters than programs look for.
    TokenNameMisspelled,
    /// Two lines for one token.
    TokenTwice,
    /// A line without a token in a file of the servers.
    NoTokenName,
    /// A line for a token that no module has.
    UnknownToken,
    /// A token without a line.
    MissingToken,
    /// A token has a line and the internal token has none: the trap of the two passwords.
    TwoPasswords,
    /// `certutil -f` would take something else from it.
    NotForCertutil,
    /// The password in it is not that of the database.
    DoesNotOpen,
}

/// Something about a password file that should be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// What it is.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// Line of the file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// In words; never a password.
    pub message: String,
    /// What helps.
    pub cure: String,
}

/// A password file beside the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordFile {
    /// Absolute path.
    pub path: String,
    /// Format.
    pub format: PasswordFileFormat,
    /// User that owns it.
    pub owner: String,
    /// Its group.
    pub group: String,
    /// Mode in octal, such as `0600`.
    pub mode: String,
    /// Tokens that have a line, in order, as they are written.
    pub tokens: Vec<String>,
    /// Whether the password in it opens the database; absent when it holds none for the database, or nobody could try.
    pub opens: Option<bool>,
    /// Whether `certutil -f` can use it.
    pub for_certutil: bool,
    /// What should be looked at.
    pub findings: Vec<Finding>,
}

/// The password of a database as far as it may be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordReport {
    /// False when the database has no password.
    pub set: bool,
    /// Files beside the database that hold it, or look as if they should.
    pub files: Vec<PasswordFile>,
    /// A change that was cut short and that the console could not finish, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished_change: Option<String>,
}

/// Changes the password of a database together with every password file that holds it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The password as it is now; empty when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password: Option<String>,
    /// Instead of it, a file on the server that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_password_file: Option<String>,
    /// The password from now on; empty for none, which is flagged.
    pub new_password: String,
    /// Files elsewhere that hold the password and are changed as well, by absolute path. Those beside the database are found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub password_files: Vec<String>,
    /// Accept a password that the quality check refuses.
    #[serde(default)]
    pub accept_weak_password: bool,
}

/// What became of a change of the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChanged {
    /// Files that hold the new password now.
    pub changed_files: Vec<String>,
    /// Password files beside the database that held another password, and stay as they are.
    pub other_files: Vec<String>,
    /// The snapshot of the state before, which opens with the old password.
    pub snapshot: Option<String>,
    /// Revision of the database afterwards.
    pub revision: String,
}

/// Writes the password of a token into `sslpassword.conf`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPassword {
    /// The password of the token. It is tried before it is written; a wrong one is not written.
    pub password: String,
}

/// What became of a change of a token's password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPasswordChanged {
    /// Files beside the database that had a line with the old password, and have the new one.
    pub changed_files: Vec<String>,
}

/// Changes the password of a token of another module, and with it every line beside the database that holds it (`labtoken:1234`, or under the
/// name of the module): all of it, or nothing.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPasswordChange {
    /// The password as it is now. A wrong one is counted by the token.
    pub current_password: String,
    /// The password from now on; the token decides how long it may be.
    pub new_password: String,
}
