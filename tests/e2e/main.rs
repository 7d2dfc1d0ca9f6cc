//! The REST interface over HTTPS, with certutil and openssl as the judges.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop at the first thing that is not as it should be")]

mod accounts;
mod backup;
mod bad_input;
mod certificates;
mod confinement;
mod databases;
mod deployment;
mod ed25519;
mod files;
mod glass;
mod http;
mod issuing;
mod issuing_input;
mod keystores;
mod merge;
mod modules;
mod msgcert;
mod newer_nss;
mod old_databases;
mod passwords;
mod prefixes;
mod readme;
mod renewal;
mod request_answers;
mod request_sources;
mod requests;
mod revocation;
mod second_factor;
mod signatures;
mod snapshots;
mod stored_lists;
mod support;
mod today;
mod token_nicknames;
mod trust;
