//! The inventory of an endpoint: which versions of TLS, cipher suites, groups and certificates it takes and serves.
//!
//! A ClientHello offers everything; what the server chose is taken out of the next, until it refuses. Only the first flight is read, and no
//! handshake is completed, but for three plain probes: one that says whether anybody is there, and one for each kind of key, because TLS 1.3
//! hides certificates from those who do not complete it. TLS 1.3 is asked without a share: the server names suite and group then, and computes
//! nothing.

mod answer;
mod ask;
mod cipher_list;
mod details;
mod elimination;
mod hello;
mod judgement;
mod profile;
mod report;
mod ssl2;
mod versions;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use certdeck_shared::api::inventory::{Inventory, NewInventory, Offered, ProtocolVersion};
use certdeck_shared::api::probe::{NewProbe, ProbeKeyType, ProbeOutcome, ProbeReport};
use futures::future::join_all;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::{Gate, Whither, probe_through, probe_whither};
use ask::{Reply, Server};
pub use cipher_list::expanded;
use details::{features, groups_of, in_clear};
use elimination::Found;
use versions::{Form, Version, look, number};

/// How much may be asked of a server, and for how long.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The whole may take so long.
    pub time: Duration,
    /// One question may.
    pub patience: Duration,
    /// So many connections at a time.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(60), patience: Duration::from_secs(5), connections: 8 }
    }
}

/// Somebody who looks on, and may stop it.
pub trait Course: Send + Sync {
    /// So many of [`STEPS`] are done, and this is what was found last.
    fn done(&self, steps: u64, words: &str);
    /// Whether to stop. Nothing more is asked then.
    fn stopped(&self) -> bool;
}

/// Nobody looks on.
impl Course for () {
    fn done(&self, _steps: u64, _words: &str) {}
    fn stopped(&self) -> bool {
        false
    }
}

/// What an inventory consists of: a plain probe, each version of the protocol, and what else is asked of the best one.
pub const STEPS: u64 = 2 + ProtocolVersion::ALL.len() as u64;

/// Everything that was seen.
struct Seen {
    /// The plain probe.
    first: ProbeReport,
    versions: Vec<Version>,
    /// Names of ciphers of SSL 2.0.
    ssl2: Vec<&'static str>,
    groups: Vec<details::GroupIn>,
    /// Why the groups are not all.
    groups_lost: bool,
    features: certdeck_shared::api::inventory::InventoryFeatures,
    /// Probes that completed TLS 1.3, one for each kind of key.
    by_key: Vec<ProbeReport>,
    connections: u32,
}

/// Makes the inventory, where the gate lets it pass. Whatever the other side does is part of it.
pub async fn inventory(new: &NewInventory, gate: Gate<'_>, limits: Limits, course: &dyn Course) -> Inventory {
    let started = Instant::now();
    let deadline = started + limits.time;
    let target = new.probe();
    let first = probe_through(&target, gate, limits.patience.min(limits.time)).await;
    course.done(1, &first.words);
    let address = first.address.as_deref().and_then(|address| address.parse().ok()).filter(|_| may_speak_tls(first.outcome));
    let seen = match address {
        Some(address) => {
            let server = Server {
                target: &target,
                address,
                course,
                deadline,
                patience: limits.patience,
                places: Semaphore::new(limits.connections),
                connections: AtomicU32::new(1),
                silences: AtomicU32::new(0),
            };
            everything(&server, first).await
        }
        None => Seen::nothing(first),
    };
    report::of(new, seen, started.elapsed())
}

/// Whether it makes sense to ask on: a server may refuse the plain probe for what it offers.
fn may_speak_tls(outcome: ProbeOutcome) -> bool {
    use ProbeOutcome as Outcome;
    matches!(
        outcome,
        Outcome::Served | Outcome::Closed | Outcome::HandshakeFailed | Outcome::KeyMismatch | Outcome::ClientCertificateRequired
    )
}

impl Seen {
    fn nothing(first: ProbeReport) -> Self {
        Self {
            first,
            versions: Vec::new(),
            ssl2: Vec::new(),
            groups: Vec::new(),
            groups_lost: false,
            features: Default::default(),
            by_key: Vec::new(),
            connections: 1,
        }
    }
}

async fn everything(server: &Server<'_>, first: ProbeReport) -> Seen {
    let mut seen = Seen::nothing(first);
    let name = name(server.target);
    let steps = AtomicU32::new(1);
    let told = |version: &Version| {
        let done = steps.fetch_add(1, Ordering::Relaxed) + 1;
        server.course.done(done.into(), &format!("{}: {}", version.version.name(), version.words));
    };
    let newer = ProtocolVersion::ALL.into_iter().filter(|version| *version != ProtocolVersion::Ssl20).map(async |version| {
        let looked = look(server, version, name.clone()).await;
        told(&looked);
        looked
    });
    let oldest = async {
        let looked = ssl2(server).await;
        told(&looked.0);
        looked
    };
    // The versions, and for TLS 1.3 the certificate for each kind of key.
    let (versions, (oldest, ciphers), by_key) = futures::join!(join_all(newer), oldest, by_key(server, &seen.first));
    seen.versions = versions;
    seen.versions.push(oldest);
    seen.ssl2 = ciphers;
    seen.by_key = by_key;
    if seen.versions.iter().all(|version| version.offered != Offered::Yes) {
        // A server that answers to nothing has refused nothing.
        for version in seen.versions.iter_mut().filter(|version| version.closed) {
            version.offered = Offered::Unknown;
        }
    } else {
        let latest =
            seen.versions.iter().find(|version| version.offered == Offered::Yes && version.form.number == number(ProtocolVersion::Tls13));
        let clear = in_clear(&seen.versions);
        let groups = async |version: Option<&Version>| match version {
            Some(version) => groups_of(server, version).await,
            None => Found::default(),
        };
        let (new, old, features) = futures::join!(groups(latest), groups(clear), features(server, &seen.versions));
        seen.groups_lost = new.lost.or(old.lost).is_some();
        for (version, found) in [(latest, new), (clear, old)] {
            let version = version.map_or(ProtocolVersion::Tls12, |version| version.version);
            seen.groups.extend(found.numbers().into_iter().map(|group| (group, version)));
        }
        seen.features = features;
    }
    server.course.done(STEPS, "groups, signatures and extensions");
    seen.connections = server.connections.load(Ordering::Relaxed);
    seen
}

/// The name that is asked for, as in a probe.
fn name(target: &NewProbe) -> Option<String> {
    let host = target.host.trim_end_matches('.');
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    target.server_name.clone().or_else(|| (!is_address).then(|| host.to_owned()))
}

async fn ssl2(server: &Server<'_>) -> (Version, Vec<&'static str>) {
    let (offered, words, ciphers, lost) = match server.ask_ssl2().await {
        Ok(numbers) => {
            let known = ssl2::CIPHERS.iter().filter(|(number, _)| numbers.contains(number)).map(|(_, name)| *name);
            (Offered::Yes, "taken: the server answers its hello".to_owned(), known.collect(), None)
        }
        Err(Reply::Unknown(why @ ("it was stopped" | "the time was over" | "the server has stopped answering"))) => {
            (Offered::Unknown, why.to_owned(), Vec::new(), Some(why))
        }
        Err(Reply::Alert(number)) => (Offered::No, format!("refused with the alert {}", super::alert::described(number)), Vec::new(), None),
        // Whoever does not know SSL 2.0 sees an octet that begins nothing.
        Err(_) => (Offered::No, "refused: its hello is not understood".to_owned(), Vec::new(), None),
    };
    let form = Form { number: number(ProtocolVersion::Ssl20), server_name: None, with_share: false };
    let found = Found { chosen: Vec::new(), lost };
    (Version { version: ProtocolVersion::Ssl20, offered, closed: false, words, preference: None, found, form }, ciphers)
}

/// The certificate for each kind of key, from a server that speaks TLS 1.3.
async fn by_key(server: &Server<'_>, first: &ProbeReport) -> Vec<ProbeReport> {
    if first.tls_version.as_deref() != Some(ProtocolVersion::Tls13.name()) {
        return Vec::new();
    }
    let one = async |key_type| {
        let _place = server.places.acquire().await;
        server.connections.fetch_add(1, Ordering::Relaxed);
        let left = server.deadline.saturating_duration_since(Instant::now());
        let target = NewProbe { key_type: Some(key_type), ..server.target.clone() };
        probe_whither(&target, Whither::At(server.address), server.patience.min(left)).await
    };
    let (rsa, ecdsa) = futures::join!(one(ProbeKeyType::Rsa), one(ProbeKeyType::Ecdsa));
    vec![rsa, ecdsa]
}
