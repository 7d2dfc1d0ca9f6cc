//! Why a deployment is not begun, or did not do what it was to do.

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::problem::{Problem, ProblemCode};

use crate::deploy::executor::Refusal;

/// Why a deployment is not begun, or how it failed; each with sentences that name the cause and the cure.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentRefused {
    /// Something changed since the plan was made, or it is too old.
    #[error("{0}")]
    PlanStale(String),
    /// A check of the plan failed, it would change nothing, or it was applied already.
    #[error("{0}")]
    PlanNotReady(String),
    /// Another deployment to a service is under way.
    #[error("{0}")]
    Running(String),
    /// A deployment cannot be taken back.
    #[error("{0}")]
    NotReturnable(String),
    /// It was begun and ended otherwise than wanted.
    #[error("{message}")]
    Failed {
        /// Where it stands.
        state: DeploymentState,
        /// How it ended.
        message: String,
    },
    /// A checkpoint cannot be read or written.
    #[error("{0}")]
    Checkpoint(String),
}

impl DeploymentRefused {
    /// As it is answered.
    pub(in crate::domain) fn problem(&self) -> Problem {
        let code = match self {
            Self::PlanStale(_) => ProblemCode::PlanStale,
            Self::PlanNotReady(_) => ProblemCode::PlanNotReady,
            Self::Running(_) => ProblemCode::DeploymentRunning,
            Self::NotReturnable(_) => ProblemCode::NotReturnable,
            Self::Failed { state: DeploymentState::NeedsAttention, .. } => ProblemCode::NeedsAttention,
            Self::Failed { .. } => ProblemCode::DeploymentFailed,
            Self::Checkpoint(_) => ProblemCode::Internal,
        };
        Problem::new(code, self.to_string())
    }
}

impl From<Refusal> for DeploymentRefused {
    fn from(refusal: Refusal) -> Self {
        let words = sentence(&refusal.to_string());
        match refusal {
            Refusal::Running(_) => Self::Running(words),
            Refusal::Stale(_) => Self::PlanStale(words),
            Refusal::NotReturnable(_) | Refusal::NoCheckpoint(_) => Self::NotReturnable(words),
            Refusal::Checkpoint(error) => Self::Checkpoint(format!("{error}: {}.", error.source)),
        }
    }
}

/// Words as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.')),
        None => String::new(),
    }
}
