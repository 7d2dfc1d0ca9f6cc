//! Work that goes on beside the calls, and the end of the console: nothing that writes is cut off.

use std::future::Future;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

use crate::state::carried;

/// Tracks tasks and says when the console ends.
#[derive(Debug, Clone)]
pub struct Tasks {
    tracker: TaskTracker,
    ending: watch::Sender<bool>,
}

impl Default for Tasks {
    fn default() -> Self {
        Self { tracker: TaskTracker::new(), ending: watch::Sender::new(false) }
    }
}

impl Tasks {
    /// Starts work that the end of the console waits for. It goes on when whoever started it has gone; what it records comes from the same call.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tracker.spawn(carried(work))
    }

    /// Completes when the console begins to end.
    pub async fn ending(&self) {
        let mut ending = self.ending.subscribe();
        // The sender lives as long as `self`.
        let _ = ending.wait_for(|ending| *ending).await;
    }

    /// Whether the console has begun to end.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Begins the end: streams close, loops stop.
    pub fn end(&self) {
        self.ending.send_replace(true);
        self.tracker.close();
    }

    /// Waits for all tracked work; call [`Tasks::end`] first.
    pub async fn finished(&self) {
        self.tracker.wait().await;
    }
}
