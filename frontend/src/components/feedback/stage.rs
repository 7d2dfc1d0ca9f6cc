//! What a list has to show.

use crate::components::form::submission::Load;

/// What stands in the place of the rows, or that they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// They are being read.
    Loading,
    /// They could not be read, in words.
    Failed(String),
    /// There is none.
    Empty,
    /// Filters leave none.
    NoMatch,
    /// There are some.
    Rows,
}

impl Stage {
    /// By what became of reading them, whether there is one, and whether one is shown. Rows that are there stay when a later reading fails.
    pub fn of(reading: Load<()>, any: bool, shown: bool) -> Self {
        match reading {
            _ if any && shown => Self::Rows,
            _ if any => Self::NoMatch,
            Load::Waiting => Self::Loading,
            Load::Failed(words) => Self::Failed(words),
            Load::Ready(()) => Self::Empty,
        }
    }
}
