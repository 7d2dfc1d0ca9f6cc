//! Time. Whoever decides by time takes a [`Clock`], so that a test can turn it.

use std::sync::{Arc, Mutex, PoisonError};

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// A source of the present moment.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Manual(Arc<Mutex<OffsetDateTime>>),
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that only moves when [`Clock::advance`] is called. All clones move together.
    #[must_use]
    pub fn manual(start: OffsetDateTime) -> Self {
        Self(Source::Manual(Arc::new(Mutex::new(to_milliseconds(start)))))
    }

    /// The present moment in UTC, in whole milliseconds: what the state keeps, so that a value read back is the value written.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        match &self.0 {
            Source::System => now(),
            Source::Manual(moment) => *moment.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a manual clock on; the system's clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(moment) = &self.0 {
            let mut moment = moment.lock().unwrap_or_else(PoisonError::into_inner);
            *moment = to_milliseconds(*moment + by);
        }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Clock({})", self.now())
    }
}

/// The present moment of the machine, for log lines and the like that decide nothing.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub fn now() -> OffsetDateTime {
    to_milliseconds(OffsetDateTime::from(std::time::SystemTime::now()))
}

/// Milliseconds since the machine began: the same for all processes, and nobody can set it (`CLOCK_BOOTTIME`).
#[must_use]
pub fn since_boot() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let part = |part: i64| u64::try_from(part).unwrap_or(0);
    part(time.tv_sec) * 1000 + part(time.tv_nsec) / 1_000_000
}

/// A moment as lines for people have it: RFC 3339, to the second.
#[must_use]
pub fn moment(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}

fn to_milliseconds(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_millisecond(moment.millisecond()).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_and_all_clones_move_together() {
        let clock = Clock::manual(OffsetDateTime::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(Duration::minutes(3));
        assert_eq!(other.now(), OffsetDateTime::UNIX_EPOCH + Duration::minutes(3));
    }

    #[test]
    fn moments_are_whole_milliseconds() {
        assert_eq!(now().nanosecond() % 1_000_000, 0);
    }
}
