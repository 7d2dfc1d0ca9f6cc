//! Configurations of services, read; the programs that they belong to are the judges.
#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the oracle is another program, and a test stops at what it did not expect"
)]

mod corpus;
mod daemons;
mod edits;
mod generic;
mod hosts;
mod mail;
mod sun;
mod sun_edits;
