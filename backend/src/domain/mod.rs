//! The operations of the console. Nothing here knows HTTP.

pub mod accounts;
pub mod certificate_maps;
pub mod certificates;
pub mod command_lines;
pub mod console;
pub mod console_certificate;
pub mod databases;
pub mod deployment;
pub mod events;
pub mod import;
pub mod inventory;
pub mod issuing;
pub mod jobs;
pub mod keys;
pub mod keystores;
pub mod merge;
pub mod metrics;
pub mod probes;
pub mod requests;
pub mod revocation_lists;
pub mod services;
pub mod snapshots;
pub mod tasks;
pub mod trust;
mod unfinished;
pub mod validation;
pub mod watch;
