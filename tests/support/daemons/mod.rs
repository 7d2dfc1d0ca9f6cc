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

/// Every daemon, and OpenLDAP with either kind of configuration.
pub const EVERY: [Start; 8] =
    [apache::start, dovecot::start, nginx::start, postfix::start, slapd::start, slapd::start_with_slapd_conf, tomcat::start, vsftpd::start];

/// Starts several at the same time.
pub fn together(starts: &[Start], pair: &Pair) -> Vec<Instance> {
    std::thread::scope(|scope| {
        let started: Vec<_> = starts.iter().map(|start| scope.spawn(move || start(pair))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Works with each of them at the same time, in one thread: nearly all of it is waiting for them.
pub async fn side_by_side<W: Future<Output = ()> + 'static>(instances: Vec<Instance>, work: impl Fn(Instance) -> W) {
    let all = tokio::task::LocalSet::new();
    let running: Vec<_> = instances.into_iter().map(|instance| all.spawn_local(work(instance))).collect();
    all.await;
    for one in running {
        one.await.unwrap();
    }
}
