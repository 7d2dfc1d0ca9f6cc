//! The executor with real files and services made of files: whatever fails, and whenever it is killed, everything is old or everything is
//! new, and the outcome says which.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod conditions;
mod faults;
mod forward;
mod kills;
mod returning;
mod scene;
mod world;
