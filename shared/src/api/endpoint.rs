//! Endpoints that are watched: every port, what it serves, how far a client gets there, and whether it still agrees with file and database.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::notice::Stage;
use super::probe::{NewProbe, ProbeReport};
use super::service::{Protocol, TlsMode};

/// How an endpoint stands, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EndpointState {
    /// Nothing answers: refused, filtered, no address, silent.
    Down,
    /// It answers, and a client cannot get a good connection: STARTTLS or handshake broken, expired, wrong name, chain not whole.
    Broken,
    /// It serves another certificate than its file or its database has.
    Stale,
    /// The certificate ends soon, by the policy that counts for it.
    Due,
    /// A good connection by means that are weak today: an old protocol, a short key, a weak cipher.
    Weak,
    /// Everything is as it should be.
    Good,
    /// Not probed yet, or not to be judged: the words say why.
    Unknown,
    /// Not probed, because somebody said so.
    Paused,
}

impl EndpointState {
    /// All, the worst first.
    pub const ALL: [Self; 8] = [Self::Down, Self::Broken, Self::Stale, Self::Due, Self::Weak, Self::Good, Self::Unknown, Self::Paused];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Broken => "broken",
            Self::Stale => "stale",
            Self::Due => "due",
            Self::Weak => "weak",
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Paused => "paused",
        }
    }

    /// The letter of a day in [`RecentDays`].
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Down => 'x',
            Self::Broken => 'b',
            Self::Stale => 's',
            Self::Due => 'd',
            Self::Weak => 'w',
            Self::Good => 'g',
            Self::Unknown => 'u',
            Self::Paused => 'p',
        }
    }
}

/// Why an endpoint is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum EndpointSource {
    /// The configuration of a registered service has it. It comes and goes with that.
    Service {
        /// The service.
        service: String,
        /// Its name for people.
        label: String,
        /// Name of the endpoint there.
        endpoint: String,
    },
    /// Somebody added it.
    Hand,
}

/// A certificate of a database that an endpoint should serve: the one that a binding of this nickname means now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExpectedCertificate {
    /// Identifier of the database.
    pub database: String,
    /// Nickname, without a token's name before it.
    pub nickname: String,
    /// Label of the token, when it is not the database itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Watches an endpoint that no registered service has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewEndpoint {
    /// Host name or IP address.
    pub host: String,
    /// Port, from 1.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for (SNI); when absent, the host if that is a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Words by which people group endpoints.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What it should serve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<ExpectedCertificate>,
}

impl NewEndpoint {
    /// How it would be probed.
    #[must_use]
    pub fn question(&self) -> NewProbe {
        NewProbe {
            host: self.host.clone(),
            port: self.port,
            protocol: self.protocol,
            tls: self.tls,
            server_name: self.server_name.clone(),
            key_type: None,
        }
    }
}

/// Changes how an endpoint is watched. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointChange {
    /// Name for people; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Words by which people group endpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Whether it is left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Until when nobody is told of it; a time that is past ends that.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<OffsetDateTime>,
}

/// One of the four places where a certificate is, beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The same as in the places before it.
    Same,
    /// Another one.
    Differs,
    /// There is none.
    None,
    /// It could not be read.
    Unknown,
}

/// Whether database, file, process and wire agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreement {
    /// The certificate that is bound, in its database.
    pub database: Mark,
    /// The file that the configuration names.
    pub file: Mark,
    /// What the process loaded, as far as its start and the age of the file tell.
    pub process: Mark,
    /// What is served.
    pub wire: Mark,
}

/// What an endpoint serves, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServedLeaf {
    /// SHA-256 of its DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// The common name of its subject, or its first name, or its serial number.
    pub name: String,
    /// Kind and size of the key, such as `RSA 2048`.
    pub public_key: String,
    /// Begin of its life; absent when the certificate cannot be parsed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_before: Option<OffsetDateTime>,
    /// End of its life; likewise.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_after: Option<OffsetDateTime>,
}

/// The last days of an endpoint, for a small plot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecentDays {
    /// The first of them (UTC), such as `2026-11-22`.
    pub first: String,
    /// The worst state of each day by its letter (`x` down, `b` broken, `s` stale, `d` due, `w` weak, `g` good, `u` unknown, `p` paused);
    /// `-` for a day without a probe.
    pub worst: String,
    /// Mean time of a handshake on each day, milliseconds; 0 when there was none.
    pub milliseconds: Vec<u32>,
}

/// An endpoint as a row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = WatchedEndpoint))]
pub struct Endpoint {
    /// Identifier in paths.
    pub id: String,
    /// Why it is watched.
    pub source: EndpointSource,
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for.
    pub server_name: Option<String>,
    /// Name for people.
    pub label: Option<String>,
    /// Words by which people group endpoints.
    pub tags: Vec<String>,
    /// How it stands.
    pub state: EndpointState,
    /// The same as a sentence: the first rung that is broken, and its cause.
    pub words: String,
    /// What it serves; the first certificate of the last completed handshake.
    pub leaf: Option<ServedLeaf>,
    /// What it serves to a client that has only the other kind of key, where that is another one.
    pub other_leaf: Option<ServedLeaf>,
    /// Version of TLS.
    pub tls_version: Option<String>,
    /// Cipher suite by its name at IANA.
    pub cipher_suite: Option<String>,
    /// Group of the key exchange.
    pub key_exchange_group: Option<String>,
    /// Whether the four places agree.
    pub agreement: Agreement,
    /// Milliseconds of the last handshake.
    pub milliseconds: Option<u32>,
    /// The last 30 days, today last.
    pub recent: RecentDays,
    /// How near the end of its certificate is, by the policy that counts for that; absent while it has time.
    pub due: Option<Stage>,
    /// Until when nobody is told of it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub snoozed_until: Option<OffsetDateTime>,
    /// Since when it stands as it does.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// When it was probed last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub probed_at: Option<OffsetDateTime>,
    /// When it is probed next.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_probe_at: Option<OffsetDateTime>,
}

impl Endpoint {
    /// How it is probed.
    #[must_use]
    pub fn question(&self) -> NewProbe {
        NewProbe {
            host: self.host.clone(),
            port: self.port,
            protocol: self.protocol,
            tls: self.tls,
            server_name: self.server_name.clone(),
            key_type: None,
        }
    }
}

/// A rung of the ladder: each stands on those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RungKind {
    /// A process of this host listens there.
    Listening,
    /// A connection from here is taken.
    Connects,
    /// STARTTLS is offered and begins; skipped where TLS is implicit.
    Starttls,
    /// The handshake is completed: the server has the key of its certificate.
    Handshake,
    /// The chain is whole and in order.
    Chain,
    /// The certificate is valid today.
    Dates,
    /// One of its names is the one that clients ask for.
    Names,
    /// It is the certificate that should be there.
    Expected,
}

/// How a rung holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RungState {
    /// It holds.
    Pass,
    /// It holds, with something worth a look.
    Warn,
    /// It is broken.
    Fail,
    /// One below it is broken, or it has no meaning here.
    Skipped,
    /// Nobody can know from here.
    Unknown,
}

/// What was found at a rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rung {
    /// Which.
    pub kind: RungKind,
    /// How it holds.
    pub state: RungState,
    /// What was seen, as a sentence.
    pub words: String,
    /// Why it is broken, as far as can be seen: the file that cannot be read, the key of another certificate.
    pub cause: Option<String>,
    /// What to do about it.
    pub cure: Option<String>,
}

/// A certificate in one of the four places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Print {
    /// How it is beside the others.
    pub mark: Mark,
    /// SHA-256 of its DER, lower-case hex; absent where there is none or nobody can tell.
    pub fingerprint_sha256: Option<String>,
    /// Where it is and since when: a file with its time, a process with its start, a nickname.
    pub words: String,
}

/// The same certificate in four places, and what to do when they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FourPrints {
    /// In its database.
    pub database: Print,
    /// In the file of the service.
    pub file: Print,
    /// In the process.
    pub process: Print,
    /// On the wire.
    pub wire: Print,
    /// What to do: reload, deploy, import the file; absent when they agree.
    pub advice: Option<Advice>,
}

/// What makes the four places agree again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    /// The process has not read its file anew: reload it, or start it again.
    Reload,
    /// The file is not what the database has: deploy.
    Deploy,
    /// The file is younger than what the database has: import it.
    ImportFile,
    /// Something else answers at this port than the service.
    LookWhoListens,
}

/// How heavy a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Clients fail, or somebody can read or change what is said.
    Bad,
    /// Weak today, or soon.
    Weak,
    /// Worth knowing.
    Note,
}

/// Something about a certificate or a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Stable name, such as `sha1-signature`.
    pub code: String,
    /// How heavy it is.
    pub grade: Grade,
    /// What it is, why it matters and what to do, as sentences.
    pub words: String,
}

/// Everything about an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointDetail {
    /// Its row.
    pub endpoint: Endpoint,
    /// How far a client gets, from the ground up.
    pub rungs: Vec<Rung>,
    /// The certificate in its four places.
    pub prints: FourPrints,
    /// What is to be said of certificate and connection.
    pub findings: Vec<Finding>,
    /// The last probe; absent before the first.
    pub report: Option<ProbeReport>,
    /// The line of `openssl s_client` that shows the same.
    pub line: String,
    /// What changed, the newest first.
    pub changes: Vec<EndpointEvent>,
}

/// A change of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointEvent {
    /// When it was seen.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How it stood from then on.
    pub state: EndpointState,
    /// What was different, as a sentence.
    pub words: String,
    /// SHA-256 of the leaf from then on, lower-case hex.
    pub leaf: Option<String>,
}

/// A day of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointDay {
    /// Which (UTC), such as `2026-11-22`.
    pub day: String,
    /// Probes of that day.
    pub probes: u32,
    /// Those that did not come to a completed handshake.
    pub failed: u32,
    /// The worst state.
    pub worst: EndpointState,
    /// Mean time of a handshake, milliseconds; 0 when there was none.
    pub milliseconds_mean: u32,
    /// The slowest one.
    pub milliseconds_most: u32,
}

/// The history of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointHistory {
    /// Its days, the oldest first; those without a probe are left out.
    pub days: Vec<EndpointDay>,
    /// What changed, the newest first.
    pub changes: Vec<EndpointEvent>,
}

/// All endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Endpoints {
    /// By host, then port.
    pub endpoints: Vec<Endpoint>,
    /// How they are watched.
    pub settings: WatchSettings,
}

/// How endpoints are watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WatchSettings {
    /// Seconds between two probes of an endpoint, 60 to 86,400; those that are down are asked less often.
    pub every_seconds: u32,
    /// Hosts and networks that may be probed beside this host itself: names, `*.example.org`, addresses, networks such as `192.0.2.0/24`.
    pub allowed: Vec<String>,
}

/// A socket of this host that listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListeningSocket {
    /// Address; `0.0.0.0` and `::` are all of them.
    pub address: String,
    /// Port.
    pub port: u16,
    /// Name of the program; absent when its processes cannot be looked at.
    pub program: Option<String>,
    /// Its process.
    pub process: Option<u32>,
    /// What is usually spoken at this port, and how TLS begins there.
    pub usual: Option<Preset>,
    /// The endpoint that watches it already.
    pub endpoint: Option<String>,
}

/// What is usually spoken at a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preset {
    /// The port.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
}

/// The usual ports, in the order of their numbers: those of mail, web, directories, files, databases and talk by IANA's registry, 5223 and 8443.
pub const PRESETS: [Preset; 20] = {
    use Protocol as P;
    use TlsMode::{Implicit, Starttls};
    const fn preset(port: u16, protocol: Protocol, tls: TlsMode) -> Preset {
        Preset { port, protocol, tls }
    }
    [
        preset(21, P::Ftp, Starttls),
        preset(24, P::Lmtp, Starttls),
        preset(25, P::Smtp, Starttls),
        preset(110, P::Pop3, Starttls),
        preset(143, P::Imap, Starttls),
        preset(389, P::Ldap, Starttls),
        preset(443, P::Http, Implicit),
        preset(465, P::Smtp, Implicit),
        preset(587, P::Smtp, Starttls),
        preset(636, P::Ldap, Implicit),
        preset(990, P::Ftp, Implicit),
        preset(993, P::Imap, Implicit),
        preset(995, P::Pop3, Implicit),
        preset(3306, P::Mysql, Starttls),
        preset(4190, P::Sieve, Starttls),
        preset(5061, P::Sip, Implicit),
        preset(5222, P::Xmpp, Starttls),
        preset(5223, P::Xmpp, Implicit),
        preset(5432, P::Postgresql, Starttls),
        preset(8443, P::Http, Implicit),
    ]
};
