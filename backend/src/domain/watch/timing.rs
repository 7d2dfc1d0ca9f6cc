//! When an endpoint is probed next.

use time::{Duration, OffsetDateTime};

/// Most times longer than usual that one waits which is down: it comes back within hours, and nobody is helped by asking every minute.
const MOST_PATIENCE: u32 = 4;
/// Part of the interval by which endpoints are spread, so that they do not all ask in the same second.
const SPREAD: f64 = 0.1;

/// When one that was probed now is probed again. Each failure in a row adds one interval, up to four; `chance` from 0 to 1 spreads.
#[must_use]
pub fn next(now: OffsetDateTime, every: Duration, failures: u32, chance: f64) -> OffsetDateTime {
    // The first failure is looked at again soon: most are over in a minute.
    let base = match failures {
        0 => every,
        1 => Duration::clamp(every / 4, Duration::MINUTE, every.max(Duration::MINUTE)),
        more => every * (more - 1).min(MOST_PATIENCE),
    };
    now + base * (1.0 - SPREAD + 2.0 * SPREAD * chance.clamp(0.0, 1.0))
}

/// The latest time that [`next`] could have answered; one beyond it was made before the clock was set back.
#[must_use]
pub fn latest(now: OffsetDateTime, every: Duration) -> OffsetDateTime {
    now + every * MOST_PATIENCE * (1.0 + SPREAD)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn what_is_down_is_asked_soon_once_and_then_less_and_less() {
        let every = Duration::minutes(15);
        let minutes = |failures| (next(NOW, every, failures, 0.5) - NOW).whole_seconds();
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 100].map(minutes), [900, 225, 900, 1800, 2700, 3600, 3600, 3600]);
    }

    proptest::proptest! {
        #[test]
        fn the_next_time_is_ahead_and_never_beyond_the_latest(seconds in 60..86_400_i64, failures in 0..1_000_u32, chance in 0.0..=1.0_f64) {
            let every = Duration::seconds(seconds);
            let next = next(NOW, every, failures, chance);
            proptest::prop_assert!(next > NOW && next <= latest(NOW, every));
        }
    }
}
