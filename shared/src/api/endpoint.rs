//! Endpoints that are watched: every port, what it serves, how far a client gets there, and whether it still agrees with file and database.

mod history;
mod ladder;
mod presets;
mod state;

pub use history::{EndpointDay, EndpointEvent, EndpointHistory, RecentDays};
pub use ladder::{Advice, Finding, FourPrints, Grade, Print, Rung, RungKind, RungState};
pub use presets::{PRESETS, Preset};
pub use state::{EndpointSource, EndpointState};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::notice::Stage;
use super::probe::{NewProbe, ProbeReport};
use super::service::{Protocol, TlsMode};

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
    /// What people call it: its label, else host and port.
    #[must_use]
    pub fn name(&self) -> String {
        self.label.clone().unwrap_or_else(|| format!("{}:{}", self.host, self.port))
    }

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
