//! The one place where plans are applied: lock, compare, checkpoint, write, check, take up, prove by probing; and the way back when
//! something fails, in reverse and proved as well. It knows no service: how each is asked to take a change up stands in the plan.

mod back;
mod forward;
mod observer;
mod prepare;
mod probing;
mod recovery;
mod returning;
mod run;
mod steps;
mod surroundings;

use std::path::PathBuf;
use std::sync::Arc;

use certdeck_shared::api::deployment::{DeploymentState, DeploymentStep};
use certdeck_shared::api::plan::OnFailure;
use time::OffsetDateTime;

pub use observer::{Moment, Observer};
pub use prepare::words;
pub use surroundings::{Ended, Probed, Surroundings};

use super::checkpoint::Shelf;
use super::material::Material;
use super::plan::PlannedService;
use crate::host::files::{FileError, Lock};
use crate::host::tree::Tree;

/// Applies plans.
#[derive(Clone)]
pub struct Executor {
    shelf: Shelf,
    surroundings: Arc<dyn Surroundings>,
}

/// A plan to be applied.
pub struct Order {
    /// Identifier of the deployment: a name for a folder that nobody has.
    pub id: String,
    /// What is done to each service, in this order.
    pub services: Vec<PlannedService>,
    /// The certificates and keys that it names.
    pub materials: Vec<Material>,
    /// What is done with the services that were changed already when one fails.
    pub on_failure: OnFailure,
    /// The services, locked.
    pub locks: Locks,
}

/// Services that nobody else deploys to while this is there.
#[derive(Debug)]
pub struct Locks {
    _held: Vec<Lock>,
}

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

/// Why nothing was begun.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Another deployment to the service, or to a file of it, is under way.
    #[error("another deployment to {0}, or to a file of it, is under way; wait for its end")]
    Running(String),
    /// A file is not what it was when the plan was made.
    #[error("{0} Make the plan anew.")]
    Stale(String),
    /// A deployment cannot be taken back.
    #[error("{0}")]
    NotReturnable(String),
    /// There is no checkpoint.
    #[error("there is no checkpoint of the deployment {0}")]
    NoCheckpoint(String),
    /// A checkpoint cannot be used.
    #[error("the checkpoint cannot be used")]
    Checkpoint(#[from] FileError),
}

impl Executor {
    /// With checkpoints in this directory, which is made when it is needed.
    #[must_use]
    pub fn new(directory: PathBuf, surroundings: Arc<dyn Surroundings>) -> Self {
        Self { shelf: Shelf::new(directory), surroundings }
    }

    /// Takes services for a deployment, when everything is as it was when their plan was made.
    ///
    /// # Errors
    /// `Running`, `Stale`, and when the locks cannot be made.
    pub fn lock(&self, services: &[PlannedService]) -> Result<Locks, Refusal> {
        let locks = self.lock_all(services)?;
        match prepare::difference(&Tree::of_machine(), services) {
            Some(words) => Err(Refusal::Stale(words)),
            None => Ok(locks),
        }
    }

    fn lock_all<'a>(&self, services: impl IntoIterator<Item = &'a PlannedService>) -> Result<Locks, Refusal> {
        self.shelf.lock(services)?.map(|held| Locks { _held: held }).map_err(Refusal::Running)
    }

    /// Throws away the checkpoints of deployments that ended before an instant and left nothing to do: they cannot be taken back any more.
    ///
    /// # Errors
    /// When one cannot be read or removed.
    pub fn prune(&self, before: OffsetDateTime) -> Result<(), FileError> {
        self.shelf.prune(before)
    }
}
