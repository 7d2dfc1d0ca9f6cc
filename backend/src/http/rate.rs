//! How many calls one client may make: bursts are welcome, a script that runs away is not.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use time::{Duration, OffsetDateTime};

use super::context::peer_of;
use super::problem::HttpProblem;
use crate::host::networks;

/// Calls that may come at once, as seconds of the rate.
const BURST: i32 = 10;
/// Clients that are remembered; beyond, those that owe nothing are forgotten, and then all.
const MOST: usize = 10_000;

/// The calls of each client, as the moment up to which it has used what it may (the generic cell rate algorithm, ITU-T I.371).
#[derive(Debug)]
pub struct Rate {
    /// Between two calls, in the long run.
    interval: Duration,
    used_until: Mutex<HashMap<IpAddr, OffsetDateTime>>,
}

impl Rate {
    /// So many calls a second, and ten times as many at once.
    #[must_use]
    pub fn new(per_second: NonZeroU16) -> Self {
        Self { interval: Duration::SECOND / per_second.get(), used_until: Mutex::default() }
    }

    /// Lets a call in, or says how long its client must wait.
    fn admit(&self, client: IpAddr, now: OffsetDateTime) -> Result<(), Duration> {
        let mut clients = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        if clients.len() >= MOST && !clients.contains_key(&client) {
            clients.retain(|_, until| *until > now);
            if clients.len() >= MOST {
                clients.clear();
            }
        }
        let burst = Duration::SECOND * BURST;
        let until = clients.entry(client).or_insert(now);
        // A clock that was set back must not shut anybody out for the difference.
        *until = (*until).clamp(now, now + burst);
        let next = *until + self.interval;
        if next > now + burst {
            return Err(next - now - burst);
        }
        *until = next;
        Ok(())
    }
}

/// Before whatever costs something. A refusal is neither recorded nor logged line by line: that would be the next thing to run away.
pub fn limit(rate: &Rate, request: &Request, now: OffsetDateTime) -> Result<(), HttpProblem> {
    let Some(peer) = peer_of(request.extensions()) else { return Ok(()) };
    rate.admit(networks::client(peer), now).map_err(|wait| {
        let detail = "Too many calls from this address. requests-per-second in the file of --config has the limit.";
        let mut problem = Problem::new(ProblemCode::TooManyRequests, detail);
        problem.retry_after = u32::try_from(wait.whole_seconds() + 1).ok();
        problem.into()
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn rate() -> Rate {
        Rate::new(NonZeroU16::new(2).unwrap())
    }

    fn admitted(rate: &Rate, client: [u8; 4], now: OffsetDateTime) -> usize {
        (0..100).take_while(|_| rate.admit(client.into(), now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_let_in_and_then_the_rate() {
        let rate = rate();
        assert_eq!(admitted(&rate, [192, 0, 2, 1], NOW), 20);
        assert_eq!(rate.admit([192, 0, 2, 1].into(), NOW), Err(Duration::milliseconds(500)));
        assert_eq!(admitted(&rate, [192, 0, 2, 2], NOW), 20, "another client has its own");
        assert_eq!(admitted(&rate, [192, 0, 2, 1], NOW + Duration::SECOND), 2);
        assert_eq!(admitted(&rate, [192, 0, 2, 1], NOW + Duration::MINUTE), 20, "nothing is saved beyond the burst");
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let rate = rate();
        assert_eq!(admitted(&rate, [192, 0, 2, 1], NOW), 20);
        let earlier = NOW - Duration::HOUR;
        assert_eq!(admitted(&rate, [192, 0, 2, 1], earlier), 0);
        assert_eq!(admitted(&rate, [192, 0, 2, 1], earlier + Duration::SECOND), 2);
    }

    #[test]
    fn made_up_addresses_do_not_fill_the_memory() {
        let rate = rate();
        for number in 0..2 * u32::try_from(MOST).unwrap() {
            assert!(rate.admit(std::net::Ipv4Addr::from(number).into(), NOW).is_ok());
        }
        assert!(rate.used_until.lock().unwrap().len() <= MOST);
    }
}
