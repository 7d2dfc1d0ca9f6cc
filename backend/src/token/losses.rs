//! How many workers were lost, for monitoring.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter that all tokens of a console share; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct WorkerLosses(Arc<AtomicU64>);

impl WorkerLosses {
    /// Workers that ended or fell silent unasked, since the start.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
