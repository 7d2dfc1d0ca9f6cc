//! Why a call waits for a second person, or why something with requests for approval was refused.

use certdeck_shared::api::approval::{Approval, ApprovalState};
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::{Problem, ProblemCode};

use crate::state::StateError;

/// Why something about approvals was refused.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalError {
    /// The call needs somebody's approval first.
    #[error("a second person has to approve this: {}", .0.words)]
    Required(Box<Approval>),
    /// There is no such request, for the caller.
    #[error("there is no such request for approval")]
    NotFound,
    /// Nobody approves what they asked for, nor does their token.
    #[error("nobody approves what they asked for themselves; it needs another person")]
    Own,
    /// A token is no person.
    #[error("an API token is no second person; sign in")]
    Token,
    /// The right to it is missing.
    #[error("whoever approves this needs the right to do it")]
    RightMissing,
    /// It was decided, withdrawn, used, or it ended.
    #[error("it is {} by now", .0.name())]
    Over(ApprovalState),
    /// The reason is missing or too long.
    #[error("the reason has {0} characters; 1 to 500 are allowed")]
    Reason(usize),
    /// The state could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl ApprovalError {
    /// As the caller is told.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Required(approval) => required(approval),
            Self::NotFound => Problem::new(ProblemCode::NotFound, "There is no such request for approval."),
            Self::Own | Self::Token | Self::RightMissing => Problem::new(ProblemCode::ScopeInsufficient, sentence(self)),
            Self::Over(_) => Problem::new(ProblemCode::ApprovalOver, sentence(self)),
            Self::Reason(_) => Problem::new(ProblemCode::InvalidInput, sentence(self)).with_field("/reason", self.to_string()),
            Self::State(StateError::DiskFull) => Problem::new(ProblemCode::DiskFull, "No space is left for the console's state."),
            Self::State(_) => Problem::new(ProblemCode::Internal, "The console's state could not be read or written."),
        }
    }
}

fn required(approval: &Approval) -> Problem {
    let who = match approval.approvers.as_slice() {
        [] => "Nobody else here may: make a second account that may do it, or let whoever owns the host use certdeck approval.".to_owned(),
        several => format!("{} may.", several.join(", ")),
    };
    let next = match approval.state {
        ApprovalState::Waiting => "It waits for that; repeat the call when it was approved.".to_owned(),
        _ => {
            format!("Ask for it with a reason (POST {}), and repeat the call when it was approved.", paths::approval_request(&approval.id))
        }
    };
    let breaks = approval.breaks.join(", ");
    let breaks = if breaks.is_empty() { breaks } else { format!(" Certificates would stop being valid by this: {breaks}.") };
    let detail = format!("A second person has to approve this: {}.{breaks} {who} {next}", approval.words);
    Problem { approval: Some(approval.id.clone()), ..Problem::new(ProblemCode::ApprovalRequired, detail) }
}

fn sentence(error: &ApprovalError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}
