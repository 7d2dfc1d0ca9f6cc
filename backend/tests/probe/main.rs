//! Probes of peers that follow a script, and of `openssl s_server` in many moods.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the oracle is another program, and a test stops at what it did not expect"
)]

mod dialogues;
mod fronted;
mod handshakes;
mod inventory;
mod keys;
mod peer;
mod server;
