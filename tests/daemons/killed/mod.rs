//! kill -9 of the console at every step of a deployment, for every kind of service: after its next start each port serves the old certificate or
//! the new one, all ports the same; the files are those of what is served, and the record says which of both it is.

mod calendar;
mod daemon;
mod disk;
mod files;
mod scene;
mod told;

use certdeck_shared::api::binding::Layout;
use certdeck_shared::api::deployment::StepKind;
use support::daemons::{self, Start};

use calendar::Calendar;
use daemon::Daemon;
use scene::Kill;

/// Works with each of them, side by side: nearly all of it is waiting for them.
fn side_by_side(starts: &[Start], work: impl AsyncFn(Daemon) + Sync) {
    std::thread::scope(|scope| {
        for start in starts {
            let work = &work;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async { work(Daemon::new(*start).await).await });
            });
        }
    });
}

#[test]
fn a_console_killed_at_any_step_leaves_every_daemon_with_the_old_or_the_new() {
    side_by_side(&daemons::EVERY, async |mut daemon: Daemon| {
        // In the files that are there; the last round is one without a kill.
        for step in 1.. {
            if !daemon.round(Kill::Step(step), Layout::Keep).await {
                break;
            }
        }
        // In files of its own, which the configuration is made to name. Each write has a neighbour of its kind: every other one is enough.
        for write in (1..).step_by(2) {
            if !daemon.round(Kill::Write(write), Layout::Own).await {
                break;
            }
        }
        daemon.told("killed");
    });
}

#[test]
fn a_recovery_killed_at_any_write_is_gone_on_with() {
    // One that is told by a signal, one that is asked to change its settings, one that is restarted.
    side_by_side(&[daemons::nginx::start, daemons::slapd::start, daemons::vsftpd::start], async |mut daemon: Daemon| {
        for write in 1.. {
            if !daemon.killed_twice(Kill::At(StepKind::Activate), write).await {
                break;
            }
        }
        daemon.told("killed twice");
    });
}

#[tokio::test]
async fn a_console_killed_at_any_step_leaves_calendar_server_with_the_old_or_the_new() {
    let mut calendar = Calendar::new().await;
    for kill in [Kill::Step as fn(usize) -> Kill, Kill::Write] {
        for at in 1.. {
            if !calendar.round(kill(at)).await {
                break;
            }
        }
    }
}
