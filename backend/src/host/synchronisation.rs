//! Whether something keeps the clock right, as the kernel knows it.
#![allow(unsafe_code, reason = "adjtimex(2) has no safe wrapper; the one call is below")]

use std::mem::MaybeUninit;

/// What the kernel says of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synchronisation {
    /// Whether a program corrects it, and has said so within the last hours: nothing of `STA_UNSYNC`.
    pub synchronised: bool,
    /// Most microseconds that it can be wrong by, in the words of that program.
    pub error: u64,
}

/// Asks the kernel (adjtimex(2)); nothing where it does not tell.
#[must_use]
pub fn of_clock() -> Option<Synchronisation> {
    // SAFETY: all zeros are a valid `timex` (numbers only), and `modes` 0 asks without changing anything.
    let (state, timex) = unsafe {
        let mut timex: libc::timex = MaybeUninit::zeroed().assume_init();
        (libc::adjtimex(&raw mut timex), timex)
    };
    (state >= 0)
        .then(|| Synchronisation { synchronised: timex.status & libc::STA_UNSYNC == 0, error: u64::try_from(timex.maxerror).unwrap_or(0) })
}
