//! The REST interface as types: what crosses the wire between the page, scripts and the server.

pub mod account;
pub mod activity;
pub mod bytes;
pub mod certificate;
pub mod client;
pub mod conversion;
pub mod database;
pub mod event;
pub mod files;
pub mod import;
pub mod issue;
pub mod job;
pub mod key;
pub mod keystore;
pub mod merge;
pub mod module;
pub mod password;
pub mod paths;
pub mod problem;
pub mod renewal;
pub mod request;
pub mod revocation;
pub mod service;
pub mod snapshot;
pub mod validation;
