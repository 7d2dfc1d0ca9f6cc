//! Messages are tried until they are taken. What is tried, and what came of it, is written before and after; who is killed in between tries
//! again, with the same identifier.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use certdeck_shared::api::event::Event;
use certdeck_shared::api::notice::{Delivery, DeliveryState, Try};
use time::{Duration, OffsetDateTime};

use super::{Notices, channels, message};
use crate::state::{ChannelRecord, DeliveryRecord, StateError};

/// After the first try; each time twice as long.
const FIRST_WAIT: Duration = Duration::seconds(5);
/// The longest time between two tries.
const LONGEST_WAIT: Duration = Duration::hours(6);
/// A message that nobody took for so long is given up.
const GIVEN_UP_AFTER: Duration = Duration::days(3);
/// Tries that are kept.
const MOST_TRIES: usize = 20;

impl Notices {
    /// Sends to every channel that has something to be tried. When the next try is due.
    pub(super) async fn dispatch(&self) -> Result<Option<OffsetDateTime>, StateError> {
        let now = self.environment.clock.now();
        let mut next = None;
        for (channel, at) in self.environment.store.deliveries().to_try(latest(now)).await? {
            if at > now {
                next = super::earliest(next, Some(at));
            } else if let Some(turn) = Turn::of(&self.sending, &channel) {
                let notices = self.clone();
                self.environment.tasks.spawn(async move {
                    if let Err(error) = notices.send_all(&channel).await {
                        tracing::error!(%error, channel.id = channel, "what became of a message could not be written");
                    }
                    drop(turn);
                    notices.wake.notify_one();
                });
            }
        }
        Ok(next)
    }

    /// Tries what is due for a channel, one after the other.
    async fn send_all(&self, channel: &str) -> Result<(), StateError> {
        let store = &self.environment.store;
        while !self.environment.tasks.is_ending() {
            let now = self.environment.clock.now();
            let Some(record) = store.deliveries().next(channel, now, latest(now)).await? else { return Ok(()) };
            match store.channels().by_id(channel).await? {
                Some(known) if known.enabled => self.send(&known, record).await?,
                _ => store.deliveries().give_up(channel).await?,
            }
            self.environment.events.publish(Event::NoticesChanged);
        }
        Ok(())
    }

    async fn send(&self, channel: &ChannelRecord, record: DeliveryRecord) -> Result<(), StateError> {
        let store = &self.environment.store;
        let DeliveryRecord { mut delivery, message } = record;
        // Written first: whoever is killed now does not try again and again.
        delivery.next_try_at = Some(self.environment.clock.now() + wait(delivery.tries.len()));
        store.deliveries().update(delivery.clone()).await?;
        let tried = self.tried(channel, &message).await;
        store.deliveries().update(noted(delivery, tried)).await
    }

    /// Tries a channel once, now, whatever becomes of it.
    pub(super) async fn try_once(&self, channel: &ChannelRecord) -> Result<Delivery, StateError> {
        let DeliveryRecord { mut delivery, message } = message::delivery(channel, Vec::new(), self.environment.clock.now());
        let tried = self.tried(channel, &message).await;
        delivery.state = if tried.taken { DeliveryState::Delivered } else { DeliveryState::GivenUp };
        delivery.next_try_at = None;
        delivery.tries.push(tried);
        self.environment.store.deliveries().insert(DeliveryRecord { delivery: delivery.clone(), message }).await?;
        self.environment.events.publish(Event::NoticesChanged);
        Ok(delivery)
    }

    async fn tried(&self, channel: &ChannelRecord, message: &certdeck_shared::api::notice::Message) -> Try {
        let answer = channels::send(channel, message, self.environment.clock.now()).await;
        let (channel, kind) = (&channel.id, channel.setting.target.kind());
        match &answer {
            Ok(_) => tracing::info!(channel.id = channel, channel.kind = kind, message.id, "a message was delivered"),
            Err(why) => tracing::warn!(channel.id = channel, channel.kind = kind, message.id, why, "a message was not taken"),
        }
        let taken = answer.is_ok();
        Try { at: self.environment.clock.now(), taken, answer: answer.unwrap_or_else(|why| why) }
    }
}

/// What a delivery is after a try.
fn noted(mut delivery: Delivery, tried: Try) -> Delivery {
    if tried.taken {
        (delivery.state, delivery.next_try_at) = (DeliveryState::Delivered, None);
    } else if tried.at - delivery.created_at >= GIVEN_UP_AFTER {
        (delivery.state, delivery.next_try_at) = (DeliveryState::GivenUp, None);
    } else {
        delivery.next_try_at = Some(tried.at + wait(delivery.tries.len()));
    }
    delivery.tries.push(tried);
    if delivery.tries.len() > MOST_TRIES {
        delivery.tries.remove(0);
    }
    delivery
}

/// How long to wait after a try, when there were so many before.
fn wait(tries: usize) -> Duration {
    let doubled = u32::try_from(tries).unwrap_or(u32::MAX).min(16);
    (FIRST_WAIT * 2_i32.pow(doubled)).min(LONGEST_WAIT)
}

/// No try is due later than this: one that is was written before the clock was put back.
fn latest(now: OffsetDateTime) -> OffsetDateTime {
    now + LONGEST_WAIT + Duration::MINUTE
}

/// The turn of a channel: one message at a time goes to each.
struct Turn {
    sending: Arc<Mutex<HashSet<String>>>,
    channel: String,
}

impl Turn {
    fn of(sending: &Arc<Mutex<HashSet<String>>>, channel: &str) -> Option<Self> {
        let free = sending.lock().unwrap_or_else(PoisonError::into_inner).insert(channel.to_owned());
        free.then(|| Self { sending: Arc::clone(sending), channel: channel.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.sending.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.channel);
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn tries_become_rarer_and_end_after_three_days() {
        let now = datetime!(2026-11-22 12:00 UTC);
        let mut delivery = Delivery {
            id: String::new(),
            channel: String::new(),
            channel_label: String::new(),
            subject: String::new(),
            notices: Vec::new(),
            state: DeliveryState::Waiting,
            created_at: now,
            next_try_at: Some(now),
            tries: Vec::new(),
        };
        let mut waits = Vec::new();
        while let Some(at) = delivery.next_try_at {
            delivery = noted(delivery, Try { at, taken: false, answer: "no".to_owned() });
            waits.extend(delivery.next_try_at.map(|next| (next - at).whole_seconds()));
        }
        assert_eq!(waits.get(..6), Some([5, 10, 20, 40, 80, 160].as_slice()));
        assert!(waits.iter().all(|wait| *wait <= 6 * 3600) && waits.len() > 15, "{waits:?}");
        let lasted = waits.iter().sum::<i64>();
        assert_eq!((delivery.state, lasted >= 3 * 86_400, lasted < 4 * 86_400), (DeliveryState::GivenUp, true, true));
        assert_eq!(delivery.tries.len(), MOST_TRIES);
    }
}
