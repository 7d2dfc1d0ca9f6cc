//! The audit log.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::glass::CommandLines;

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
