//! X.509 certificates: bytes to views, chains, usages, lint.

pub mod asn1;
pub mod chain;
pub mod fingerprint;
pub mod life;
pub mod lint;
pub mod parse;
pub mod usage;
pub mod view;
