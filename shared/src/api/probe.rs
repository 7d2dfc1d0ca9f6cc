//! A probe: one connection to a port, as far as a completed TLS handshake, and what was seen on the way.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::bytes::Base64;
use super::service::{Protocol, TlsMode};

/// Most octets of a host name (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 253;

/// A kind of key, where a server has certificates for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProbeKeyType {
    /// RSA.
    Rsa,
    /// ECDSA.
    Ecdsa,
}

/// What is to be probed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewProbe {
    /// Host name or IP address.
    pub host: String,
    /// Port, from 1.
    pub port: u16,
    /// What is spoken there: STARTTLS is asked for in its words.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for (SNI, RFC 6066 section 3); when absent, the host if that is a name, else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The certificate for this kind of key, where the server has several; when absent, whichever it prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_type: Option<ProbeKeyType>,
}

impl NewProbe {
    /// A probe of an address, for no name and any key.
    #[must_use]
    pub fn at(address: SocketAddr, protocol: Protocol, tls: TlsMode) -> Self {
        Self { host: address.ip().to_string(), port: address.port(), protocol, tls, server_name: None, key_type: None }
    }

    /// What cannot be probed: the JSON pointer of each field that is wrong, and why.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let mut faults = Vec::new();
        let is_address = |text: &str| text.parse::<std::net::IpAddr>().is_ok();
        if !is_address(&self.host) && !is_host_name(&self.host) {
            faults.push(("/host", "A host is an IP address without brackets, or a name of letters, digits, hyphens and dots."));
        }
        if self.port == 0 {
            faults.push(("/port", "A port is a number from 1 to 65535."));
        }
        if self.tls == TlsMode::Off {
            faults.push(("/tls", "Without TLS there is nothing to probe: implicit or starttls."));
        } else if self.tls == TlsMode::Starttls && !has_starttls(self.protocol) {
            faults.push(("/tls", "This protocol has no STARTTLS; TLS begins with the first byte: implicit."));
        }
        if self.server_name.as_deref().is_some_and(|name| is_address(name) || !is_host_name(name)) {
            faults
                .push(("/server_name", "A server name has letters, digits, hyphens and dots; an IP address is none (RFC 6066 section 3)."));
        }
        faults
    }
}

/// Whether TLS can begin in the middle of a conversation in this protocol.
#[must_use]
pub fn has_starttls(protocol: Protocol) -> bool {
    !matches!(protocol, Protocol::Http | Protocol::Sip | Protocol::Other)
}

/// Letters, digits, hyphens, dots; underscores, too, which people have in the names of hosts.
fn is_host_name(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= LONGEST_NAME && text.strip_suffix('.').unwrap_or(text).split('.').all(label)
}

/// How a probe ended. Only a completed handshake counts as served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// The handshake was completed: the server has the key of the first certificate.
    Served,
    /// The host name has no address.
    Unresolved,
    /// The host answers, and nothing listens there.
    Refused,
    /// There is no way to the host.
    Unreachable,
    /// No connection within the limit, or one whose answer had begun and was not whole by then.
    TimedOut,
    /// A connection, and then not one byte where something had to come.
    Silent,
    /// The server closed the connection without a word.
    Closed,
    /// The service wants to talk to nobody at the moment, and says so.
    TurnedAway,
    /// The service has no STARTTLS.
    NotOffered,
    /// The service offers STARTTLS, or begins it, and then cannot do it.
    OfferedButBroken,
    /// Something else is spoken there.
    WrongProtocol,
    /// The handshake broke off; `alert` is what the server said of it.
    HandshakeFailed,
    /// The server signed with a key that is not the key of its certificate.
    KeyMismatch,
    /// The server ends the connection because it wants a certificate of the client.
    ClientCertificateRequired,
    /// It was not asked: the host is not on the list of what may be probed.
    NotAllowed,
}

/// The library that had the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProbeEngine {
    /// rustls: TLS 1.2 and 1.3 as they are good today.
    Rustls,
    /// OpenSSL with everything that it has: TLS 1.0, RSA keys of 1024 bits, CBC.
    Openssl,
}

/// A certificate as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ServedCertificate {
    /// SHA-256 of the DER, lower-case hex.
    pub fingerprint_sha256: String,
    /// Subject; empty when the certificate cannot be parsed.
    pub subject: String,
    /// Issuer; likewise.
    pub issuer: String,
    /// Kind and size of the key, such as `RSA 2048`; likewise.
    pub public_key: String,
    /// Begin of its life; absent when the certificate cannot be parsed.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_before: Option<OffsetDateTime>,
    /// End of its life; likewise.
    #[serde(with = "time::serde::rfc3339::option")]
    pub not_after: Option<OffsetDateTime>,
    /// DER.
    pub der: Base64,
}

/// What a probe saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProbeReport {
    /// Address and port that were tried last; absent when the host name has none.
    pub address: Option<String>,
    /// How it ended.
    pub outcome: ProbeOutcome,
    /// What was seen and what to do about it, as sentences.
    pub words: String,
    /// Version of TLS, such as `TLS 1.3`, once the server has chosen.
    pub tls_version: Option<String>,
    /// Cipher suite by its name at IANA.
    pub cipher_suite: Option<String>,
    /// Group of the key exchange, such as `X25519`; absent where the server's RSA key did it.
    pub key_exchange_group: Option<String>,
    /// Certificates in the order of the server. They may have come although the handshake failed later.
    pub chain: Vec<ServedCertificate>,
    /// Whether the server proved that it has the key of the first certificate.
    pub key_proved: bool,
    /// Whether the server asked for a certificate of the client; absent when that could not be seen.
    pub client_certificate_asked: Option<bool>,
    /// The alert that the server sent, by name and number: `handshake_failure (40)`.
    pub alert: Option<String>,
    /// Who had the last word; absent when it did not come to a handshake.
    pub engine: Option<ProbeEngine>,
    /// From the beginning to the end, milliseconds.
    pub milliseconds: u64,
    /// What was said before TLS: `< ` before lines of the server, `> ` before ours. Control characters are escaped.
    pub transcript: Vec<String>,
}

impl ProbeReport {
    /// The certificate of the server itself.
    #[must_use]
    pub fn leaf(&self) -> Option<&ServedCertificate> {
        self.chain.first()
    }

    /// Whether the server serves this certificate (SHA-256 of its DER, lower-case hex) and has its key. A server that turns away clients
    /// without a certificate has shown that, too.
    #[must_use]
    pub fn serves(&self, fingerprint_sha256: &str) -> bool {
        let proved = matches!(self.outcome, ProbeOutcome::Served | ProbeOutcome::ClientCertificateRequired) && self.key_proved;
        proved && self.leaf().is_some_and(|leaf| leaf.fingerprint_sha256 == fingerprint_sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probe(host: &str) -> NewProbe {
        NewProbe { host: host.to_owned(), port: 443, protocol: Protocol::Http, tls: TlsMode::Implicit, server_name: None, key_type: None }
    }

    #[test]
    fn hosts_are_names_or_addresses_and_nothing_else() {
        for good in
            ["localhost", "mail.example.org", "mail.example.org.", "192.0.2.1", "2001:db8::1", "under_score", "xn--bcher-kva.example"]
        {
            assert_eq!(probe(good).faults(), [], "{good}");
        }
        let long = ["a".repeat(64), ".".to_owned()].concat();
        for bad in ["", ".", "a b", "a\nb", "a..b", "-a", "[::1]", "a:25", "user@host", "http://a", "b\u{fc}cher.example", &long] {
            assert_eq!(probe(bad).faults().first().map(|fault| fault.0), Some("/host"), "{bad:?}");
        }
    }

    #[test]
    fn what_has_no_tls_is_not_probed() {
        assert_eq!(NewProbe { tls: TlsMode::Starttls, ..probe("a") }.faults()[0].0, "/tls");
        assert_eq!(NewProbe { tls: TlsMode::Off, ..probe("a") }.faults()[0].0, "/tls");
        assert_eq!(NewProbe { port: 0, ..probe("a") }.faults()[0].0, "/port");
        assert_eq!(NewProbe { server_name: Some("192.0.2.1".to_owned()), ..probe("a") }.faults()[0].0, "/server_name");
        assert_eq!(NewProbe { tls: TlsMode::Starttls, protocol: Protocol::Ldap, ..probe("a") }.faults(), []);
    }
}
