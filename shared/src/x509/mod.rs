//! X.509 certificates: bytes to views, chains, usages, lint.

pub mod asn1;
pub mod chain;
pub(crate) mod der;
pub mod fingerprint;
pub mod host_names;
pub mod life;
pub mod lint;
pub mod oid;
pub mod parse;
pub mod revocation_list;
pub mod usage;
pub mod verdict;
pub mod view;
