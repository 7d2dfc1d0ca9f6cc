//! Endpoints that are watched: what becomes of odd servers on the ladder, and whether the rounds keep what they promise.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    reason = "the oracle is another program, a test stops at what it did not expect, and not every mood of a peer is tried here again"
)]

mod deck;
mod odd_peers;
mod odd_servers;
#[path = "../probe/peer.rs"]
mod peer;
mod rounds;
#[path = "../probe/server.rs"]
mod server;
