//! Services that use certificates. Each has an adapter that reads its configuration, edits it and knows how the running service takes a change
//! up; plans are made from that, and one executor applies them.
//!
//! Configuration files are read by span editors: a file taken apart prints back byte for byte, and each setting knows its file, line and
//! bytes. What an adapter does not understand it says with file and line instead of guessing.

pub mod adapter;
pub mod apache;
pub mod change;
pub mod checkpoint;
pub mod control;
pub mod discovery;
pub mod dovecot;
pub mod drafts;
pub mod editor;
pub mod executor;
pub mod generic;
pub mod material;
pub mod nginx;
pub mod opened;
pub mod pattern;
pub mod plan;
pub mod postfix;
pub mod reading;
pub mod served;
pub mod settings;
pub mod slapd;
pub mod splice;
pub mod sun_calendar;
pub mod sun_messaging;
pub mod tomcat;
pub mod version;
pub mod vsftpd;
mod wanted;
