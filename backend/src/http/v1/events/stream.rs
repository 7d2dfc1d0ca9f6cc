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

/// How often the stream looks whether the session is still there.
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
                }
                event = self.events.recv() => match event {
                    Ok(event) => return named(&event).map(Ok),
                    // Some were lost: say the least specific thing, which makes the page read anew.
                    Err(RecvError::Lagged(_)) => return named(&Event::DatabasesChanged).map(Ok),
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

fn named(event: &Event) -> Option<Sent> {
    let value = serde_json::to_value(event).ok()?;
    let name = value.get("event")?.as_str()?.to_owned();
    Sent::default().event(name).json_data(value).ok()
}
