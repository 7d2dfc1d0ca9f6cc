//! A deployment while it goes on: every step is told to pages and to its job, and can be asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use certdeck_shared::api::deployment::{Deployment, DeploymentProgress, DeploymentState, DeploymentStep, StepKind, StepState};
use certdeck_shared::api::event::Event;

use crate::deploy::executor::Observer;
use crate::domain::events::Events;
use crate::domain::jobs::Progress;

/// The deployments that go on now.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashMap<String, Deployment>>>);

impl Running {
    pub(super) fn begin(&self, deployment: Deployment) {
        lock(&self.0).insert(deployment.id.clone(), deployment);
    }

    /// Notes the job that runs one, by which it can be stopped.
    pub(super) fn of_job(&self, id: &str, job: String) {
        self.change(id, |deployment| deployment.job = Some(job));
    }

    pub(super) fn end(&self, id: &str) {
        lock(&self.0).remove(id);
    }

    /// One of them as it is this instant.
    pub(super) fn now(&self, id: &str) -> Option<Deployment> {
        lock(&self.0).get(id).cloned()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Deployment)) -> Option<Deployment> {
        let mut running = lock(&self.0);
        let deployment = running.get_mut(id)?;
        change(deployment);
        Some(deployment.clone())
    }
}

/// What every page is told of a deployment.
pub(super) fn tell(events: &Events, deployment: &Deployment) {
    let progress = DeploymentProgress {
        id: deployment.id.clone(),
        state: deployment.state,
        message: deployment.message.clone(),
        steps: deployment.steps.clone(),
    };
    events.publish(Event::DeploymentChanged { deployment: Box::new(progress) });
}

/// Watches one deployment for its pages and its job.
pub(super) struct Watch {
    pub(super) id: String,
    pub(super) running: Running,
    pub(super) events: Events,
    /// Absent when it is brought to an end at the start of the console.
    pub(super) progress: Option<Progress>,
}

impl Observer for Watch {
    fn step(&self, place: usize, step: &DeploymentStep) {
        let changed = self.running.change(&self.id, |deployment| {
            match deployment.steps.get_mut(place) {
                Some(known) => known.clone_from(step),
                None => deployment.steps.push(step.clone()),
            }
            if matches!(step.kind, StepKind::Restore | StepKind::Reactivate | StepKind::ProbeBefore) {
                deployment.state = DeploymentState::RollingBack;
            }
        });
        let Some(deployment) = changed else { return };
        tell(&self.events, &deployment);
        if let Some(progress) = &self.progress {
            let over = |step: &&DeploymentStep| !matches!(step.state, StepState::Waiting | StepState::Running);
            progress.step(deployment.steps.iter().filter(over).count() as u64, step.words.clone());
        }
    }

    fn stopped(&self) -> bool {
        self.progress.as_ref().is_some_and(Progress::cancelled)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
