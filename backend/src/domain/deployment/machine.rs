//! The services of this machine, as the executor asks for them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use certdeck_shared::api::plan::{Disturbance, PlannedProbe};
use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::ServiceKind;
use futures::future::{BoxFuture, FutureExt as _};

use crate::deploy::adapter::adapter;
use crate::deploy::change::{Activation, ProgramRun, Signal};
use crate::deploy::control;
use crate::deploy::discovery;
use crate::deploy::executor::{Ended, Probed, Surroundings, words};
use crate::deploy::plan::{PlannedService, ServiceReference};
use crate::deploy::slapd::{self, PreflightError, Restored};
use crate::helper::Client;
use crate::helper::protocol::{self, Program as Which};
use crate::host::signal;
use crate::host::threads;
use crate::host::tree::Tree;
use crate::probe;

/// How long a port may take to answer.
const PROBE: Duration = Duration::from_secs(5);
/// How long slapd may take for one operation.
const OPERATION: Duration = Duration::from_secs(20);

/// This machine.
pub struct Machine {
    helper: Option<Client>,
}

impl Machine {
    /// With whoever runs the programs of services that this process has no rights to.
    #[must_use]
    pub fn new(helper: Option<Client>) -> Self {
        Self { helper }
    }

    /// Runs a program of a service: by the helper, where that knows the service; which program it is then, the helper says.
    ///
    /// # Errors
    /// Why it did not end well, as a sentence.
    pub async fn run_of(&self, service: &ServiceReference, which: Which, program: &ProgramRun) -> Result<(), String> {
        let Some(helper) = self.helper.clone() else { return run(program).await };
        let (kind, config) = (service.kind.name(), PathBuf::from(&service.config));
        let asked = blocking(move || Ok(helper.knows(kind, &config).then(|| helper.run(kind, &config, which)))).await?;
        match asked {
            Some(ended) => ended,
            None => run(program).await,
        }
    }

    /// Which of its programs a planned service means.
    fn which(service: &PlannedService, program: &ProgramRun) -> Which {
        match () {
            () if service.check.as_ref() == Some(program) => Which::Check,
            () if service.restart.as_ref() == Some(program) || service.takeover.disturbance == Disturbance::Restart => Which::Restart,
            () => Which::Reload,
        }
    }
}

impl Surroundings for Machine {
    fn check<'a>(&'a self, service: &'a PlannedService) -> Ended<'a> {
        async move {
            if let Some(check) = &service.check {
                self.run_of(&service.service, Which::Check, check).await?;
            }
            // The helper has no verb for it: the running one is asked for a handshake in any case.
            let alone = self.helper.is_none();
            if service.service.kind == ServiceKind::Slapd && alone { preflight(service).await } else { Ok(()) }
        }
        .boxed()
    }

    fn run<'a>(&'a self, service: &'a PlannedService, program: &'a ProgramRun) -> Ended<'a> {
        self.run_of(&service.service, Self::which(service, program), program).boxed()
    }

    fn signal<'a>(&'a self, service: &'a ServiceReference, which: Signal) -> Ended<'a> {
        let (service, helper) = (service.clone(), self.helper.clone());
        blocking(move || send(&service, which, helper.as_ref())).boxed()
    }

    fn modify<'a>(&'a self, service: &'a PlannedService, url: &'a str) -> Ended<'a> {
        let (url, attributes) = (url.to_owned(), service.attributes.clone());
        blocking(move || slapd::modify(&url, &attributes, OPERATION).map_err(|error| words(&error))).boxed()
    }

    fn restore<'a>(&'a self, service: &'a PlannedService, url: &'a str) -> Ended<'a> {
        let (url, config, attributes) = (url.to_owned(), service.service.config.clone(), service.attributes.clone());
        let restoring = blocking(move || slapd::restore(&url, Path::new(&config), &attributes, OPERATION).map_err(|error| words(&error)));
        async move {
            let restored = restoring.await?;
            match (&service.takeover.activation, restored, &service.restart) {
                // Where it listens it learned by a restart, and forgets by one.
                (Activation::Modify { restart: Some(restart), .. }, _, _) => self.run(service, restart).await,
                (_, Restored::Running, _) => Ok(()),
                (_, Restored::AfterRestart, Some(restart)) => self.run(service, restart).await,
                (_, Restored::AfterRestart, None) => {
                    Err("Its old settings are in its files and count once it is started again.".to_owned())
                }
            }
        }
        .boxed()
    }

    fn probe<'a>(&'a self, planned: &'a PlannedProbe) -> BoxFuture<'a, Probed> {
        async move {
            let PlannedProbe { host, port, protocol, tls, server_name, key_type, .. } = planned.clone();
            let report = probe::probe(&NewProbe { host, port, protocol, tls, server_name, key_type }, PROBE).await;
            let served = report.leaf().map(|leaf| leaf.fingerprint_sha256.clone()).filter(|leaf| report.serves(leaf));
            let problem = served.is_none().then_some(report.words);
            Probed { served, tls_version: report.tls_version, milliseconds: report.milliseconds, problem }
        }
        .boxed()
    }

    fn pause(&self, length: Duration) -> BoxFuture<'_, ()> {
        tokio::time::sleep(length).boxed()
    }
}

/// Tries the new files with a slapd of their own: its own check looks at none of them.
async fn preflight(service: &PlannedService) -> Result<(), String> {
    let (config, attributes) = (service.service.config.clone(), service.attributes.clone());
    let tried = blocking(move || Ok(slapd::preflight(&Tree::of_machine(), Path::new(&config), &attributes, OPERATION))).await?;
    match tried {
        Err(PreflightError::Refused(said)) => Err(format!("slapd cannot begin TLS with these files: {said}.")),
        // The running one is asked for a handshake in any case.
        Err(PreflightError::NotTried(reason)) => {
            tracing::info!(reason, "slapd was not tried beforehand");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    threads::blocking(work).await.unwrap_or_else(|broken| Err(format!("The console could not do it: {broken}.")))
}

async fn run(run: &ProgramRun) -> Result<(), String> {
    control::run(run).await.map_or(Ok(()), Err)
}

fn send(service: &ServiceReference, which: Signal, helper: Option<&Client>) -> Result<(), String> {
    let tree = Tree::of_machine();
    let (label, config) = (&service.label, Path::new(&service.config));
    let found = discovery::found(&tree).into_iter().find(|found| found.kind == service.kind && found.config == config);
    let processes = found.map(|found| found.processes).unwrap_or_default();
    let [process] = processes.as_slice() else {
        return Err(if processes.is_empty() {
            format!("{label} does not run.")
        } else {
            format!("{} processes run with the configuration of {label}; which of them is meant nobody knows.", processes.len())
        });
    };
    let (which, asked) = match which {
        Signal::Hup => (signal::Signal::HUP, protocol::Signal::Hup),
        Signal::Usr1 => (signal::Signal::USR1, protocol::Signal::Usr1),
    };
    let is_it = || {
        let now = tree.processes().into_iter().find(|found| found.id == *process);
        now.is_some_and(|now| adapter(service.kind).config_of(&tree, &now).as_deref() == Some(config))
    };
    match signal::send(*process, which, is_it) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied && helper.is_some() => {
            helper.map_or(Ok(()), |helper| helper.signal(service.kind.name(), config, asked))
        }
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{label} ended in this moment.")),
        Err(error) => Err(format!("Process {process} of {label} could not be sent a signal: {error}.")),
    }
}
