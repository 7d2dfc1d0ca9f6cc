//! The daemons of Debian as they really run, and what the console finds and does with them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

mod again;
mod bad_input;
mod blocked;
mod changing;
mod described;
mod ended;
mod failures;
mod helped;
mod inventories;
mod journeys;
mod killed;
mod laddered;
mod manager;
mod nicknamed;
mod notices;
mod probing;
mod serving;
mod settings;
mod web;
