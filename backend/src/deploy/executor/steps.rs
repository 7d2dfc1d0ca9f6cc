//! The steps of a deployment as they are told.

use std::time::Instant;

use certdeck_shared::api::deployment::{DeploymentStep, Proof, StepKind, StepState};
use certdeck_shared::api::plan::Disturbance;

use super::Observer;
use crate::deploy::change::Activation;
use crate::deploy::plan::PlannedService;

/// Steps in the order they are done; one of them at a time.
pub struct Steps<'a> {
    all: Vec<DeploymentStep>,
    began: Instant,
    observer: &'a dyn Observer,
}

impl<'a> Steps<'a> {
    /// None yet.
    pub fn none(observer: &'a dyn Observer) -> Self {
        Self { all: Vec::new(), began: Instant::now(), observer }
    }

    /// All that a deployment takes when nothing fails.
    pub fn planned(services: &[PlannedService], observer: &'a dyn Observer) -> Self {
        let mut steps = Self::none(observer);
        let basis: usize = services.iter().map(|service| service.basis.len()).sum();
        steps.add(None, StepKind::Compare, format!("compare {} with the plan", counted(basis, "file")));
        steps.add(None, StepKind::Checkpoint, "keep what is there".to_owned());
        for (place, service) in services.iter().enumerate() {
            let label = &service.service.label;
            let mut add = |kind, words: String| steps.add(Some(place), kind, format!("{label}: {words}"));
            if !service.files.is_empty() {
                add(StepKind::Write, format!("write {}", counted(service.files.len(), "file")));
            }
            if service.check.is_some() {
                add(StepKind::Check, "ask the program whether it would start".to_owned());
            }
            if service.takeover.activation != Activation::Nothing {
                add(StepKind::Activate, activation(service).to_owned());
            }
            for probe in &service.probes {
                add(StepKind::Probe, format!("{} on {}:{}", probe.endpoint, probe.host, probe.port));
            }
        }
        steps
    }

    /// Adds one that waits.
    pub fn add(&mut self, part: Option<usize>, kind: StepKind, words: String) -> usize {
        let place = self.all.len();
        let state = StepState::Waiting;
        self.all.push(DeploymentStep { part, kind, words, state, milliseconds: None, proof: None, problem: None });
        self.tell(place);
        place
    }

    /// Begins the next one of this kind.
    pub fn begin(&mut self, part: Option<usize>, kind: StepKind) -> Option<usize> {
        let waits = |step: &DeploymentStep| step.state == StepState::Waiting && step.part == part && step.kind == kind;
        let place = self.all.iter().position(waits)?;
        self.began = Instant::now();
        self.change(place, |step| step.state = StepState::Running);
        Some(place)
    }

    /// What a port serves.
    pub fn prove(&mut self, place: usize, proof: Proof) {
        self.change(place, |step| step.proof = Some(proof));
    }

    /// It is done.
    pub fn done(&mut self, place: usize) {
        self.end(place, StepState::Done, None);
    }

    /// It failed.
    pub fn failed(&mut self, place: usize, problem: &str) {
        self.end(place, StepState::Failed, Some(problem.to_owned()));
    }

    /// How it ended.
    pub fn ended(&mut self, place: usize, result: &Result<(), String>) {
        match result {
            Ok(()) => self.done(place),
            Err(problem) => self.failed(place, problem),
        }
    }

    /// What has not begun is not needed any more.
    pub fn skip_waiting(&mut self) {
        for place in 0..self.all.len() {
            if self.all.get(place).is_some_and(|step| step.state == StepState::Waiting) {
                self.change(place, |step| step.state = StepState::Skipped);
            }
        }
    }

    /// Whoever watches.
    pub fn observer(&self) -> &'a dyn Observer {
        self.observer
    }

    /// All of them.
    pub fn finish(self) -> Vec<DeploymentStep> {
        self.all
    }

    fn end(&mut self, place: usize, state: StepState, problem: Option<String>) {
        let milliseconds = u64::try_from(self.began.elapsed().as_millis()).ok();
        self.change(place, |step| {
            step.state = state;
            step.milliseconds = milliseconds;
            step.problem = problem;
        });
    }

    fn change(&mut self, place: usize, how: impl FnOnce(&mut DeploymentStep)) {
        if let Some(step) = self.all.get_mut(place) {
            how(step);
        }
        self.tell(place);
    }

    fn tell(&self, place: usize) {
        if let Some(step) = self.all.get(place) {
            self.observer.step(place, step);
        }
    }
}

/// `1 file`, `2 files`.
pub fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn activation(service: &PlannedService) -> &'static str {
    match (&service.takeover.activation, service.takeover.disturbance) {
        (Activation::Modify { .. }, _) => "one modify of cn=config",
        (_, Disturbance::Restart) => "restart",
        (_, Disturbance::Wait) => "wait until it looks for itself",
        (_, Disturbance::Reload | Disturbance::None) => "reload",
    }
}
