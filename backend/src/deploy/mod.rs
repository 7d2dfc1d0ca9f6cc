//! Services that use certificates. Each has an adapter that reads its configuration; nothing here writes.
//!
//! Configuration files are read by span editors: a file taken apart prints back byte for byte, and each setting knows its file, line and
//! bytes. What an adapter does not understand it says with file and line instead of guessing.

pub mod adapter;
pub mod apache;
pub mod discovery;
pub mod dovecot;
pub mod nginx;
pub mod pattern;
pub mod postfix;
pub mod reading;
pub mod served;
pub mod settings;
pub mod slapd;
pub mod tomcat;
pub mod version;
pub mod vsftpd;
