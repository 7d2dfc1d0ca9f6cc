//! The operations of the console. Nothing here knows HTTP.

pub mod accounts;
pub mod console;
pub mod console_certificate;
pub mod databases;
pub mod events;
pub mod jobs;
pub mod metrics;
pub mod tasks;
