//! Snapshots of a database, taken before each write.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A copy of a database from before a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Identifier in paths.
    pub id: String,
    /// When it was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    /// Who made the change it was taken for.
    pub actor: String,
    /// The change it was taken for, in words: `trust of 3 certificates`.
    pub reason: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// What differs between the snapshot and the database now.
    pub difference: Option<SnapshotDifference>,
}

/// What restoring a snapshot would bring back or take away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnapshotDifference {
    /// Nicknames of certificates in the database that the snapshot does not have.
    pub certificates_added_since: Vec<String>,
    /// Nicknames of certificates that only the snapshot has.
    pub certificates_removed_since: Vec<String>,
    /// Nickname, trust in the snapshot, trust now.
    pub trust_changed_since: Vec<TrustDifference>,
    /// Nicknames in the snapshot and now.
    pub renamed_since: Vec<NicknameDifference>,
    /// Private keys in the database that the snapshot does not have.
    pub keys_added_since: usize,
    /// Private keys that only the snapshot has.
    pub keys_removed_since: usize,
}

/// A trust that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrustDifference {
    /// Nickname now.
    pub nickname: String,
    /// Flags in the snapshot.
    pub snapshot: String,
    /// Flags now.
    pub now: String,
}

/// A nickname that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NicknameDifference {
    /// Nickname in the snapshot.
    pub snapshot: String,
    /// Nickname now.
    pub now: String,
}

/// What a restoration did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Restored {
    /// The snapshot of the state that was replaced: the way back.
    pub snapshot: String,
    /// Revision of the database afterwards.
    pub revision: String,
}
