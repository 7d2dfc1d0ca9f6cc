//! Probes of peers that follow a script, and of `openssl s_server` in many moods.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "the oracle is another program, a test stops at what it did not expect, and not every mood of a server is tried here"
)]

mod dialogues;
mod fronted;
mod handshakes;
mod inventory;
mod keys;
mod peer;
mod server;
