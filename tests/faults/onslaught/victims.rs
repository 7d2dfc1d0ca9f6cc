//! Who is killed.

use std::time::Duration;

use support::console::{Console, kill_at_once};
use support::helper::Helper;

use crate::kills::Instants;

/// A process of the console, and the instant at which it is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Victim {
    /// The server, at any instant.
    Server,
    /// The worker that holds a database.
    Worker,
    /// The server while it applies a plan: what executes deployments is a part of it.
    Executor,
    /// A program that the executor runs, or the helper for it: a check of the configuration, a reload.
    Program,
    /// The helper while a plan is applied. Whoever listens at its socket starts it once more.
    Helper,
}

/// How often each is chosen, in twelfths; in tenths where there is no helper.
const SHARES: [(Victim, u64); 5] =
    [(Victim::Server, 4), (Victim::Worker, 3), (Victim::Executor, 2), (Victim::Program, 1), (Victim::Helper, 2)];

/// The longest time between the beginning of the load and a kill, in milliseconds.
const LONGEST: u64 = 500;

impl Victim {
    /// One at random.
    pub fn any(instants: &mut Instants, helped: bool) -> Self {
        let mut drawn = instants.next(if helped { 12 } else { 10 });
        for (victim, share) in SHARES {
            if drawn < share {
                return victim;
            }
            drawn -= share;
        }
        Self::Server
    }

    /// Whether the console has to be started again.
    pub fn is_server(self) -> bool {
        matches!(self, Self::Server | Self::Executor)
    }

    /// Whether it is killed while a deployment is under way.
    pub fn deploys(self) -> bool {
        matches!(self, Self::Executor | Self::Program | Self::Helper)
    }

    /// When it is killed, counted from the beginning of the load or of the deployment.
    pub fn delay(instants: &mut Instants) -> Duration {
        Duration::from_millis(instants.next(LONGEST))
    }

    /// Kills it; false when there is none at this instant.
    pub fn kill(self, console: &Console, helper: Option<&Helper>, instants: &mut Instants) -> bool {
        let candidates = match self {
            Self::Server | Self::Executor => vec![console.pid()],
            Self::Worker => console.workers(),
            Self::Program => helper.map_or_else(|| console.programs(), Helper::programs),
            Self::Helper => {
                helper.iter().for_each(|helper| {
                    helper.kill();
                    helper.start();
                });
                return helper.is_some();
            }
        };
        if candidates.is_empty() {
            return false;
        }
        let at = usize::try_from(instants.next(candidates.len() as u64)).unwrap();
        kill_at_once(candidates[at]);
        true
    }
}
