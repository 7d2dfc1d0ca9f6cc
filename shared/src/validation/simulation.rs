//! What a change would do: which certificates stop being valid for what, and which begin to be.

use super::{Signatures, Store, Times, Usage};

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

/// Compares two states of a database for every certificate that is in both, and the usages that NSS verifies.
#[must_use]
pub fn changes(before: &Store, after: &Store, times: Times, signatures: &dyn Signatures) -> Vec<Change> {
    let mut changes = Vec::new();
    for place in (0..before.len()).filter(|&place| after.get(place).is_some()) {
        for usage in Usage::ALL.into_iter().filter(|usage| usage.is_verified()) {
            let was = before.verify(place, usage, times, signatures).is_valid();
            let is = after.verify(place, usage, times, signatures).is_valid();
            if was != is {
                changes.push(Change { place, usage, becomes_valid: is });
            }
        }
    }
    changes
}
