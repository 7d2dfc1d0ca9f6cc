//! `GET /events`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use certdeck_shared::api::event::Event;
use futures::stream::{Stream, unfold};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::domain::accounts::Access;
use crate::domain::console::Console;
use crate::http::context::Reader;

/// How often the stream looks whether the session is still there, and counts again what hurries.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// What happens, as it happens. The stream ends with the session; listening does not prolong it.
#[utoipa::path(get, path = "/events", tag = "events", responses(
    (status = 200, content_type = "text/event-stream", body = Event, description = "Named events with the event as JSON"),
))]
pub async fn stream_events(caller: Reader) -> Sse<impl Stream<Item = Result<Sent, Infallible>>> {
    let listener = Listener {
        console: Arc::clone(&caller.console),
        access: caller.access.clone(),
        events: caller.console.events.subscribe(),
        look: tokio::time::interval(LOOK_EVERY),
        uncounted: true,
        counted: None,
    };
    let keep_alive = KeepAlive::new().interval(caller.console.settings.events_keep_alive);
    let events = unfold(listener, |mut listener| async move { Some((listener.next().await?, listener)) });
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
}

impl Listener {
    /// The next event; none when the session or the console has ended.
    async fn next(&mut self) -> Option<Result<Sent, Infallible>> {
        loop {
            tokio::select! {
                () = self.console.tasks.ending() => return None,
                _ = self.look.tick() => {
                    if !self.console.accounts.is_still_good(&self.access).await.unwrap_or(false) {
                        return None;
                    }
                    if let Some(counted) = self.count().await {
                        return named(&counted).map(Ok);
                    }
                }
                event = self.events.recv() => match event {
                    Ok(event) => {
                        self.uncounted |= matches!(event, Event::NoticesChanged | Event::DeploymentChanged { .. });
                        return named(&event).map(Ok);
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
}

impl Listener {
    /// How much hurries, when that is another number than was told.
    async fn count(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.uncounted) {
            return None;
        }
        let count = self.console.urgent().await.ok()?;
        (self.counted.replace(count) != Some(count)).then_some(Event::UrgentCounted { count })
    }
}

fn named(event: &Event) -> Option<Sent> {
    let value = serde_json::to_value(event).ok()?;
    let name = value.get("event")?.as_str()?.to_owned();
    Sent::default().event(name).json_data(value).ok()
}
