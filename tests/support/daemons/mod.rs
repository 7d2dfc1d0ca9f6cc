//! Real daemons as isolated instances: each in a directory of its own, built from Debian's stock configuration, on free ports of 127.0.0.1,
//! under the users that Debian runs them as. What this machine itself runs is not touched, and several tests may run the same daemon.
//!
//! An instance is ready when a handshake was finished on each of its endpoints: a port that accepts says nothing (Tomcat listens before it
//! reads its certificates), and neither does a daemon's own check.

pub mod apache;
pub mod dovecot;
mod instance;
pub mod nginx;
pub mod ports;
pub mod postfix;
mod room;
mod served;
pub mod slapd;
pub mod tomcat;
pub mod version;
pub mod vsftpd;

pub use instance::{Control, Endpoint, Files, Instance};

use crate::pki::Pair;

/// What starts an instance with a pair.
pub type Start = fn(&Pair) -> Instance;

/// Starts several at the same time.
pub fn together(starts: &[Start], pair: &Pair) -> Vec<Instance> {
    std::thread::scope(|scope| {
        let started: Vec<_> = starts.iter().map(|start| scope.spawn(move || start(pair))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}
