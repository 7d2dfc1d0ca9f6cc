//! What the executor needs of the world beside files: running services that take changes up, and ports that tell what they serve.

use std::time::Duration;

use certdeck_shared::api::plan::PlannedProbe;
use futures::future::BoxFuture;

use crate::deploy::change::{ProgramRun, Signal};
use crate::deploy::plan::{PlannedService, ServiceReference};

/// How it ended; words for people when it failed, as a sentence without a secret.
pub type Ended<'a> = BoxFuture<'a, Result<(), String>>;

/// Running services and their ports. Each call ends by itself within a limit of its own.
pub trait Surroundings: Send + Sync {
    /// The program's own check of what lies in its files now.
    fn check<'a>(&'a self, service: &'a PlannedService) -> Ended<'a>;

    /// Runs a program of a service, and looks whether it said what it must.
    fn run<'a>(&'a self, service: &'a PlannedService, run: &'a ProgramRun) -> Ended<'a>;

    /// A signal to the first process of a service, which is looked for at this moment. A process that is not there is an error.
    fn signal<'a>(&'a self, service: &'a ServiceReference, signal: Signal) -> Ended<'a>;

    /// One modify of cn=config with the new values of all attributes.
    fn modify<'a>(&'a self, service: &'a PlannedService, url: &'a str) -> Ended<'a>;

    /// The old values of all attributes, whatever became of the new ones; heals a server that lost its TLS. It may be called again.
    fn restore<'a>(&'a self, service: &'a PlannedService, url: &'a str) -> Ended<'a>;

    /// One complete handshake.
    fn probe<'a>(&'a self, probe: &'a PlannedProbe) -> BoxFuture<'a, Probed>;

    /// Time goes by.
    fn pause(&self, length: Duration) -> BoxFuture<'_, ()>;
}

/// What a port was seen to serve.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probed {
    /// SHA-256 of the leaf, lower-case hex, when a handshake was completed.
    pub served: Option<String>,
    /// Version of TLS.
    pub tls_version: Option<String>,
    /// Milliseconds until the end of the handshake.
    pub milliseconds: u64,
    /// Why there is no handshake, as a sentence.
    pub problem: Option<String>,
}
