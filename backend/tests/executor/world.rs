//! Services made of files: `running/NAME` holds what NAME serves. It reads its certificate when it is told to, and dies of a bad one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use certdeck::deploy::change::{ProgramRun, Signal};
use certdeck::deploy::executor::{Ended, Probed, Surroundings};
use certdeck::deploy::plan::{PlannedService, ServiceReference};
use certdeck_shared::api::plan::PlannedProbe;
use futures::future::{BoxFuture, FutureExt as _, ready};

use crate::scene::Scene;

#[derive(Clone)]
pub struct World {
    root: PathBuf,
    /// Calls that fail, by their number.
    failing: BTreeSet<usize>,
    /// The call from which on all fail.
    broken_from: usize,
    /// Calls by which a port is asked whose connection a process of before accepts.
    by_old: fn(usize) -> bool,
    pub calls: Arc<AtomicUsize>,
}

impl World {
    pub fn of(scene: &Scene) -> Self {
        Self { root: scene.root.clone(), failing: BTreeSet::new(), broken_from: usize::MAX, by_old: |_| false, calls: Arc::default() }
    }

    pub fn failing_at(mut self, call: usize) -> Self {
        self.failing.insert(call);
        self
    }

    pub fn broken_from(mut self, call: usize) -> Self {
        self.broken_from = call;
        self
    }

    pub fn with_old_processes(mut self, by_old: fn(usize) -> bool) -> Self {
        self.by_old = by_old;
        self
    }

    fn call(&self) -> Result<(), String> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        if number >= self.broken_from || self.failing.contains(&number) {
            return Err(format!("Call {number} failed, as it should."));
        }
        Ok(())
    }

    fn certificate(&self, name: &str) -> String {
        std::fs::read_to_string(self.root.join(name).join("certificate.pem")).unwrap_or_default()
    }

    fn load(&self, name: &str) -> Result<(), String> {
        let (running, certificate) = (self.root.join("running").join(name), self.certificate(name));
        if !certificate.starts_with("old") && !certificate.starts_with("new") {
            let _ = std::fs::remove_file(running);
            return Err(format!("{name} has died."));
        }
        std::fs::write(running, certificate).map_err(|error| error.to_string())
    }
}

impl Surroundings for World {
    fn check<'a>(&'a self, service: &'a PlannedService) -> Ended<'a> {
        let refused = self.certificate(&service.service.label).starts_with("refused");
        ready(self.call().and(if refused { Err("The program refuses it.".to_owned()) } else { Ok(()) })).boxed()
    }

    fn run<'a>(&'a self, _service: &'a PlannedService, run: &'a ProgramRun) -> Ended<'a> {
        ready(self.call().and_then(|()| self.load(&run.arguments[0]))).boxed()
    }

    fn signal<'a>(&'a self, service: &'a ServiceReference, _signal: Signal) -> Ended<'a> {
        let running = self.root.join("running").join(&service.label).exists();
        let result = self.call().and_then(|()| {
            if !running {
                return Err("It does not run.".to_owned());
            }
            // Whoever sends a signal does not hear what becomes of it.
            let _ = self.load(&service.label);
            Ok(())
        });
        ready(result).boxed()
    }

    fn modify<'a>(&'a self, _service: &'a PlannedService, _url: &'a str) -> Ended<'a> {
        ready(self.call()).boxed()
    }

    fn restore<'a>(&'a self, _service: &'a PlannedService, _url: &'a str) -> Ended<'a> {
        ready(self.call()).boxed()
    }

    fn probe<'a>(&'a self, probe: &'a PlannedProbe) -> BoxFuture<'a, Probed> {
        if (self.by_old)(self.calls.load(Ordering::Relaxed)) {
            let _ = self.call();
            return ready(Probed { served: Some(format!("old {}", probe.endpoint)), ..Probed::default() }).boxed();
        }
        let served = self.call().ok().and_then(|()| std::fs::read_to_string(self.root.join("running").join(&probe.endpoint)).ok());
        let problem = served.is_none().then(|| "There is no connection.".to_owned());
        ready(Probed { served, problem, ..Probed::default() }).boxed()
    }

    fn pause(&self, _length: Duration) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}
