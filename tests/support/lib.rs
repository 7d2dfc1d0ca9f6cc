//! What the tests share: a real server, real NSS tools, a real browser, real daemons.
//!
//! Nothing here pretends. A tool that is missing ends the test with the tool's name; `make test` installs all of them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests start processes, and stop at the first thing that is not as it should be"
)]

pub mod browser;
pub mod calendar_server;
pub mod certificates;
pub mod console;
pub mod daemons;
pub mod database;
pub mod deck;
pub mod flaws;
pub mod helper;
pub mod mounts;
pub mod newer_nss;
pub mod older_state;
pub mod pki;
pub mod poll;
pub mod post;
pub mod receiver;
pub mod run;
pub mod softhsm;
pub mod staff;
pub mod stage;
pub mod transport;
