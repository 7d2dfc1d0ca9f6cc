//! The Debian package: made by the script that makes the real one, from the server that was just built, and installed in a bare Debian.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

mod built;
mod contents;
mod debian;
mod life;
mod unit;
