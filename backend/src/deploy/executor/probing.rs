//! Asking a port until it serves what it should, as a daemon takes its time after a reload.

use std::time::Duration;

use certdeck_shared::api::deployment::{Proof, StepKind};
use certdeck_shared::api::plan::{Disturbance, PlannedProbe};

use super::Probed;
use super::forward::Stop;
use super::run::Run;
use crate::deploy::change::Activation;
use crate::deploy::plan::PlannedService;

/// Milliseconds between tries after a reload: ten seconds in all. Most daemons are done before the second one.
const RELOAD: [u64; 5] = [200, 800, 2000, 3000, 4000];
/// After a restart, half a minute in all: a Java machine takes its time.
const RESTART: [u64; 10] = [200, 800, 2000, 3000, 4000, 4000, 4000, 4000, 4000, 4000];
/// Of a daemon that looks for itself: how often it is asked, in milliseconds, and how long after the time it takes.
const WAIT: u64 = 1000;
const BEYOND: u64 = 5;

/// Pauses between tries.
pub fn patience(service: &PlannedService) -> Vec<Duration> {
    match (&service.takeover.activation, service.takeover.disturbance) {
        (Activation::Wait { seconds }, _) => {
            let tries = usize::try_from(seconds.saturating_add(BEYOND)).unwrap_or(usize::MAX).min(600);
            vec![Duration::from_millis(WAIT); tries]
        }
        (_, Disturbance::Restart) => after_restart(),
        _ => RELOAD.map(Duration::from_millis).to_vec(),
    }
}

/// Pauses between tries after a service was started.
pub fn after_restart() -> Vec<Duration> {
    RESTART.map(Duration::from_millis).to_vec()
}

impl Run<'_> {
    /// Asks until the new leaf is served.
    pub(super) async fn prove(&mut self, place: usize, service: &PlannedService, probe: &PlannedProbe) -> Result<(), Stop> {
        let Some(step) = self.steps.begin(Some(place), StepKind::Probe) else { return Ok(()) };
        let asked = self.ask(step, probe, &probe.expected, &patience(service), true).await;
        let problem = match &asked {
            Ok(()) => Ok(()),
            Err(Stop::Failed(words)) => Err(words.clone()),
            Err(Stop::Asked) => Err("It was stopped.".to_owned()),
        };
        self.steps.ended(step, &problem);
        asked
    }

    /// Asks until this leaf is served.
    pub(super) async fn ask(
        &mut self,
        step: usize,
        probe: &PlannedProbe,
        expected: &str,
        pauses: &[Duration],
        stoppable: bool,
    ) -> Result<(), Stop> {
        let most = pauses.len() + 1;
        let mut tries = 0;
        loop {
            tries += 1;
            let probed = self.surroundings.probe(probe).await;
            let words = seen(&probed, probe, expected);
            let served = probed.served.as_deref() == Some(expected);
            let told = if served { words.clone() } else { format!("{words} Try {tries} of {most}.") };
            self.steps.prove(
                step,
                Proof {
                    served: probed.served,
                    expected: expected.to_owned(),
                    tls_version: probed.tls_version,
                    tries: u32::try_from(tries).unwrap_or(u32::MAX),
                    milliseconds: probed.milliseconds,
                    words: told,
                },
            );
            if served {
                return Ok(());
            }
            let Some(pause) = pauses.get(tries - 1) else {
                let PlannedProbe { endpoint, host, port, .. } = probe;
                return Err(Stop::Failed(format!("{endpoint} on {host}:{port}: {words}")));
            };
            if stoppable {
                self.stopped()?;
            }
            self.surroundings.pause(*pause).await;
        }
    }
}

fn seen(probed: &Probed, probe: &PlannedProbe, expected: &str) -> String {
    match (&probed.served, &probed.problem) {
        (Some(served), _) if served == expected => "Serves the certificate that it should.".to_owned(),
        (Some(served), _) if probe.before.as_ref() == Some(served) => "The old certificate is still served.".to_owned(),
        (Some(served), _) if probe.expected == *served => "The new certificate is still served.".to_owned(),
        (Some(served), _) => {
            let begin: String = served.chars().take(16).collect();
            format!("Another certificate is served, whose SHA-256 fingerprint begins with {begin}.")
        }
        (None, Some(problem)) => problem.clone(),
        (None, None) => "There was no handshake.".to_owned(),
    }
}
