//! A deployment under way, whichever way it goes.

use std::sync::Arc;

use certdeck_shared::api::deployment::{DeploymentState, StepKind};

use super::prepare::{self, words};
use super::steps::{Steps, counted};
use super::{Executor, Observer, Order, Outcome, Surroundings};
use crate::deploy::checkpoint::{Checkpoint, Note, RecordedService, Standing};
use crate::host::files::FileError;
use crate::host::threads;
use crate::host::tree::Tree;

/// A deployment under way.
pub struct Run<'a> {
    pub(super) checkpoint: Arc<Checkpoint>,
    pub(super) standing: Standing,
    pub(super) steps: Steps<'a>,
    pub(super) surroundings: &'a dyn Surroundings,
    /// What is to be said at the end beside how it ended.
    pub(super) remarks: Vec<String>,
}

impl Executor {
    /// Applies a plan, and proves that every port serves what it should; or takes everything back, and proves that. It ends by itself
    /// whatever hangs, and says in the outcome what became of it.
    pub async fn apply(&self, order: Order, observer: &dyn Observer) -> Outcome {
        let Order { id, services, materials, on_failure, locks } = order;
        let mut steps = Steps::planned(&services, observer);
        let compare = steps.begin(None, StepKind::Compare);
        let (services, compared) = blocking(move || {
            let difference = prepare::difference(&Tree::of_machine(), &services);
            (services, difference.map_or(Ok(()), |words| Err(format!("{words} Make the plan anew."))))
        })
        .await;
        if let Some(place) = compare {
            steps.ended(place, &compared);
        }
        if let Err(cause) = compared {
            return nothing_done(steps, &cause);
        }
        let keep = steps.begin(None, StepKind::Checkpoint);
        let shelf = self.shelf.clone();
        let kept = blocking(move || prepare::keep(&shelf, &id, on_failure, services, &materials)).await;
        if let Some(place) = keep {
            steps.ended(place, &kept.as_ref().map(drop).map_err(Clone::clone));
        }
        let outcome = match kept {
            Err(cause) => nothing_done(steps, &cause),
            Ok((checkpoint, work)) => {
                let surroundings = self.surroundings.as_ref();
                Run { checkpoint, standing: Standing::default(), steps, surroundings, remarks: Vec::new() }.forward(work).await
            }
        };
        drop(locks);
        outcome
    }
}

fn nothing_done(mut steps: Steps<'_>, cause: &str) -> Outcome {
    steps.skip_waiting();
    let message = format!("{cause} Nothing was changed.");
    Outcome { state: DeploymentState::RolledBack, message, steps: steps.finish() }
}

impl Run<'_> {
    pub(super) fn service(&self, place: usize) -> Option<RecordedService> {
        self.checkpoint.record.services.get(place).cloned()
    }

    pub(super) fn label(&self, place: usize) -> &str {
        self.checkpoint.record.services.get(place).map_or("", |service| service.planned.service.label.as_str())
    }

    /// Notes durably what is about to be done.
    pub(super) async fn note(&mut self, note: Note) -> Result<(), String> {
        let (checkpoint, written) = (Arc::clone(&self.checkpoint), note.clone());
        blocking(move || checkpoint.note(&written)).await.map_err(|error: FileError| words(&error))?;
        self.standing.heed(note);
        Ok(())
    }

    /// Ends it. When that cannot be noted the next start comes to the same end once more.
    pub(super) async fn end(mut self, state: DeploymentState, message: String) -> Outcome {
        let note = Note::Ended { state, message: message.clone(), at: crate::host::now() };
        if let Err(error) = self.note(note).await {
            tracing::warn!(%error, "the end of a deployment could not be noted; the next start looks at it again");
        }
        self.steps.skip_waiting();
        Outcome { state, message, steps: self.steps.finish() }
    }

    /// Everything was proved.
    pub(super) async fn succeeded(self) -> Outcome {
        let services = &self.checkpoint.record.services;
        let ports = services.iter().map(|service| service.planned.probes.len()).sum();
        let (ports, services) = (counted(ports, "port"), counted(services.len(), "service"));
        let message = format!("{services} took the change up; {ports} asked, and each serves what it should.");
        self.end(DeploymentState::Succeeded, message).await
    }
}

/// Does work that may wait for a disk where it holds nobody up.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match threads::blocking(work).await {
        Ok(done) => done,
        // The runtime ends, or the work panicked: either way nothing follows it.
        Err(broken) if broken.is_panic() => std::panic::resume_unwind(broken.into_panic()),
        Err(_) => std::future::pending().await,
    }
}
