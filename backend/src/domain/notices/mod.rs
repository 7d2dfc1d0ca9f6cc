//! Who is told of what: certificates that are due, databases that somebody else changed, endpoints that fail.
//!
//! One task looks: when a database changes, when something becomes due, and every minute. What is told is written together with the messages
//! that tell it, in one transaction; the messages are then tried until they are taken. So nothing is lost and nothing is told twice,
//! whenever the console ends; a message that was taken in the very moment comes again with the same identifier.

mod administration;
mod board;
mod calendar;
mod certificates;
mod changes;
mod channels;
mod condition;
mod delivering;
mod endpoints;
mod files;
mod foretold;
mod look;
mod message;
mod policy;
mod seen;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certdeck_shared::api::endpoint::{Endpoint, EndpointState};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::notice::ExpiryPolicy;
use time::OffsetDateTime;
use tokio::sync::{Mutex as AsyncMutex, Notify, broadcast};

use super::console::Environment;
use super::databases::{Databases, OperationError};
use crate::state::{NoticeRecord, SeenDatabase, Settled, Situation, StateError};
use condition::{Known, Rhythm, decide};
pub use endpoints::EndpointNews;
use look::Looked;

/// The longest time without a look: modes of files change without a sign, and clocks jump.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The shortest time between two looks, however fast things change.
const PAUSE: Duration = Duration::from_millis(100);

/// The notices; cheap to clone.
#[derive(Clone)]
pub struct Notices {
    environment: Environment,
    databases: Databases,
    /// Something is to be looked at, or sent.
    wake: Arc<Notify>,
    /// One look at a time.
    looking: Arc<AsyncMutex<HashMap<String, Looked>>>,
    /// The channels that something is sent to just now.
    sending: Arc<Mutex<HashSet<String>>>,
}

impl Notices {
    /// Those of the state, about these databases.
    #[must_use]
    pub fn new(environment: Environment, databases: Databases) -> Self {
        Self { environment, databases, wake: Arc::default(), looking: Arc::default(), sending: Arc::default() }
    }

    /// Begins to look and to send, until the console ends.
    pub fn start(&self) {
        let notices = self.clone();
        self.environment.tasks.spawn(async move {
            let mut events = notices.environment.events.subscribe();
            loop {
                let next = match notices.look().await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::error!(error = %error.problem().detail, "it could not be looked at what is to be told");
                        None
                    }
                };
                let until = next.map_or(LOOK_EVERY, |next| notices.until(next));
                tokio::select! {
                    () = notices.environment.tasks.ending() => return,
                    () = notices.wake.notified() => {}
                    () = database_changed(&mut events) => {}
                    () = tokio::time::sleep(until) => {}
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    fn until(&self, next: OffsetDateTime) -> Duration {
        Duration::try_from(next - self.environment.clock.now()).unwrap_or_default().clamp(PAUSE, LOOK_EVERY)
    }

    /// Looks once at everything and sends what is to be sent. When the next thing happens by itself.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub async fn look(&self) -> Result<Option<OffsetDateTime>, OperationError> {
        let mut known = self.looking.lock().await;
        let mut next = self.look_at_databases(&mut known).await?;
        next = earliest(next, self.remind_of_endpoints().await?);
        drop(known);
        Ok(earliest(next, self.dispatch().await?))
    }

    /// When certificates are due.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn policy(&self) -> Result<ExpiryPolicy, StateError> {
        self.environment.store.notice_settings().policy().await
    }

    /// How endpoints were found. What was told already is not told again, so that every probe can come here.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub async fn endpoints_probed(&self, endpoints: &[Endpoint]) -> Result<(), StateError> {
        let open = self.environment.store.notices().open(endpoints::OF_ENDPOINTS).await?;
        for news in endpoints.iter().map(EndpointNews::of).filter(|news| !endpoints::is_known(news, &open)) {
            self.endpoint_changed(news).await?;
        }
        Ok(())
    }

    /// How an endpoint stands. It may be told after every probe: only what is different is told on.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn endpoint_changed(&self, news: EndpointNews) -> Result<(), StateError> {
        let condition = endpoints::condition(&news);
        let why_over = match news.state {
            EndpointState::Good | EndpointState::Weak => Some(news.words.clone()),
            _ => None,
        };
        if news.state == EndpointState::Unknown {
            // What was so before is neither over nor still known to be so.
            return Ok(());
        }
        let known = Known { so: condition.into_iter().collect(), ..Known::default() };
        self.settle_with(&endpoints::of_endpoint(&news.id), known, None, move |_| why_over.clone()).await
    }

    /// Reminders of endpoints, which are as they were told last; those that nobody watches any more end without a sound. When the next one is
    /// due.
    async fn remind_of_endpoints(&self) -> Result<Option<OffsetDateTime>, StateError> {
        let rhythm = self.rhythm().await?;
        for record in self.environment.store.notices().open(endpoints::OF_ENDPOINTS).await? {
            let Some(id) = &record.notice.about.endpoint else { continue };
            let watched = self.environment.store.endpoints().by_id(id).await?;
            if watched.is_none_or(|(endpoint, ..)| endpoint.paused) {
                self.settle_with(&endpoints::of_endpoint(id), Known::default(), None, |_| None).await?;
            }
        }
        let open = self.environment.store.notices().open(endpoints::OF_ENDPOINTS).await?;
        let due = |at: OffsetDateTime| at <= rhythm.now;
        if open.iter().filter_map(|record| rhythm.next(&record.notice)).any(due) {
            let so = open.iter().map(condition::Condition::of).collect();
            self.settle_with(endpoints::OF_ENDPOINTS, Known { so, ..Known::default() }, None, |_| None).await?;
        }
        let open = self.environment.store.notices().open(endpoints::OF_ENDPOINTS).await?;
        Ok(open.iter().filter_map(|record| rhythm.next(&record.notice)).min())
    }

    async fn rhythm(&self) -> Result<Rhythm, StateError> {
        let hours = self.policy().await?.remind_after_hours;
        Ok(Rhythm { now: self.environment.clock.now(), remind_after: time::Duration::hours(hours.into()) })
    }

    /// Decides on a part of the notices and writes it with its messages; then they are sent, and pages read anew.
    async fn settle_with(
        &self,
        subjects: &str,
        known: Known,
        seen: Option<SeenDatabase>,
        why_over: impl Fn(&NoticeRecord) -> Option<String> + Send + 'static,
    ) -> Result<(), StateError> {
        let rhythm = self.rhythm().await?;
        let decide = move |situation: Situation| {
            let (notices, told) = decide(rhythm, situation.open, known, why_over);
            let deliveries = message::addressed(&told, &situation.channels, rhythm.now);
            Settled { notices, deliveries, seen }
        };
        if self.environment.store.notices().settle(subjects, decide).await? {
            self.environment.events.publish(Event::NoticesChanged);
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// Waits for a change of a database. Who heard nothing for long looks as well.
async fn database_changed(events: &mut broadcast::Receiver<Event>) {
    loop {
        match events.recv().await {
            Ok(Event::DatabaseChanged { .. } | Event::DatabasesChanged) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // Nobody tells anything any more; the other ways to wake are left.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn earliest(one: Option<OffsetDateTime>, other: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
