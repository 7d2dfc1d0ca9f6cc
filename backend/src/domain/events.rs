//! What happens, told to whoever listens: open pages, through server-sent events.

use certdeck_shared::api::event::Event;
use tokio::sync::broadcast;

/// How many events a slow listener may be behind before it loses some. It then reads anew, which is what events make it do anyway.
const BACKLOG: usize = 256;

/// The channel of events.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<Event>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }
}

impl Events {
    /// Tells everyone who listens.
    pub fn publish(&self, event: Event) {
        // An error only says that nobody listens.
        let _ = self.sender.send(event);
    }

    /// Listens from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }
}
