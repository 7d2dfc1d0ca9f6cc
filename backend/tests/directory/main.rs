//! slapd as it really runs, asked and changed over its socket. Each test starts one of its own, under the user that Debian runs it as.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the judge is slapd itself, and a test stops at what it did not expect"
)]

mod editing;
mod instance;
mod library;
mod lock_out;
mod pair;
mod preflight;
