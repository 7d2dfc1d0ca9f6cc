//! Plans for folders that look like hosts, with real certificates and keys: what would be written, what is checked, and what is refused.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod certificates;
mod checks_of_certificates;
mod checks_of_files;
mod checks_of_services;
mod host;
mod layouts;
mod mail;
mod nicknames;
mod settings;
mod told;
