//! Probes: one connection to a port as a client would make it, until the TLS handshake is complete, and an honest word on what was seen.
//!
//! rustls is asked first. Where it breaks off, which it also does for what is merely old, OpenSSL is asked in a second connection; it tells a
//! key that does not fit from one that is too short for rustls. Nothing is judged here: whether a chain is complete or a name matches is for
//! those who read the report.

mod alert;
mod engine;
mod flight;
pub mod inventory;
mod openssl;
mod report;
mod rustls;
mod starttls;
mod wire;

use std::net::SocketAddr;
use std::time::Duration;

use certdeck_shared::api::probe::{NewProbe, ProbeEngine, ProbeReport};
use certdeck_shared::api::service::TlsMode;
use tokio::net::lookup_host;
use tokio::time::{Instant, timeout_at};

use engine::{Engine, Fault, Handshake, Seen, handshake};
use starttls::Stop;
use wire::{Break, Wire};

/// How long a probe usually may take altogether.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Whether the addresses of a host may be asked; the error says why not, as a sentence.
pub type Gate<'a> = &'a (dyn Fn(&[SocketAddr]) -> Result<(), String> + Send + Sync);

/// A gate that lets everybody pass.
///
/// # Errors
/// None.
pub fn anywhere(_: &[SocketAddr]) -> Result<(), String> {
    Ok(())
}

/// Where a host is looked for.
#[derive(Clone, Copy)]
enum Whither<'a> {
    /// At the addresses of its name, where the gate lets them pass: what was looked at is what is connected to.
    Through(Gate<'a>),
    /// At this one.
    At(SocketAddr),
}

/// Where an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ending {
    /// The name has no address, in the system's words.
    Unresolved(String),
    /// It may not be asked, for this reason.
    NotAllowed(String),
    /// No connection.
    Unconnected(Break),
    /// A connection, and no STARTTLS.
    Stopped(Stop),
    /// A handshake, complete or not.
    Shaken(Handshake),
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attempt {
    address: Option<SocketAddr>,
    ending: Ending,
    engine: ProbeEngine,
    seen: Seen,
    transcript: Vec<String>,
}

/// Probes; takes no longer than `limit`. A service on this machine answers in a few milliseconds.
pub async fn probe(target: &NewProbe, limit: Duration) -> ProbeReport {
    probe_through(target, &anywhere, limit).await
}

/// The same where a gate lets it pass; the outcome is [`ProbeOutcome::NotAllowed`] where it does not.
///
/// [`ProbeOutcome::NotAllowed`]: certdeck_shared::api::probe::ProbeOutcome::NotAllowed
pub async fn probe_through(target: &NewProbe, gate: Gate<'_>, limit: Duration) -> ProbeReport {
    probe_whither(target, Whither::Through(gate), limit).await
}

async fn probe_whither(target: &NewProbe, whither: Whither<'_>, limit: Duration) -> ProbeReport {
    let started = Instant::now();
    let deadline = started + limit;
    let mut attempt = Attempt::make(target, whither, deadline, ProbeEngine::Rustls).await;
    if let Some(address) = attempt.address.filter(|_| attempt.may_be_too_old()) {
        let second = Attempt::make(target, Whither::At(address), deadline, ProbeEngine::Openssl).await;
        if second.says_more_than(&attempt) {
            attempt = second;
        }
    }
    report::of(target, attempt, started.elapsed())
}

impl Attempt {
    async fn make(target: &NewProbe, whither: Whither<'_>, deadline: Instant, engine: ProbeEngine) -> Self {
        let mut attempt =
            Self { address: None, ending: Ending::Unresolved(String::new()), engine, seen: Seen::default(), transcript: Vec::new() };
        attempt.ending = attempt.run(target, whither, deadline).await;
        attempt
    }

    async fn run(&mut self, target: &NewProbe, whither: Whither<'_>, deadline: Instant) -> Ending {
        if target.tls == TlsMode::Off {
            return Ending::Stopped(Stop::NotOffered("TLS is off at this endpoint".to_owned()));
        }
        let mut wire = match self.connect(target, whither, deadline).await {
            Ok(wire) => wire,
            Err(ending) => return ending,
        };
        if target.tls == TlsMode::Starttls
            && let Err(stop) = starttls::begin(target, &mut wire, &mut self.transcript).await
        {
            return Ending::Stopped(stop);
        }
        let host = target.host.trim_end_matches('.');
        let is_address = host.parse::<std::net::IpAddr>().is_ok();
        let name = target.server_name.as_deref().or((!is_address).then_some(host));
        let engine: Result<Box<dyn Engine>, String> = match self.engine {
            ProbeEngine::Rustls => rustls::Rustls::new(name, target.key_type)
                .map(|engine| Box::new(engine) as Box<dyn Engine>)
                .map_err(|error| error.to_string()),
            ProbeEngine::Openssl => openssl::Openssl::new(name, target.key_type)
                .map(|engine| Box::new(engine) as Box<dyn Engine>)
                .map_err(|error| error.to_string()),
        };
        let mut engine = match engine {
            Ok(engine) => engine,
            Err(words) => return Ending::Shaken(Handshake::Failed(Fault::Library(words))),
        };
        let end = handshake(&mut wire, engine.as_mut()).await;
        self.seen = engine.seen();
        Ending::Shaken(end)
    }

    /// Connects to the first address of the host that takes the connection; each gets an equal share of the time that is left.
    async fn connect(&mut self, target: &NewProbe, whither: Whither<'_>, deadline: Instant) -> Result<Wire, Ending> {
        let addresses = match whither {
            Whither::At(address) => vec![address],
            Whither::Through(gate) => {
                let addresses: Vec<SocketAddr> = match timeout_at(deadline, lookup_host((target.host.as_str(), target.port))).await {
                    Ok(Ok(addresses)) => addresses.collect(),
                    Ok(Err(error)) => return Err(Ending::Unresolved(error.to_string())),
                    Err(_) => return Err(Ending::Unresolved("the name servers do not answer in time".to_owned())),
                };
                gate(&addresses).map_err(Ending::NotAllowed)?;
                addresses
            }
        };
        let mut ending = Ending::Unresolved("it has no address".to_owned());
        for (place, address) in addresses.iter().enumerate() {
            let left = u32::try_from(addresses.len() - place).unwrap_or(u32::MAX);
            let until = Instant::now() + deadline.saturating_duration_since(Instant::now()) / left;
            self.address = Some(*address);
            match Wire::connect(*address, until, deadline).await {
                Ok(wire) => return Ok(wire),
                Err(broken) => ending = Ending::Unconnected(broken),
            }
        }
        Err(ending)
    }

    /// Whether the end may be due to what rustls does not speak.
    fn may_be_too_old(&self) -> bool {
        matches!(self.ending, Ending::Shaken(Handshake::Failed(_) | Handshake::Broke(Break::Closed))) && !self.wants_client_certificate()
    }

    /// Whether a server that has proved its key ended the handshake after it had asked for a certificate.
    fn wants_client_certificate(&self) -> bool {
        let ended = matches!(self.ending, Ending::Shaken(Handshake::Failed(Fault::Alert(_)) | Handshake::Broke(Break::Closed)));
        ended && self.seen.key_proved && self.seen.client_certificate_asked == Some(true)
    }

    /// Whether this one, with OpenSSL, is the better witness.
    fn says_more_than(&self, first: &Self) -> bool {
        match &self.ending {
            Ending::Shaken(Handshake::Complete | Handshake::CertificateWanted(_) | Handshake::Failed(_)) => {
                !self.seen.chain.is_empty() || first.seen.chain.is_empty()
            }
            _ => false,
        }
    }
}
