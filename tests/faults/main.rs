//! What breaks, breaks on purpose here: kills, full disks, wrong input. Nothing that was answered with success is lost, and nothing that was
//! refused has changed anything.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

mod backups;
mod conditions;
mod described;
mod input;
mod issuing;
mod kills;
mod notices;
mod onslaught;
mod passwords;
