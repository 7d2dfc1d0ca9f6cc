//! How long to wait after wrong passwords: three are free, then 1 s, 2 s, 4 s … 15 min, by account and by peer.

use std::collections::HashMap;
use std::net::IpAddr;

use time::{Duration, OffsetDateTime};

/// Wrong passwords that cost nothing.
const FREE: u32 = 3;
/// The longest wait.
const LONGEST: Duration = Duration::minutes(15);
/// After so long without a wrong password the count begins anew.
const FORGOTTEN_AFTER: Duration = Duration::hours(1);
/// Most entries; beyond, the oldest go, so that made-up names cannot fill the memory.
const MOST: usize = 10_000;

/// What attempts are counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    User(String),
    Peer(IpAddr),
}

impl Key {
    pub(super) fn user(name: &str) -> Self {
        // A name nobody can have is counted too, but not at any length.
        Self::User(name.chars().take(64).flat_map(char::to_lowercase).collect())
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: OffsetDateTime,
}

impl Failures {
    fn open_at(self) -> OffsetDateTime {
        if self.count < FREE {
            return self.last;
        }
        let doublings = (self.count - FREE).min(16);
        self.last + Duration::seconds(1 << doublings).min(LONGEST)
    }
}

/// Wrong passwords of late.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    failures: HashMap<Key, Failures>,
}

impl Attempts {
    /// How long to wait before the next try, if at all.
    pub(super) fn wait(&self, keys: &[Key], now: OffsetDateTime) -> Option<Duration> {
        let open_at = keys.iter().filter_map(|key| self.failures.get(key)).map(|failures| failures.open_at()).max()?;
        (open_at > now).then(|| open_at - now)
    }

    /// Counts a try as wrong. It is counted before the password is looked at, so that tries at the same time all count.
    pub(super) fn count(&mut self, keys: &[Key], now: OffsetDateTime) {
        if self.failures.len() + keys.len() > MOST {
            self.failures.retain(|_, failures| now - failures.last < FORGOTTEN_AFTER);
        }
        while self.failures.len() + keys.len() > MOST {
            let oldest = self.failures.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { break };
            self.failures.remove(&oldest);
        }
        for key in keys {
            let failures = self.failures.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            if now - failures.last >= FORGOTTEN_AFTER {
                failures.count = 0;
            }
            *failures = Failures { count: failures.count.saturating_add(1), last: now };
        }
    }

    /// A right password: the account begins anew, and the try does not count against the peer.
    pub(super) fn right(&mut self, keys: &[Key]) {
        for key in keys {
            match key {
                Key::User(_) => {
                    self.failures.remove(key);
                }
                Key::Peer(_) => {
                    if let Some(failures) = self.failures.get_mut(key) {
                        failures.count = failures.count.saturating_sub(1);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_the_third_wrong_password_and_end_at_a_quarter_of_an_hour() {
        let (mut attempts, keys, start) = (Attempts::default(), [Key::user("Ada")], OffsetDateTime::UNIX_EPOCH);
        let mut now = start;
        let mut waits = Vec::new();
        for _ in 0..15 {
            attempts.count(&keys, now);
            let wait = attempts.wait(&keys, now).unwrap_or_default();
            waits.push(wait.whole_seconds());
            now += wait;
        }
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert!(attempts.wait(&[Key::user("ADA")], now - Duration::SECOND).is_some(), "names are the same in any case");
    }

    #[test]
    fn made_up_names_do_not_fill_the_memory() {
        let mut attempts = Attempts::default();
        for number in 0..MOST as i64 + 50 {
            attempts.count(&[Key::user(&number.to_string())], OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(number));
        }
        assert!(attempts.failures.len() <= MOST);
    }
}
