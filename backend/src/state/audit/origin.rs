//! By what, from where and in which call something happens: said once where a call or a command begins, and noted in every entry that is
//! written on its way.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{Instrument as _, Span};

tokio::task_local! {
    static ORIGIN: Origin;
}

/// Where entries come from. What the console does by itself has none of it.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// By what somebody proved who they are: `session 5f3c…`, `api-token <identifier>`, `command-line <user>`.
    pub credential: Option<String>,
    /// The address that the call came from.
    pub peer: Option<IpAddr>,
    /// Identifier of the call.
    pub request_id: Option<String>,
    recorded: Arc<AtomicBool>,
}

impl Origin {
    /// A call.
    #[must_use]
    pub fn of_call(credential: Option<String>, peer: Option<IpAddr>, request_id: String) -> Self {
        Self { credential, peer: peer.map(|peer| peer.to_canonical()), request_id: Some(request_id), recorded: Arc::default() }
    }

    /// A command that this user of the system gave.
    #[must_use]
    pub fn of_command_line(user: &str) -> Self {
        Self { credential: Some(format!("command-line {user}")), ..Self::default() }
    }

    /// Where the present work comes from.
    #[must_use]
    pub fn present() -> Self {
        ORIGIN.try_with(Clone::clone).unwrap_or_default()
    }

    /// Runs work that comes from here.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        ORIGIN.scope(self, work).await
    }

    /// Whether an entry was written on the way.
    #[must_use]
    pub fn has_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    pub(super) fn note_recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }
}

/// Work that comes from where the present work comes from, for another task. So do its lines of the log.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    Origin::present().scope(work.instrument(Span::current()))
}
