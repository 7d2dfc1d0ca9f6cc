//! The verdicts of `shared::validation`, of OpenSSL and of the web's rules, held against the programs and suites they speak for.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a failure is a failed test, and foreign programs are asked"
)]

mod certutil;
mod corpus;
mod der;
mod generator;
mod hierarchies;
mod keys;
mod limbo;
mod lists;
mod openssl;
