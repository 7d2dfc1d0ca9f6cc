//! The router in process, with a clock that the tests turn.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod accounts;
mod advisories;
mod answers;
mod approvals;
mod authenticator;
mod authorization;
mod certificate_maps;
mod command_lines;
mod confirmation;
mod deck;
mod events;
mod grants;
mod inventories;
mod nicknames;
mod notices;
mod passkeys;
mod probes;
mod recording;
mod second_factor;
mod second_factor_required;
mod services;
mod sessions;
mod validation;
