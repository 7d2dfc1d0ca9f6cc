//! The way back: services in reverse order; files as they were, the running service with them, and proof of what is served again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use certdeck_shared::api::deployment::{DeploymentState, StepKind};
use certdeck_shared::api::plan::OnFailure;

use super::forward::Stop;
use super::prepare::words;
use super::probing::Patience;
use super::run::{Run, blocking};
use super::steps::counted;
use super::{Moment, Outcome};
use crate::deploy::change::Activation;
use crate::deploy::checkpoint::{Change, Checkpoint, Kept, Made, Note};
use crate::deploy::plan::PlannedService;
use crate::host::entry::Entry;
use crate::host::files;

/// Pauses before a file that could not be put back is tried again, in milliseconds.
const AGAIN: [u64; 2] = [500, 2000];

/// What makes a running service serve what it served before, the least disturbance first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remedy {
    /// Nothing: it was not touched.
    None,
    /// It takes its files up again.
    TakeUp,
    /// It is started again.
    Restart,
}

impl Run<'_> {
    /// Something failed at this service, or somebody asked to stop.
    pub(super) async fn stop(mut self, failed: usize, stop: Stop) -> Outcome {
        self.steps.skip_waiting();
        let (cause, all) = match stop {
            Stop::Failed(words) => (words, self.checkpoint.record.on_failure == OnFailure::ReturnAll),
            Stop::Asked => ("It was stopped.".to_owned(), true),
        };
        let begun = self.standing.begun();
        let services = if all { begun } else { self.together_with(failed, &begun) };
        self.take_back(services, cause).await
    }

    /// A service, and those that share a file with it: they cannot be taken back apart.
    pub(super) fn together_with(&self, failed: usize, begun: &BTreeSet<usize>) -> BTreeSet<usize> {
        let paths = |place: usize| self.checkpoint.record.services.get(place).map(|service| &service.changes).into_iter().flatten();
        let share = |one: usize, other: usize| paths(one).any(|change| paths(other).any(|same| same.path == change.path));
        let mut found: BTreeSet<usize> = begun.iter().copied().filter(|place| *place == failed).collect();
        while let Some(more) = begun.iter().find(|place| !found.contains(place) && found.iter().any(|known| share(**place, *known))) {
            found.insert(*more);
        }
        found
    }

    /// Takes services back.
    pub(super) async fn take_back(mut self, services: BTreeSet<usize>, cause: String) -> Outcome {
        let note = Note::Returning { services: services.iter().copied().collect(), cause: cause.clone() };
        if let Err(error) = self.note(note).await {
            // What has to be taken back is known without it.
            tracing::warn!(%error, "the way back of a deployment could not be noted");
        }
        let mut problems = Vec::new();
        for place in services.iter().rev() {
            problems.extend(self.take_back_service(*place).await);
        }
        let kept: Vec<&str> = self.standing.proved.difference(&services).map(|place| self.label(*place)).collect();
        let proof = self.proof(&services);
        let (state, ending) = if !problems.is_empty() {
            let folder = self.checkpoint.folder().display();
            let problems = problems.join(" ");
            let ending = format!("It could not be taken back entirely. {problems} The checkpoint is kept in {folder}.");
            (DeploymentState::NeedsAttention, ending)
        } else if kept.is_empty() {
            (DeploymentState::RolledBack, format!("Everything is as it was{proof}."))
        } else {
            let back: Vec<&str> = services.iter().map(|place| self.label(*place)).collect();
            (DeploymentState::Partly, format!("As before: {}{proof}. Changed: {}.", back.join(", "), kept.join(", ")))
        };
        let message = [cause, ending].into_iter().chain(std::mem::take(&mut self.remarks)).collect::<Vec<_>>().join(" ");
        self.end(state, message).await
    }

    fn proof(&self, services: &BTreeSet<usize>) -> String {
        let probes =
            services.iter().filter_map(|place| self.checkpoint.record.services.get(*place)).flat_map(|service| &service.planned.probes);
        match probes.filter(|probe| probe.before.is_some()).count() {
            0 => String::new(),
            1 => ", and 1 port serves what it served before".to_owned(),
            ports => format!(", and {} serve what they served before", counted(ports, "port")),
        }
    }

    async fn take_back_service(&mut self, place: usize) -> Vec<String> {
        let Some(service) = self.service(place) else { return Vec::new() };
        let problems = self.restore(place, &service.changes).await;
        if !problems.is_empty() {
            // It is better left with what it has in memory than made to read files of which some are new and some old.
            return problems;
        }
        self.reactivate(place, &service.planned).await.err().into_iter().collect()
    }

    async fn restore(&mut self, place: usize, changes: &[Change]) -> Vec<String> {
        let changed: Vec<(usize, &Change)> =
            changes.iter().enumerate().filter(|(number, _)| self.standing.changed.contains(&(place, *number))).collect();
        if changed.is_empty() {
            return Vec::new();
        }
        let what = format!("{}: put back {}", self.label(place), counted(changed.len(), "file"));
        self.steps.add(Some(place), StepKind::Restore, what);
        let step = self.steps.begin(Some(place), StepKind::Restore);
        let mut problems = Vec::new();
        for (number, change) in changed.into_iter().rev() {
            if let Err(words) = self.put_back(place, number, change).await {
                problems.push(words);
            }
        }
        let result = if problems.is_empty() { Ok(()) } else { Err(problems.join(" ")) };
        if let Some(step) = step {
            self.steps.ended(step, &result);
        }
        problems
    }

    async fn put_back(&mut self, service: usize, number: usize, change: &Change) -> Result<(), String> {
        self.steps.observer().file(&change.path, Moment::Before);
        let mut pauses = AGAIN.into_iter();
        loop {
            let temporary = files::temporary_beside(&change.path);
            // Without this note a kill would leave a temporary file behind, and nothing worse; a full disk is no reason not to go on.
            let _ = self.note(Note::Changing { service, change: number, temporary: temporary.clone() }).await;
            let (checkpoint, change) = (Arc::clone(&self.checkpoint), change.clone());
            let path = change.path.clone();
            match blocking(move || put_back(&checkpoint, &change, &temporary)).await {
                Ok(remark) => {
                    self.remarks.extend(remark);
                    self.steps.observer().file(&path, Moment::After);
                    return Ok(());
                }
                Err(words) => match pauses.next() {
                    Some(pause) => self.surroundings.pause(Duration::from_millis(pause)).await,
                    None => return Err(words),
                },
            }
        }
    }

    async fn reactivate(&mut self, place: usize, service: &PlannedService) -> Result<(), String> {
        let mut remedies = vec![Remedy::None];
        if service.takeover.activation != Activation::Nothing {
            remedies.push(Remedy::TakeUp);
        }
        if service.restart.is_some() {
            remedies.push(Remedy::Restart);
        }
        if self.standing.activated.contains(&place) && remedies.len() > 1 {
            remedies.remove(0);
        }
        let mut words = String::new();
        for remedy in remedies {
            match self.remedied(place, service, remedy).await {
                Ok(()) => return Ok(()),
                Err(problem) => words = problem,
            }
        }
        let label = &service.service.label;
        Err(format!(
            "The files of {label} are as they were, but it does not serve what it served before. {words} Look into its log, and start it again."
        ))
    }

    async fn remedied(&mut self, place: usize, service: &PlannedService, remedy: Remedy) -> Result<(), String> {
        let label = &service.service.label;
        let what = match remedy {
            Remedy::None => None,
            Remedy::TakeUp => Some(format!("{label}: take the old files up again")),
            Remedy::Restart => Some(format!("{label}: start again")),
        };
        if let Some(what) = what {
            self.steps.add(Some(place), StepKind::Reactivate, what);
            let step = self.steps.begin(Some(place), StepKind::Reactivate);
            let done = match (remedy, &service.takeover.activation, &service.restart) {
                (Remedy::Restart, _, Some(restart)) => self.surroundings.run(service, restart).await,
                (Remedy::TakeUp, Activation::Signal(signal), _) => self.surroundings.signal(&service.service, *signal).await,
                (Remedy::TakeUp, Activation::Run(run), _) => self.surroundings.run(service, run).await,
                (Remedy::TakeUp, Activation::Modify { url, .. }, _) => self.surroundings.restore(service, url).await,
                _ => Ok(()),
            };
            if let Some(step) = step {
                self.steps.ended(step, &done);
            }
            done?;
        }
        let patience = if remedy == Remedy::Restart { Patience::after_restart() } else { Patience::with(service) };
        for probe in &service.probes {
            let Some(before) = &probe.before else { continue };
            let words = format!("{label}: {} on {}:{} as before", probe.endpoint, probe.host, probe.port);
            let step = self.steps.add(Some(place), StepKind::ProbeBefore, words);
            self.steps.begin(Some(place), StepKind::ProbeBefore);
            let asked = match self.ask(step, probe, before, &patience, false).await {
                Err(Stop::Failed(words)) => Err(words),
                Ok(()) | Err(Stop::Asked) => Ok(()),
            };
            self.steps.ended(step, &asked);
            asked?;
        }
        Ok(())
    }
}

/// What is to be said about it, when there is something.
fn put_back(checkpoint: &Checkpoint, change: &Change, temporary: &Path) -> Result<Option<String>, String> {
    let Change { path, before, made } = change;
    let advice = |words: String| format!("{words} {}", cure(checkpoint, path, before));
    let now = Entry::at(path).map_err(|error| advice(words(&error)))?;
    if before.is(&now) {
        return Ok(None);
    }
    let mut remark = None;
    if now != Entry::Absent && Made::of(&now) != *made {
        remark = Some(keep_foreign(checkpoint, path, &now).map_err(advice)?);
    }
    let entry = checkpoint.entry(before).map_err(|error| advice(words(&error)))?;
    let mut put = entry.put(path, &now, temporary);
    if put.as_ref().is_err_and(files::FileError::is_disk_full) {
        // The room that the new file takes is what the old one needs. A kill in between is no harm: this is done again then.
        put = Entry::Absent.put(path, &now, temporary).and_then(|()| entry.put(path, &Entry::Absent, temporary));
    }
    put.map_err(|error| advice(words(&error)))?;
    Ok(remark)
}

/// Neither what was there before nor what the deployment wrote: somebody else did. The service needs files that belong together, so the old
/// one comes back all the same; nothing is lost.
fn keep_foreign(checkpoint: &Checkpoint, path: &Path, now: &Entry) -> Result<String, String> {
    let path = path.display();
    match now {
        Entry::File { content, .. } => {
            let kept = checkpoint.keep_foreign(content).map_err(|error| words(&error))?;
            Ok(format!("{path} was changed by somebody else meanwhile: that content is in {} now.", kept.display()))
        }
        Entry::Held { sha256, .. } => {
            Ok(format!("{path} was changed by somebody else meanwhile: the helper keeps that content as {sha256}."))
        }
        Entry::Link { target, .. } => Ok(format!("{path} was made a link to {} by somebody else meanwhile.", target.display())),
        Entry::Directory(_) | Entry::Absent => Err(format!("{path} was made a directory by somebody else, and is left as it is.")),
    }
}

/// What is to be done by hand.
fn cure(checkpoint: &Checkpoint, path: &Path, before: &Kept) -> String {
    let path = path.display();
    match before {
        Kept::Absent => format!("There was nothing before: remove {path}."),
        Kept::Directory(rights) => format!("Give the directory {path} the mode {:04o} again.", rights.mode),
        Kept::Held { sha256, rights } => {
            let (user, group, mode) = (rights.owner.user, rights.owner.group, rights.mode);
            format!("As it was before: the helper keeps {sha256}; install -o {user} -g {group} -m {mode:04o} it as {path}.")
        }
        Kept::Link { target, .. } => format!("It was a symbolic link: ln -sfn {} {path}.", target.display()),
        Kept::File { rights, .. } => {
            let copy = checkpoint.copy_of(before).unwrap_or_default();
            let (user, group, mode) = (rights.owner.user, rights.owner.group, rights.mode);
            format!("As it was before: install -o {user} -g {group} -m {mode:04o} {} {path}.", copy.display())
        }
    }
}
