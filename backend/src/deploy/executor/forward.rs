//! The way forward: service by service; write, check, take up, prove.

use std::path::Path;
use std::sync::Arc;

use certdeck_shared::api::deployment::StepKind;

use super::prepare::{Work, words};
use super::run::{Run, blocking};
use super::{Moment, Outcome};
use crate::deploy::change::Activation;
use crate::deploy::checkpoint::{Checkpoint, Made, Note, Replacement};
use crate::deploy::plan::PlannedService;
use crate::host::entry::Entry;
use crate::host::files;

/// Why it does not go on.
pub enum Stop {
    /// Something failed: what, as sentences.
    Failed(String),
    /// Somebody asked.
    Asked,
}

impl From<String> for Stop {
    fn from(words: String) -> Self {
        Self::Failed(words)
    }
}

impl Run<'_> {
    /// Goes all the way, or back.
    pub async fn forward(mut self, work: Work) -> Outcome {
        for (service, replacements) in work.into_iter().enumerate() {
            if let Err(stop) = self.deploy(service, replacements).await {
                return self.stop(service, stop).await;
            }
        }
        self.succeeded().await
    }

    async fn deploy(&mut self, place: usize, replacements: Vec<Replacement>) -> Result<(), Stop> {
        let Some(service) = self.service(place).map(|service| service.planned) else { return Ok(()) };
        self.stopped()?;
        if let Some(step) = self.steps.begin(Some(place), StepKind::Write) {
            let written = self.write(place, replacements).await;
            self.steps.ended(step, &written);
            written?;
        }
        self.stopped()?;
        if let Some(step) = self.steps.begin(Some(place), StepKind::Check) {
            let checked = self.surroundings.check(&service).await;
            let checked = checked.map_err(|words| format!("{} would not start with this: {words}", service.service.label));
            self.steps.ended(step, &checked);
            checked?;
        }
        self.stopped()?;
        if let Some(step) = self.steps.begin(Some(place), StepKind::Activate) {
            let activated = self.activate(place, &service).await;
            let activated = activated.map_err(|words| format!("{} did not take the change up: {words}", service.service.label));
            self.steps.ended(step, &activated);
            activated?;
        }
        for probe in &service.probes {
            self.stopped()?;
            self.prove(place, &service, probe).await?;
        }
        Ok(self.note(Note::Proved { service: place }).await?)
    }

    pub(super) fn stopped(&self) -> Result<(), Stop> {
        if self.steps.observer().stopped() { Err(Stop::Asked) } else { Ok(()) }
    }

    async fn write(&mut self, service: usize, replacements: Vec<Replacement>) -> Result<(), String> {
        for (change, replacement) in replacements.into_iter().enumerate() {
            let (path, temporary) = (replacement.path.clone(), files::temporary_beside(&replacement.path));
            let (checkpoint, place, before) = (Arc::clone(&self.checkpoint), path.clone(), replacement.before);
            // Before it is noted: what somebody else wrote would be taken for ours.
            let now = blocking(move || as_kept(&checkpoint, &place, &before)).await?;
            self.note(Note::Changing { service, change, temporary: temporary.clone() }).await?;
            self.steps.observer().file(&path, Moment::Before);
            let (place, after) = (path.clone(), replacement.after);
            blocking(move || after.put(&place, &now, &temporary).map_err(|error| words(&error))).await?;
            self.steps.observer().file(&path, Moment::After);
        }
        Ok(())
    }

    async fn activate(&mut self, place: usize, service: &PlannedService) -> Result<(), String> {
        self.note(Note::Activating { service: place }).await?;
        match &service.takeover.activation {
            Activation::Nothing | Activation::Wait { .. } => Ok(()),
            Activation::Signal(signal) => self.surroundings.signal(&service.service, *signal).await,
            Activation::Run(run) => self.surroundings.run(service, run).await,
            Activation::Modify { url, restart } => {
                self.surroundings.modify(service, url).await?;
                match restart {
                    Some(restart) => self.surroundings.run(service, restart).await,
                    None => Ok(()),
                }
            }
        }
    }
}

/// What is at a path, when the checkpoint keeps it, or another service of this deployment has made it what it shall be.
fn as_kept(checkpoint: &Checkpoint, path: &Path, before: &Entry) -> Result<Entry, String> {
    let now = Entry::at(path).map_err(|error| words(&error))?;
    let made = Made::of(&now);
    let mut changes = checkpoint.record.services.iter().flat_map(|service| &service.changes);
    if now == *before || changes.any(|change| change.path == path && change.made == made) {
        return Ok(now);
    }
    Err(format!("{} was changed by somebody else in this moment.", path.display()))
}
