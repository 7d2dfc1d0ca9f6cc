//! Which changes of a database were made here: from which revision to which. All others were made by somebody else.

use std::sync::{Mutex, PoisonError};

/// Most changes that are remembered until somebody looks; beyond that the oldest go, and are then somebody else's.
const MOST: usize = 1_000;

/// The changes made here since somebody looked last.
#[derive(Debug, Default)]
pub(crate) struct OwnWrites(Mutex<Writes>);

#[derive(Debug, Default)]
struct Writes {
    begun_at: Option<String>,
    done: Vec<(String, String)>,
}

impl OwnWrites {
    /// A write begins at this revision.
    pub(super) fn begin(&self, revision: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).begun_at = Some(revision.to_owned());
    }

    /// It has ended at this revision.
    pub(super) fn end(&self, revision: &str) {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(begun_at) = writes.begun_at.take() {
            if writes.done.len() >= MOST {
                writes.done.remove(0);
            }
            writes.done.push((begun_at, revision.to_owned()));
        }
    }

    /// Whether changes made here, and no others, lead from one revision to another. They are forgotten.
    pub(crate) fn lead(&self, from: &str, to: &str) -> bool {
        let done = std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).done);
        let reached = done.iter().fold(from, |reached, (begun_at, ended_at)| if begun_at == reached { ended_at } else { reached });
        reached == to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unbroken_way_is_ours() {
        let write = |writes: &OwnWrites, from: &str, to: &str| {
            writes.begin(from);
            writes.end(to);
        };
        let writes = OwnWrites::default();
        write(&writes, "1", "2");
        write(&writes, "2", "3");
        assert!(writes.lead("1", "3"));
        assert!(!writes.lead("1", "3"), "forgotten");
        write(&writes, "3", "4");
        write(&writes, "5", "6");
        assert!(!writes.lead("3", "6"), "somebody went from 4 to 5");
        // A failed write that was put back has begun and not ended.
        writes.begin("6");
        write(&writes, "6", "7");
        assert!(writes.lead("6", "7"));
    }
}
