//! What went wrong elsewhere, each as a test that has its name: a file for each product. Some stand with their subject instead:
//!
//! - Lemur GHSA-4h97-p9wq-chqj and GHSA-cfh6-pv5c-38jv, and UCM's stream of events for everybody: `tests/http/grants.rs`.
//! - Lemur GHSA-xpmj-wjcp-6pww, names that lead elsewhere a moment later: `src/host/fetch.rs`.
//! - UCM, names in backups that lead out of their place: `tests/faults/backups.rs` of the workspace.
//! - Certimate, keys for everybody, and Cockpit, a certificate for a hundred years: `tests/console_certificate.rs` as well.

mod certimate;
mod cockpit;
mod directory_server;
mod lemur;
mod ucm;
