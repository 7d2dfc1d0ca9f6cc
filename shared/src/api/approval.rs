//! A second person who approves what asks again, where the console is set so: asked with a reason, approved or refused by somebody else, and
//! good once for exactly the call that was turned away.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a second person may have to approve, as `second-person` in the file of `--config` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Guarded {
    /// A private key leaves the console.
    KeyExport,
    /// A snapshot takes the place of a database.
    Restore,
    /// PKCS#11 modules are added, changed or removed.
    Modules,
    /// Passwords of databases and tokens.
    Passwords,
    /// Certificates would stop being valid.
    Trust,
    /// Accounts, grants and API tokens.
    Users,
}

impl Guarded {
    /// All.
    pub const ALL: [Self; 6] = [Self::KeyExport, Self::Restore, Self::Modules, Self::Passwords, Self::Trust, Self::Users];

    /// As it stands in the settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyExport => "key-export",
            Self::Restore => "restore",
            Self::Modules => "modules",
            Self::Passwords => "passwords",
            Self::Trust => "trust",
            Self::Users => "users",
        }
    }
}

/// How a request for approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalState {
    /// The call was turned away, and nobody has been asked yet.
    Noted,
    /// It waits for somebody.
    Waiting,
    /// The call goes through once, until `ends_at`.
    Approved,
    /// Somebody said no.
    Refused,
    /// Whoever asked thought better of it.
    Withdrawn,
    /// Nobody answered in time, the call was not made in time, or one of the two may no longer do it.
    Expired,
    /// The call was made.
    Used,
}

impl ApprovalState {
    /// All.
    pub const ALL: [Self; 7] = [Self::Noted, Self::Waiting, Self::Approved, Self::Refused, Self::Withdrawn, Self::Expired, Self::Used];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Used => "used",
        }
    }

    /// Whether something can still come of it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Noted | Self::Waiting | Self::Approved)
    }
}

/// A field of the call's body, for whoever decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalField {
    /// JSON pointer (RFC 6901) into the body; empty for a body that is one piece.
    pub pointer: String,
    /// Its value. Of secrets only that there is one, of files how long they are and their SHA-256.
    pub value: String,
}

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// Identifier.
    pub id: String,
    /// How it stands.
    pub state: ApprovalState,
    /// Of what kind the call is.
    pub guarded: Guarded,
    /// What will be done, to what, in words.
    pub words: String,
    /// What stops being valid by it; empty when nothing does or it was not tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<String>,
    /// The call's method.
    pub method: String,
    /// The call's path, with its query.
    pub path: String,
    /// What its body says.
    pub fields: Vec<ApprovalField>,
    /// Database that it is done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Who wants to do it: a user name, or `token:<label>`.
    pub requested_by: String,
    /// The account behind it.
    pub account: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When the call was turned away first.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When somebody was asked.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub requested_at: Option<OffsetDateTime>,
    /// When it ends by itself as it stands now.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub ends_at: Option<OffsetDateTime>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub decided_at: Option<OffsetDateTime>,
    /// What they said to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub decision_reason: String,
    /// When the call was made.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub used_at: Option<OffsetDateTime>,
    /// Whether it is the caller's own.
    #[serde(default)]
    pub own: bool,
    /// Whether the caller may decide it now.
    #[serde(default)]
    pub decidable: bool,
    /// Accounts that could approve it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
}

/// Asks for approval.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// Why it is to be done, for whoever decides and for the audit log: 1 to 500 characters.
    pub reason: String,
}

/// What somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The call may be made, once.
    Approve,
    /// It may not.
    Refuse,
}

/// Decides a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApprovalDecision {
    /// Yes or no.
    pub verdict: Verdict,
    /// Why, at most 500 characters; a refusal needs one.
    #[serde(default)]
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for guarded in Guarded::ALL {
            assert_eq!(serde_json::to_value(guarded).unwrap(), guarded.name());
        }
        for state in ApprovalState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
