//! When a process started (proc(5), `/proc/PID/stat` and `/proc/uptime`).

use std::path::Path;

use time::{Duration, OffsetDateTime};

use super::clock;
use super::tree::Tree;

/// Fields of `stat` from the state, which follows the name in parentheses, to `starttime`, the 22nd of all.
const START: usize = 19;
/// Ticks of a second as the kernel tells them to programs (USER_HZ): on every architecture that Debian has.
const TICKS: f64 = 100.0;
/// Most octets of `/proc/uptime`.
const LONGEST: u64 = 256;

/// The moment, as exactly as the kernel counts it (hundredths of a second); nothing for a process that is over.
#[must_use]
pub fn started_at(tree: &Tree, process: u32) -> Option<OffsetDateTime> {
    let stat = tree.record(process, "stat")?;
    let ticks: f64 = stat.rsplit(')').next()?.split_whitespace().nth(START)?.parse().ok()?;
    let uptime = tree.read(Path::new("/proc/uptime"), LONGEST).ok()?;
    let uptime: f64 = std::str::from_utf8(&uptime).ok()?.split_whitespace().next()?.parse().ok()?;
    Some(clock::now() - Duration::seconds_f64(uptime - ticks / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_started_when_it_was_started() {
        let before = clock::now();
        #[expect(clippy::disallowed_methods, reason = "another process is what is looked at")]
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let started = started_at(&Tree::of_machine(), child.id()).unwrap();
        let after = clock::now();
        child.kill().unwrap();
        child.wait().unwrap();
        // The kernel counts in hundredths.
        let slack = Duration::milliseconds(30);
        assert!(before - slack <= started && started <= after + slack, "{before} {started} {after}");
        assert_eq!(started_at(&Tree::of_machine(), u32::MAX), None);
    }
}
