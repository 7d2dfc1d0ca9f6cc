//! Progress of a call in the worker, and whether it was taken back.

use super::{error::TokenError, types::Advance};

/// Tells the server how far a call is, and asks whether it is still wanted.
pub(crate) struct Progress<'a> {
    /// Tells the server.
    pub(crate) report: &'a mut dyn FnMut(Advance) -> Result<(), TokenError>,
    /// Items done so far.
    pub(crate) done: usize,
    /// Whether the caller took the call back.
    pub(crate) is_cancelled: &'a dyn Fn() -> bool,
}

impl Progress<'_> {
    /// Stops a call that was taken back.
    pub(crate) fn check(&self) -> Result<(), TokenError> {
        if (self.is_cancelled)() { Err(TokenError::Cancelled) } else { Ok(()) }
    }

    /// Reports.
    pub(crate) fn step(&mut self, done: usize) -> Result<(), TokenError> {
        self.done = done;
        (self.report)(Advance::Done(done))
    }

    /// Reports the same again, as a sign of life.
    pub(crate) fn repeat(&mut self) -> Result<(), TokenError> {
        (self.report)(Advance::Done(self.done))
    }

    /// Says something about the way it goes.
    pub(crate) fn remark(&mut self, words: &str) -> Result<(), TokenError> {
        (self.report)(Advance::Remark(words.to_owned()))
    }
}
