//! What a backup says about itself.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// `manifest.json` of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the archive.
    pub format: u32,
    /// Version of the Certdeck that wrote it.
    pub console: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// On which host.
    pub host: String,
    /// Absolute path of the data directory.
    pub data_dir: String,
    /// User who owns it.
    pub owner: String,
    /// Registered databases outside the data directory.
    pub databases: Vec<Kept>,
    /// Every part, in the order of the archive.
    pub parts: Vec<Part>,
    /// What could not be read and is not in it.
    pub left_out: Vec<LeftOut>,
}

/// A registered database outside the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Identifier in the console.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Directory.
    pub path: String,
    /// What the names of its files begin with.
    pub prefix: String,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Name in the archive.
    pub name: String,
    /// Where it was.
    pub path: String,
    /// Length.
    pub bytes: u64,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Permission bits.
    pub mode: u32,
    /// Name of its user.
    pub user: String,
    /// Name of its group.
    pub group: String,
}

/// Something that is not in the backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// What.
    pub path: String,
    /// Why.
    pub reason: String,
}
