//! `GET /events`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use certdeck_shared::api::event::{EndpointsProbed, Event};
use futures::stream::{Stream, StreamExt as _, unfold};
use time::OffsetDateTime;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::domain::accounts::Access;
use crate::domain::console::Console;
use crate::domain::sight::Sight;
use crate::http::context::Caller;

/// How often the stream looks whether the session is still there, and counts again what hurries.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// What happens of what the caller may see, as it happens. The stream ends with the session; listening does not prolong it.
#[utoipa::path(get, path = "/events", tag = "events", responses(
    (status = 200, content_type = "text/event-stream", body = Event, description = "Named events with the event as JSON"),
))]
pub async fn stream_events(caller: Caller) -> Sse<impl Stream<Item = Result<Sent, Infallible>>> {
    let listener = Listener {
        console: Arc::clone(&caller.console),
        access: caller.access.clone(),
        events: caller.console.events.subscribe(),
        look: tokio::time::interval(LOOK_EVERY),
        uncounted: true,
        counted: None,
        approvals: None,
    };
    let keep_alive = KeepAlive::new().interval(caller.console.settings.events_keep_alive);
    let events = unfold(listener, |mut listener| async move { Some((listener.next().await?, listener)) }).fuse();
    Sse::new(events).keep_alive(keep_alive)
}

struct Listener {
    console: Arc<Console>,
    access: Access,
    events: Receiver<Event>,
    look: tokio::time::Interval,
    /// Whether something happened since things were counted that may have made them more or less.
    uncounted: bool,
    /// The count that was told last.
    counted: Option<usize>,
    /// How approvals stood when that was told last.
    approvals: Option<(usize, Option<OffsetDateTime>)>,
}

impl Listener {
    /// The next event; none when the session or the console has ended.
    async fn next(&mut self) -> Option<Result<Sent, Infallible>> {
        loop {
            tokio::select! {
                () = self.console.tasks.ending() => return None,
                _ = self.look.tick() => {
                    let access = self.console.accounts.access_now(&self.access).await.unwrap_or_default()?;
                    // What was taken away is heard of no more, and what was given counts.
                    self.uncounted |= access.grants != self.access.grants;
                    self.access = access;
                    // Looked at anew each time: time and the command line change them as well.
                    if let Some(approvals) = self.approvals().await {
                        return named(&approvals).map(Ok);
                    }
                    if let Some(counted) = self.count().await {
                        return named(&counted).map(Ok);
                    }
                }
                event = self.events.recv() => match event {
                    Ok(event) => {
                        self.uncounted |= matches!(event, Event::NoticesChanged | Event::DeploymentChanged { .. });
                        if let Some(event) = self.seen(event).await {
                            return named(&event).map(Ok);
                        }
                    }
                    // Some were lost: say the least specific thing, which makes the page read anew.
                    Err(RecvError::Lagged(_)) => {
                        self.uncounted = true;
                        return named(&Event::DatabasesChanged).map(Ok);
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }

    /// What the listener may see of an event.
    async fn seen(&mut self, event: Event) -> Option<Event> {
        let sight = Sight::of(&self.access);
        let is_seen = match &event {
            Event::ApprovalsChanged { .. } => return self.approvals().await,
            _ if sight.is_whole() => true,
            Event::DatabasesChanged | Event::NoticesChanged | Event::UrgentCounted { .. } => true,
            Event::DatabaseChanged { database, .. } => sight.database(database),
            Event::JobChanged { job } => sight.job(job),
            Event::DeploymentChanged { deployment } => {
                let concerned = self.console.deployments.concerned_by_deployment(&deployment.id).await.unwrap_or_default();
                !concerned.is_empty() && concerned.iter().all(|concerned| self.access.grants.see(concerned.subject()))
            }
            Event::EndpointsProbed(EndpointsProbed { endpoints }) => {
                let endpoints: Vec<_> = endpoints.iter().filter(|endpoint| sight.endpoint(endpoint)).cloned().collect();
                return (!endpoints.is_empty()).then_some(Event::EndpointsProbed(EndpointsProbed { endpoints }));
            }
        };
        is_seen.then_some(event)
    }

    /// How approvals stand for the listener, when that is otherwise than was told.
    async fn approvals(&mut self) -> Option<Event> {
        if !self.console.approvals.are_wanted() {
            return None;
        }
        let standing = self.console.approvals.standing(&self.access).await.ok()?;
        (self.approvals.replace(standing) != Some(standing)).then_some(Event::ApprovalsChanged { waiting: standing.0 })
    }

    /// How much hurries, when that is another number than was told.
    async fn count(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.uncounted) {
            return None;
        }
        let count = self.console.urgent(Sight::of(&self.access)).await.ok()?;
        (self.counted.replace(count) != Some(count)).then_some(Event::UrgentCounted { count })
    }
}

fn named(event: &Event) -> Option<Sent> {
    let value = serde_json::to_value(event).ok()?;
    let name = value.get("event")?.as_str()?.to_owned();
    Sent::default().event(name).json_data(value).ok()
}
