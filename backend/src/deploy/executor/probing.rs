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

/// Processes of before may go on accepting connections beside those of now: nginx, for one, tells its old workers to end 100 ms after it
/// started new ones (`ngx_master_process_cycle`). So this many handshakes in a row have to show what is expected, this many milliseconds apart.
const IN_A_ROW: usize = 3;
const SETTLING: u64 = 250;

/// How long a port is asked, and what convinces.
pub struct Patience {
    /// Pauses between tries.
    pauses: Vec<Duration>,
    /// Whether processes of before may answer after those of now.
    overlapping: bool,
}

impl Patience {
    /// After a service was asked to take a change up.
    pub fn with(service: &PlannedService) -> Self {
        let pauses = match (&service.takeover.activation, service.takeover.disturbance) {
            (Activation::Wait { seconds }, _) => {
                let tries = usize::try_from(seconds.saturating_add(BEYOND)).unwrap_or(usize::MAX).min(600);
                vec![Duration::from_millis(WAIT); tries]
            }
            (_, Disturbance::Restart) => return Self::after_restart(),
            _ => RELOAD.map(Duration::from_millis).to_vec(),
        };
        Self { pauses, overlapping: service.takeover.disturbance == Disturbance::Reload }
    }

    /// After a service was started.
    pub fn after_restart() -> Self {
        Self { pauses: RESTART.map(Duration::from_millis).to_vec(), overlapping: false }
    }

    /// How many handshakes in a row.
    fn convincing(&self, probe: &PlannedProbe) -> usize {
        if self.overlapping && probe.before.as_deref() != Some(&probe.expected) { IN_A_ROW } else { 1 }
    }
}

impl Run<'_> {
    /// Asks until the new leaf is served.
    pub(super) async fn prove(&mut self, place: usize, service: &PlannedService, probe: &PlannedProbe) -> Result<(), Stop> {
        let Some(step) = self.steps.begin(Some(place), StepKind::Probe) else { return Ok(()) };
        let asked = self.ask(step, probe, &probe.expected, &Patience::with(service), true).await;
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
        patience: &Patience,
        stoppable: bool,
    ) -> Result<(), Stop> {
        let most = patience.pauses.len() + 1;
        let (mut tries, mut in_a_row) = (1, 0);
        loop {
            let probed = self.surroundings.probe(probe).await;
            let words = seen(&probed, probe, expected);
            let served = probed.served.as_deref() == Some(expected);
            in_a_row = if served { in_a_row + 1 } else { 0 };
            let convinced = in_a_row >= patience.convincing(probe);
            let told = match (served, convinced) {
                (true, true) => words.clone(),
                (true, false) => "Serves what it should; asked again, as processes of before may still answer.".to_owned(),
                (false, _) => format!("{words} Try {tries} of {most}."),
            };
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
            if convinced {
                return Ok(());
            }
            let pause = if served {
                Duration::from_millis(SETTLING)
            } else {
                let Some(pause) = patience.pauses.get(tries - 1) else {
                    let PlannedProbe { endpoint, host, port, .. } = probe;
                    return Err(Stop::Failed(format!("{endpoint} on {host}:{port}: {words}")));
                };
                tries += 1;
                *pause
            };
            if stoppable {
                self.stopped()?;
            }
            self.surroundings.pause(pause).await;
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
