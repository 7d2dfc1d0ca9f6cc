//! One folder an area: pages load data and compose components.

pub mod activity;
pub mod approvals;
pub mod certificate_maps;
pub mod certificates;
pub mod databases;
pub mod deployments;
pub mod endpoints;
pub mod gate;
pub mod import;
pub mod issuing;
pub mod keys;
pub mod notices;
pub mod probes;
pub mod requests;
pub mod revocation_lists;
pub mod services;
pub mod settings;
pub mod snapshots;
pub mod today;
pub mod tokens;
pub mod unknown;
pub mod viewer;
