//! The files of a database on disk: whose they are, who may read them, and who has them open.

use serde::{Deserialize, Serialize};

/// The files of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilesReport {
    /// The directory first, then the files that are there.
    pub files: Vec<FileOnDisk>,
    /// What should be put right, in words; nothing when owner, group and modes are as they should be.
    pub findings: Vec<String>,
    /// Programs beside this console that have the database open now. They go on with what they have read until they are started again.
    pub open_by: Vec<FileUser>,
    /// Processes that could not be looked into, because they belong to others; nobody else can say what those have open.
    pub hidden_processes: usize,
}

/// What a file is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FileRole {
    /// The directory.
    Directory,
    /// Certificates and trust: cert9.db, cert8.db.
    Certificates,
    /// Private keys: key4.db, key3.db.
    Keys,
    /// The list of PKCS#11 modules: pkcs11.txt, secmod.db.
    Modules,
    /// A file that holds the password.
    Password,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileOnDisk {
    /// Absolute path.
    pub path: String,
    /// What it is there for.
    pub role: FileRole,
    /// Name of its user, or the number.
    pub owner: String,
    /// Name of its group, or the number.
    pub group: String,
    /// Mode in octal, such as `0600`.
    pub mode: String,
}

/// A process that has a file of the database open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileUser {
    /// Process identifier.
    pub pid: u32,
    /// Name of its program.
    pub program: String,
    /// Who it runs as.
    pub user: String,
    /// Names of the files.
    pub files: Vec<String>,
}

/// Gives directory and files of a database to a user and a group, with these modes. What is absent stays as it is. With `?preview=true` nothing
/// changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilesChange {
    /// User name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Group name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Mode of the directory in octal, such as `0750`; files get the same without the execute bits, and those that hold keys or the password
    /// nothing for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// What such a change did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilesChanged {
    /// False for a preview.
    pub applied: bool,
    /// Each file that is or would be different, before and after.
    pub changes: Vec<FileChange>,
}

/// One file before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileChange {
    /// As it was.
    pub before: FileOnDisk,
    /// As it is.
    pub after: FileOnDisk,
}
