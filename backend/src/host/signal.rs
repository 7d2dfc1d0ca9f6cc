//! Signals to processes that are known by what they are, not by a number that another one may have by now.

use std::io;

use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};

pub use rustix::process::Signal;

/// Sends a signal to a process if it still is the right one: `is_it` looks at it after a handle was taken that no other process can get.
/// False when it is another one.
///
/// # Errors
/// When there is no such process, or we may not.
pub fn send(process: u32, signal: Signal, is_it: impl FnOnce() -> bool) -> io::Result<bool> {
    let id = i32::try_from(process).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    let handle = pidfd_open(id, PidfdFlags::empty())?;
    if !is_it() {
        return Ok(false);
    }
    pidfd_send_signal(handle, signal)?;
    Ok(true)
}
