//! The page in headless Chromium against a real server, with certutil as the judge.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

mod activity;
mod approving;
mod calendar;
mod channels;
mod chunks;
mod client_certificates;
mod confirming;
mod deploying;
mod gate;
mod inventory;
mod issuing;
mod journey;
mod keystores;
mod merging;
mod messaging;
mod notifying;
mod passkeys;
mod phone;
mod places;
mod requests;
mod roles;
mod second_factor;
mod services;
mod sessions;
mod settings;
mod steps;
mod today;
mod tokens;
mod validity;
mod viewer;
mod watching;
