//! What a change of trust would do: which certificates stop being valid for what, and which begin to be.

use super::{Signatures, Store, Times, Usage};
use crate::trust::TrustFlags;

/// The change for one certificate and one usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// The certificate.
    pub place: usize,
    /// The usage.
    pub usage: Usage,
    /// Valid afterwards; it was the opposite before.
    pub becomes_valid: bool,
}

/// Compares before and after for every certificate and the usages that NSS verifies. Nothing is kept: the store is as it was.
#[must_use]
pub fn changes(store: &Store, trust: &[(usize, TrustFlags)], times: Times, signatures: &dyn Signatures) -> Vec<Change> {
    let mut after = store.clone();
    for &(place, flags) in trust {
        after.set_trust(place, flags);
    }
    let mut changes = Vec::new();
    for place in 0..store.len() {
        for usage in Usage::ALL.into_iter().filter(|usage| usage.is_verified()) {
            let was = store.verify(place, usage, times, signatures).is_valid();
            let is = after.verify(place, usage, times, signatures).is_valid();
            if was != is {
                changes.push(Change { place, usage, becomes_valid: is });
            }
        }
    }
    changes
}
