//! The certificates of a database: list and detail.

pub mod detail;
pub mod list;
