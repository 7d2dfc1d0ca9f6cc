//! The inventory of an endpoint: every version of TLS, cipher suite and group that it takes, found by asking for them one after the other; and
//! what is to be said of that.

use serde::{Deserialize, Serialize};

use super::endpoint::{Finding, Grade};
use super::probe::{NewProbe, ProbeOutcome, ServedCertificate};
use super::service::{Place, Protocol, TlsMode};

/// A recommendation of Mozilla's that an endpoint is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ComparedProfile {
    /// TLS 1.3 alone.
    Modern,
    /// TLS 1.2 and 1.3, for nearly every client.
    #[default]
    Intermediate,
    /// TLS 1.0 to 1.3, for clients of before 2014; Mozilla gave it up with version 6.0 of its guidelines.
    Old,
}

/// What an inventory is to be made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewInventory {
    /// Host name or IP address.
    pub host: String,
    /// Port, from 1.
    pub port: u16,
    /// What is spoken there: STARTTLS is asked for in its words.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for (SNI); when absent, the host if that is a name, else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// What it is compared with.
    #[serde(default)]
    pub profile: ComparedProfile,
}

impl NewInventory {
    /// The inventory of what this probe looks at.
    #[must_use]
    pub fn of(probe: NewProbe, profile: ComparedProfile) -> Self {
        let NewProbe { host, port, protocol, tls, server_name, key_type: _ } = probe;
        Self { host, port, protocol, tls, server_name, profile }
    }

    /// The probe that its handshakes are.
    #[must_use]
    pub fn probe(&self) -> NewProbe {
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

/// Whether a server has something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Offered {
    /// It does.
    Yes,
    /// It refused.
    No,
    /// It did not answer, or not in a way that says it.
    Unknown,
}

/// A version of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProtocolVersion {
    /// SSL 2.0 (1995; forbidden by RFC 6176).
    #[serde(rename = "SSL 2.0")]
    Ssl20,
    /// SSL 3.0 (RFC 6101; forbidden by RFC 7568).
    #[serde(rename = "SSL 3.0")]
    Ssl30,
    /// TLS 1.0 (RFC 2246; forbidden by RFC 8996).
    #[serde(rename = "TLS 1.0")]
    Tls10,
    /// TLS 1.1 (RFC 4346; forbidden by RFC 8996).
    #[serde(rename = "TLS 1.1")]
    Tls11,
    /// TLS 1.2 (RFC 5246).
    #[serde(rename = "TLS 1.2")]
    Tls12,
    /// TLS 1.3 (RFC 8446).
    #[serde(rename = "TLS 1.3")]
    Tls13,
}

impl ProtocolVersion {
    /// All, the newest first.
    pub const ALL: [Self; 6] = [Self::Tls13, Self::Tls12, Self::Tls11, Self::Tls10, Self::Ssl30, Self::Ssl20];

    /// For people, and as it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ssl20 => "SSL 2.0",
            Self::Ssl30 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

/// Whose order of cipher suites counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Preference {
    /// The server's: the suites stand in it, the best first.
    Server,
    /// The client's: the suites stand by their numbers.
    Client,
}

/// A cipher suite that a server takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InventorySuite {
    /// Its number, such as `0xC02F`.
    pub number: String,
    /// Its name at IANA.
    pub name: String,
    /// OpenSSL's name, where it has one.
    pub openssl: Option<String>,
    /// How the secret is made, such as `ECDHE`.
    pub key_exchange: String,
    /// With what the server proves itself, such as `RSA`.
    pub authentication: String,
    /// The cipher with its mode, such as `AES_128_GCM`.
    pub cipher: String,
    /// Bits of its key.
    pub bits: u16,
    /// `AEAD`, or the hash of the HMAC.
    pub mac: String,
    /// Whether it has forward secrecy.
    pub forward_secrecy: bool,
    /// The group that the server chose when every one was offered, such as `secp256r1` or `DH 2048`.
    pub group: Option<String>,
    /// The certificate that came with it (SHA-256, lower-case hex); absent in TLS 1.3, which hides it.
    pub certificate: Option<String>,
    /// How bad it is; absent for a good one.
    pub grade: Option<Grade>,
    /// Why.
    pub words: Option<String>,
}

/// A version of the protocol at an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InventoryProtocol {
    /// Which.
    pub version: ProtocolVersion,
    /// Whether the server has it.
    pub offered: Offered,
    /// How it refused, or why nobody knows.
    pub words: String,
    /// Whose order counts; absent where there are not two suites, or it could not be found.
    pub preference: Option<Preference>,
    /// The suites that it takes.
    pub suites: Vec<InventorySuite>,
    /// Whether these are all: false when the server stopped answering, or the time was over, before every one was asked for.
    pub complete: bool,
}

/// A group of the key exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InventoryGroup {
    /// Its name, such as `X25519MLKEM768`.
    pub name: String,
    /// Bits of security against computers of today, about; 0 where nobody says.
    pub bits: u16,
    /// Whether it protects from quantum computers.
    pub post_quantum: bool,
    /// Versions of TLS that it is taken in.
    pub versions: Vec<ProtocolVersion>,
}

/// A chain that an endpoint serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InventoryChain {
    /// Versions of TLS that it came in.
    pub versions: Vec<ProtocolVersion>,
    /// Its certificates, in the order of the server.
    pub chain: Vec<ServedCertificate>,
}

/// What a ServerHello shows beside version, suite and group; absent where there was none that could show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InventoryFeatures {
    /// Session tickets (RFC 5077), before TLS 1.3.
    pub session_tickets: Option<bool>,
    /// Sessions that are resumed by their identifier, before TLS 1.3: the server gave one.
    pub session_identifier: Option<bool>,
    /// Renegotiation that nobody can put himself before (RFC 5746).
    pub secure_renegotiation: Option<bool>,
    /// Compression inside TLS, which gives secrets away (CRIME).
    pub compression: Option<bool>,
    /// The session is bound to its handshake (RFC 7627).
    pub extended_master_secret: Option<bool>,
    /// The MAC is made of what is encrypted (RFC 7366), where CBC is used.
    pub encrypt_then_mac: Option<bool>,
    /// A stapled answer of OCSP is announced (RFC 6066).
    pub ocsp_stapling: Option<bool>,
    /// Heartbeats (RFC 6520), which Heartbleed was a fault of.
    pub heartbeat: Option<bool>,
    /// A client that comes with less than it could is sent away (RFC 7507).
    pub fallback_protection: Option<bool>,
    /// Protocol that was chosen by ALPN (RFC 7301).
    pub alpn: Option<String>,
    /// Whether a certificate of the client is asked for.
    pub client_certificate: Option<bool>,
    /// Bits of the server's own Diffie-Hellman parameters.
    pub dh_bits: Option<u32>,
    /// Signature algorithms that the server chooses, in its order, when they are offered one less each time; TLS 1.2.
    pub signature_algorithms: Vec<String>,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A version of the protocol.
    Protocol,
    /// A cipher suite.
    Suite,
    /// A group of the key exchange.
    Group,
}

/// Something that is there and should not be, or the other way round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// Its name.
    pub name: String,
}

/// An endpoint beside a recommendation of Mozilla's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileComparison {
    /// Which.
    pub profile: ComparedProfile,
    /// Version of the guidelines.
    pub version: String,
    /// What is served and not recommended.
    pub extra: Vec<Difference>,
    /// What is recommended and not served; suites for a kind of key that the server does not have are left out.
    pub missing: Vec<Difference>,
    /// Whether the server's order of suites counts as the profile wants it; absent where that is not known.
    pub preference_fits: Option<bool>,
    /// How clients would fare, the oldest that the profiles are for first.
    pub clients: Vec<ClientFare>,
}

/// How a client would fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClientFare {
    /// The client.
    pub client: String,
    /// Version of TLS that it would get; absent when it gets no connection.
    pub version: Option<ProtocolVersion>,
    /// Cipher suite, likewise.
    pub suite: Option<String>,
}

/// A setting of the service beside what is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfiguredSetting {
    /// What it is about.
    pub subject: Subject,
    /// Name of the setting, in the program's words.
    pub setting: String,
    /// Its value.
    pub value: String,
    /// Where it is set; absent for what the program does by itself.
    pub place: Option<Place>,
    /// Whether its value could be read; what follows is empty when not.
    pub understood: bool,
    /// Configured and not served, by name.
    pub not_served: Vec<String>,
    /// Served and not configured, by name.
    pub not_configured: Vec<String>,
}

/// An endpoint beside the configuration of its service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigurationComparison {
    /// Identifier of the service.
    pub service: String,
    /// Its name for people.
    pub label: String,
    /// Name of the endpoint there.
    pub endpoint: String,
    /// Its settings.
    pub settings: Vec<ConfiguredSetting>,
    /// For a server of Sun's: the ciphers of its manual, as they are today.
    pub manual: Vec<ManualCipher>,
}

/// A cipher of a manual that says to support them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManualCipher {
    /// The name that configurations take.
    pub name: String,
    /// In the manual's words.
    pub words: String,
    /// What is so today.
    pub today: String,
    /// Whether it is served.
    pub served: bool,
}

/// What an endpoint takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inventory {
    /// Address and port that were asked; absent when the host name has none.
    pub address: Option<String>,
    /// How the first complete handshake ended, or did not.
    pub outcome: ProbeOutcome,
    /// The same as sentences.
    pub words: String,
    /// Versions of the protocol, the newest first; empty when there is nothing to ask.
    pub protocols: Vec<InventoryProtocol>,
    /// Groups of the key exchange, in the order in which the server chose them.
    pub groups: Vec<InventoryGroup>,
    /// Chains, each once.
    pub certificates: Vec<InventoryChain>,
    /// What else was seen.
    pub features: InventoryFeatures,
    /// Beside a recommendation; absent when nothing is served.
    pub profile: Option<ProfileComparison>,
    /// Beside its configuration; absent when it belongs to no registered service.
    pub configured: Option<ConfigurationComparison>,
    /// What is to be said of it, the heaviest first.
    pub findings: Vec<Finding>,
    /// Whether everything that was to be asked was answered.
    pub complete: bool,
    /// Connections that were made.
    pub connections: u32,
    /// From the beginning to the end, milliseconds.
    pub milliseconds: u64,
}

impl Inventory {
    /// A version of the protocol.
    #[must_use]
    pub fn protocol(&self, version: ProtocolVersion) -> Option<&InventoryProtocol> {
        self.protocols.iter().find(|protocol| protocol.version == version)
    }

    /// The versions that are served, the newest first.
    pub fn versions(&self) -> impl Iterator<Item = ProtocolVersion> {
        self.protocols.iter().filter(|protocol| protocol.offered == Offered::Yes).map(|protocol| protocol.version)
    }
}
