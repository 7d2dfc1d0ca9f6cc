//! Wrong passwords: softoken counts none, so we make each further guess slower.

use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST_SECONDS: i64 = 300;

/// Wrong passwords of one database since the last right one.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<(u32, Option<OffsetDateTime>)>);

impl Attempts {
    /// Seconds to wait, if the next guess may not be looked at yet.
    pub(super) fn wait(&self, now: OffsetDateTime) -> Option<u32> {
        let (_, until) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = (until? - now).whole_seconds();
        u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)
    }

    /// A wrong one: after five each doubles the wait.
    pub(super) fn wrong(&self, now: OffsetDateTime) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.saturating_add(1);
        if state.0 >= FREE {
            let seconds = (2_i64 << (state.0 - FREE).min(10)).min(LONGEST_SECONDS);
            state.1 = Some(now + Duration::seconds(seconds));
        }
    }

    /// A right one.
    pub(super) fn right(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_are_free_and_each_further_one_doubles_the_wait() {
        let attempts = Attempts::default();
        let now = OffsetDateTime::UNIX_EPOCH;
        for _ in 0..4 {
            attempts.wrong(now);
            assert_eq!(attempts.wait(now), None);
        }
        attempts.wrong(now);
        assert_eq!(attempts.wait(now), Some(2));
        attempts.wrong(now);
        assert_eq!(attempts.wait(now), Some(4));
        assert_eq!(attempts.wait(now + Duration::seconds(4)), None);
        attempts.right();
        assert_eq!(attempts.wait(now), None);
    }
}
