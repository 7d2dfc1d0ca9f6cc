//! The one place where plans are applied: lock, compare, checkpoint, write, check, take up, prove by probing; and the way back when
//! something fails, in reverse and proved as well. It knows no service: how each is asked to take a change up stands in the plan.

mod observer;
mod surroundings;

use certdeck_shared::api::deployment::{DeploymentState, DeploymentStep};

pub use observer::{Moment, Observer};
pub use surroundings::{Ended, Probed, Surroundings};

/// How a deployment ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Where it stands.
    pub state: DeploymentState,
    /// How it ended, as sentences that name the cause and, where something is left to do, what.
    pub message: String,
    /// All its steps.
    pub steps: Vec<DeploymentStep>,
}
