//! Challenges that wait for their answer: in memory, for minutes, each good once.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime};

use crate::host::randomness;

/// How long a challenge is good.
pub(super) const GOOD_FOR: Duration = Duration::minutes(5);
/// Most that wait for one account; beyond, the oldest go, so that whoever knows one password does not take the places of others.
const MOST_OF_ACCOUNT: usize = 8;
/// Most in all.
const MOST: usize = 4_000;

/// What a challenge is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domain::accounts) enum Purpose {
    /// A new passkey, in this session.
    Registration([u8; 32]),
    /// Signing in.
    SignIn,
    /// Proving again who has this session.
    Confirmation([u8; 32]),
}

/// A challenge that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) account: String,
    pub(super) purpose: Purpose,
    /// What stands for the account in the new passkey; empty when there is none to be made.
    pub(super) user_handle: Vec<u8>,
    begun: OffsetDateTime,
}

/// All that wait.
#[derive(Debug, Default)]
pub(in crate::domain::accounts) struct Ceremonies {
    waiting: HashMap<[u8; 32], Waiting>,
}

impl Ceremonies {
    /// A new challenge.
    pub(super) fn begin(&mut self, account: &str, purpose: Purpose, user_handle: Vec<u8>, now: OffsetDateTime) -> [u8; 32] {
        self.waiting.retain(|_, waiting| now - waiting.begun < GOOD_FOR);
        while self.waiting.values().filter(|waiting| waiting.account == account).count() >= MOST_OF_ACCOUNT {
            self.drop_oldest(|waiting| waiting.account == account);
        }
        while self.waiting.len() >= MOST {
            self.drop_oldest(|_| true);
        }
        let challenge = randomness::bytes();
        self.waiting.insert(challenge, Waiting { account: account.to_owned(), purpose, user_handle, begun: now });
        challenge
    }

    fn drop_oldest(&mut self, of: impl Fn(&Waiting) -> bool) {
        let oldest = self.waiting.iter().filter(|(_, waiting)| of(waiting)).min_by_key(|(_, waiting)| waiting.begun);
        if let Some(challenge) = oldest.map(|(challenge, _)| *challenge) {
            self.waiting.remove(&challenge);
        }
    }

    /// Takes a challenge that was answered: whatever becomes of the answer, it is good no more. None when it is unknown, past, or for
    /// something else.
    pub(super) fn answered(&mut self, challenge: &[u8; 32], account: &str, purpose: &Purpose, now: OffsetDateTime) -> Option<Waiting> {
        let waiting = self.waiting.remove(challenge)?;
        (now - waiting.begun < GOOD_FOR && waiting.account == account && waiting.purpose == *purpose).then_some(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn a_challenge_is_good_once_for_whom_and_what_it_was_made() {
        let mut ceremonies = Ceremonies::default();
        let mut begin = |now| ceremonies.begin("ada", Purpose::SignIn, vec![], now);
        let (first, second, third, past) = (begin(NOW), begin(NOW), begin(NOW), begin(NOW));
        let mut answered = |challenge, account, purpose| ceremonies.answered(challenge, account, &purpose, NOW).is_some();
        assert!(answered(&first, "ada", Purpose::SignIn));
        assert!(!answered(&first, "ada", Purpose::SignIn), "once");
        assert!(!answered(&second, "bob", Purpose::SignIn), "another account");
        assert!(!answered(&second, "ada", Purpose::SignIn), "used up by the wrong one");
        assert!(!answered(&third, "ada", Purpose::Confirmation([0; 32])), "something else");
        assert!(!answered(&[0; 32], "ada", Purpose::SignIn), "never made");
        assert!(ceremonies.answered(&past, "ada", &Purpose::SignIn, NOW + GOOD_FOR).is_none(), "too late");
    }

    #[test]
    fn whoever_asks_on_and_on_takes_only_their_own_places() {
        let mut ceremonies = Ceremonies::default();
        let of_bob = ceremonies.begin("bob", Purpose::SignIn, vec![], NOW);
        let asked: Vec<_> =
            (1..=20).map(|second| ceremonies.begin("ada", Purpose::SignIn, vec![], NOW + Duration::seconds(second))).collect();
        assert_eq!(ceremonies.waiting.len(), MOST_OF_ACCOUNT + 1);
        assert!(ceremonies.waiting.contains_key(&of_bob) && asked.last().is_some_and(|last| ceremonies.waiting.contains_key(last)));
    }
}
