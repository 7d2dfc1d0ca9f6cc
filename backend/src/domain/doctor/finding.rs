//! What was found.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Good,
    /// It will do for now.
    Warning,
    /// Something does not work, or is open to others.
    Failure,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it stands.
    pub level: Level,
    /// What is so.
    pub what: String,
    /// Why it matters; empty when all is well.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub why: &'static str,
    /// What to do about it; empty when all is well.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cure: String,
}

impl Finding {
    /// It is as it should be.
    pub(super) fn good(subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self { subject: subject.into(), level: Level::Good, what: what.into(), why: "", cure: String::new() }
    }

    /// It is not.
    pub(super) fn bad(
        level: Level,
        subject: impl Into<String>,
        what: impl Into<String>,
        why: &'static str,
        cure: impl Into<String>,
    ) -> Self {
        Self { subject: subject.into(), level, what: what.into(), why, cure: cure.into() }
    }
}
