//! Long work.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Under way.
    Running,
    /// Done; `result` holds the answer.
    Succeeded,
    /// Ended with a problem, in `problem`.
    Failed,
    /// Stopped on request.
    Cancelled,
    /// The console ended while it ran; `problem` says what is known.
    Interrupted,
}

/// A long operation that goes on by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Job {
    /// Identifier in paths.
    pub id: String,
    /// What it does: `certificate.import`.
    pub action: String,
    /// The database concerned.
    pub database: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// Steps done.
    pub done: u64,
    /// Steps in all.
    pub total: u64,
    /// What is happening, in words.
    pub message: String,
    /// Whether it can be stopped.
    pub cancellable: bool,
    /// Who started it.
    pub actor: String,
    /// When it started.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub ended_at: Option<OffsetDateTime>,
    /// The answer of the operation.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub result: Option<serde_json::Value>,
    /// Why it failed.
    pub problem: Option<super::problem::Problem>,
}
