//! The audit log.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::glass::CommandLines;
use crate::hex::unhex;

/// One change, as the audit log keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Grows by one with each entry.
    pub id: i64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// User name, `token:<label>`, or `console` for what the console did by itself.
    pub actor: String,
    /// By what they proved who they are: `session` and the beginning of its digest, `api-token` and its identifier, `command-line` and the
    /// user of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The address that the call came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// Identifier of the call, as in the header `x-request-id` and in the server's own log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What was done, as stable dotted words: `certificate.trust`, `database.create`.
    pub action: String,
    /// The database concerned.
    pub database: Option<String>,
    /// What it was done to: a fingerprint, a key id, a user name.
    pub subject: Option<String>,
    /// `success`, or the problem code of the refusal.
    pub outcome: String,
    /// What was so before, for changes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<serde_json::Value>,
    /// What is so after.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub after: Option<serde_json::Value>,
    /// The command lines that do the same; absent for what was refused, and where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_lines: Option<CommandLines>,
    /// The digest of the entry before this one; 64 zeros for the first.
    pub previous: String,
    /// The digest of this entry, `previous` included: SHA-256 over its line of the export without this very field, lower-case hex.
    pub hash: String,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// Pass as `?before=` for the next page; absent on the last one.
    pub next_before: Option<i64>,
}

/// The last entry of the log and its digest: whoever keeps it elsewhere can prove later that nothing up to it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditHead {
    /// Its entry; 0 while there is none.
    pub entry: i64,
    /// Its digest.
    pub hash: String,
}

/// Whether a text is a digest as entries have it: 64 digits of hexadecimal, of either case.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    unhex(text).is_some_and(|digest| digest.len() == 32)
}

/// What is wrong with the log at its first wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AuditFaultKind {
    /// The entry does not say what it said when it was written.
    Changed,
    /// Entries before this one are gone, or others took their place.
    Unlinked,
    /// The last entries are gone, or some were added past the console.
    EndAltered,
    /// The digest that was kept elsewhere is in no entry: the log was written anew.
    HeadUnknown,
}

/// The first place where the log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditFault {
    /// The entry at which it shows.
    pub entry: i64,
    /// What is wrong.
    pub kind: AuditFaultKind,
    /// The same in words.
    pub detail: String,
}

/// The log, followed from its first entry to its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerification {
    /// Whether everything fits.
    pub intact: bool,
    /// How many entries fit, from the first on.
    pub entries: u64,
    /// The first of them; an exported log may begin anywhere.
    pub first: Option<i64>,
    /// The last one that fits.
    pub head: AuditHead,
    /// The first wrong place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<AuditFault>,
    /// The entry whose digest was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<i64>,
}
