//! Work that blocks, on threads of its own.

use tokio::task::JoinHandle;
use tracing::Span;

/// Runs work that blocks. What it writes to the log is of the same call as what asked for it.
pub fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let span = Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
}
