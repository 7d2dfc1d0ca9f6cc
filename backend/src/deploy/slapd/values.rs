//! The directives that wishes come to. slapd has one set of them for all its addresses.

use std::path::Path;

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::tls_profiles::{Recommendation, recommendation};

use super::library::TlsLibrary;
use crate::deploy::adapter::Observation;
use crate::deploy::change::{EditRefused, Wanted};

/// The file of the certificate that slapd serves.
pub const CERTIFICATE: &str = "TLSCertificateFile";
/// The file of its private key.
pub const KEY: &str = "TLSCertificateKeyFile";
/// The file of the CA certificates that client certificates are checked with.
pub const CA: &str = "TLSCACertificateFile";
const CIPHERS: &str = "TLSCipherSuite";
const LOWEST: &str = "TLSProtocolMin";
const CLIENTS: &str = "TLSVerifyClient";

/// The directives as they are, and as they shall be.
pub struct Values<'a> {
    observation: &'a Observation,
    library: Option<TlsLibrary>,
    present: Vec<(String, String)>,
    /// Directives with other values, and addresses that are added.
    pub wanted: Vec<(&'static str, String)>,
    /// Addresses that are added.
    pub addresses: Vec<String>,
}

impl<'a> Values<'a> {
    /// `present` are the directives by their names in lower case, the one that counts last.
    pub fn new(observation: &'a Observation, library: Option<TlsLibrary>, present: Vec<(String, String)>) -> Self {
        Self { observation, library, present, wanted: Vec::new(), addresses: Vec::new() }
    }

    /// The value of a directive with the wishes so far.
    fn value(&self, name: &str) -> Option<&str> {
        let wanted = self.wanted.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let lower = name.to_ascii_lowercase();
        wanted.or_else(|| self.present.iter().rev().find(|(known, _)| *known == lower).map(|(_, value)| value.as_str()))
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.wanted.retain(|(known, _)| *known != name);
        self.wanted.push((name, value.into()));
    }

    /// Adds a wish.
    pub fn add(&mut self, wish: &Wanted) -> Result<(), EditRefused> {
        match wish {
            Wanted::Pair { endpoints, pair, certificate, key, chain } => {
                self.check_all(endpoints)?;
                if *pair > 0 {
                    return Err(EditRefused::because(
                        "slapd serves one certificate: it cannot have a second one with another kind of key.",
                    ));
                }
                if chain.is_some() {
                    return Err(EditRefused::because(
                        "slapd has no setting for a chain of its own: the chain goes into the file of the certificate.",
                    ));
                }
                self.pair(certificate, key)
            }
            Wanted::Tls { endpoint, tls } => self.begin(*endpoint, *tls),
            Wanted::Listener { protocol, tls, port, address, server_name, pair } => {
                self.listener(*protocol, *tls, *port, address.as_deref(), server_name.as_deref())?;
                match pair {
                    Some((certificate, key)) if self.value(CERTIFICATE).is_none() => self.pair(certificate, key),
                    _ => Ok(()),
                }
            }
            Wanted::Profile { endpoints, profile } => {
                self.check_all(endpoints)?;
                self.profile(recommendation(*profile))
            }
            Wanted::Protocols { endpoints, lowest, highest } => {
                self.check_all(endpoints)?;
                self.versions(*lowest, *highest)
            }
            Wanted::Ciphers { endpoints, ciphers } => {
                self.check_all(endpoints)?;
                let known = |letter: char| letter.is_ascii_alphanumeric() || ":+-!@=_.%,".contains(letter);
                if ciphers.is_empty() || !ciphers.chars().all(known) {
                    return Err(EditRefused::because(format!("{ciphers:?} is no list of cipher suites as slapd takes it.")));
                }
                self.set(CIPHERS, ciphers);
                Ok(())
            }
            Wanted::ClientCa { endpoints, file } => {
                self.check_all(endpoints)?;
                self.set(CA, path(file)?);
                Ok(())
            }
            Wanted::ClientVerification { depth: Some(_), .. } | Wanted::CertificateWatch | Wanted::Nickname { .. } => {
                Err(wish.beyond("slapd"))
            }
            Wanted::ClientVerification { endpoints, verification, depth: None } => {
                self.check_all(endpoints)?;
                self.clients(*verification)
            }
        }
    }

    /// What cannot be for some addresses alone.
    fn check_all(&self, endpoints: &[usize]) -> Result<(), EditRefused> {
        let others =
            self.observation.endpoints.iter().enumerate().filter(|(at, endpoint)| endpoint.tls != TlsMode::Off && !endpoints.contains(at));
        match others.map(|(_, endpoint)| endpoint.name.as_str()).next() {
            None => Ok(()),
            Some(other) => Err(EditRefused::because(format!(
                "slapd has one certificate and one set of TLS settings for all its addresses: choose {other} as well."
            ))),
        }
    }

    fn pair(&mut self, certificate: &Path, key: &Path) -> Result<(), EditRefused> {
        self.set(CERTIFICATE, path(certificate)?);
        self.set(KEY, path(key)?);
        Ok(())
    }

    fn begin(&self, endpoint: usize, tls: TlsMode) -> Result<(), EditRefused> {
        let Some(endpoint) = self.observation.endpoints.get(endpoint) else {
            return Err(EditRefused::because("There is no such endpoint."));
        };
        match (tls, endpoint.tls) {
            // It is offered at ldap:// as soon as there is a certificate, which `check` sees to.
            (TlsMode::Starttls, TlsMode::Off | TlsMode::Starttls) | (TlsMode::Implicit, TlsMode::Implicit) => Ok(()),
            (TlsMode::Implicit, _) => Err(EditRefused::because(
                "slapd begins TLS at once only at addresses ldaps://: add an endpoint with a port of its own, usually 636.",
            )),
            _ => Err(EditRefused::because("slapd offers TLS at all its addresses ldap:// when it has a certificate.")),
        }
    }

    fn listener(
        &mut self,
        protocol: Protocol,
        tls: TlsMode,
        port: u16,
        address: Option<&str>,
        server_name: Option<&str>,
    ) -> Result<(), EditRefused> {
        if protocol != Protocol::Ldap {
            return Err(EditRefused::because("slapd speaks LDAP and nothing else."));
        }
        if server_name.is_some() {
            return Err(EditRefused::because("slapd has no addresses for a single host name."));
        }
        let (scheme, usual) = if tls == TlsMode::Implicit { ("ldaps", 636) } else { ("ldap", 389) };
        let host = address.unwrap_or_default();
        if host.chars().any(|letter| !(letter.is_ascii_alphanumeric() || ".:-[]".contains(letter))) {
            return Err(EditRefused::because(format!("{host:?} is no address to listen at.")));
        }
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        self.addresses.push(if port == usual { format!("{scheme}://{host}/") } else { format!("{scheme}://{host}:{port}/") });
        Ok(())
    }

    fn profile(&mut self, recommended: &Recommendation) -> Result<(), EditRefused> {
        match (self.library()?, recommended.openssl_list()) {
            (TlsLibrary::GnuTls, _) => self.set(CIPHERS, gnutls(recommended)),
            (TlsLibrary::OpenSsl, Some(list)) => self.set(CIPHERS, list),
            // Lists are for TLS 1.2 and below.
            (TlsLibrary::OpenSsl, None) => {}
        }
        self.versions(recommended.lowest, None)
    }

    fn versions(&mut self, lowest: TlsVersion, highest: Option<TlsVersion>) -> Result<(), EditRefused> {
        if highest.is_some_and(|highest| highest < lowest) {
            return Err(EditRefused::because("The highest version of TLS is below the lowest."));
        }
        match self.library()? {
            TlsLibrary::GnuTls => {
                let highest = highest.unwrap_or(TlsVersion::Tls13);
                let present = self.value(CIPHERS).filter(|value| !value.is_empty()).unwrap_or("NORMAL");
                let kept = present.split(':').filter(|word| !word.trim_start_matches(['+', '-', '!']).starts_with("VERS-"));
                let versions = TlsVersion::between(lowest, highest).collect::<Vec<_>>();
                let versions = versions.iter().rev().map(|version| format!("+VERS-TLS{}", number(*version)));
                let words: Vec<String> = kept.map(str::to_owned).chain(["-VERS-ALL".to_owned()]).chain(versions).collect();
                self.set(CIPHERS, words.join(":"));
            }
            TlsLibrary::OpenSsl if highest.is_some_and(|highest| highest < TlsVersion::Tls13) => {
                return Err(EditRefused::because("slapd with OpenSSL has no setting for the highest version of TLS: leave it open."));
            }
            TlsLibrary::OpenSsl => self.set(LOWEST, minimum(lowest)),
        }
        Ok(())
    }

    fn library(&self) -> Result<TlsLibrary, EditRefused> {
        let unknown =
            "It is not known whether this slapd uses GnuTLS or OpenSSL, which spell versions and ciphers differently: start it first.";
        self.library.ok_or_else(|| EditRefused::because(unknown))
    }

    fn clients(&mut self, verification: ClientVerification) -> Result<(), EditRefused> {
        if verification != ClientVerification::Off && self.value(CA).is_none() && self.value("TLSCACertificatePath").is_none() {
            return Err(EditRefused::because("slapd has no CA certificates to check those of clients with: give it some as well."));
        }
        let (word, synonyms): (&str, &[&str]) = match verification {
            ClientVerification::Off => ("never", &["never"]),
            ClientVerification::Optional => ("try", &["try"]),
            ClientVerification::Required => ("demand", &["demand", "hard", "true"]),
        };
        let present = self.value(CLIENTS).unwrap_or("never");
        if !synonyms.iter().any(|known| known.eq_ignore_ascii_case(present)) {
            self.set(CLIENTS, word);
        }
        Ok(())
    }

    /// What only all wishes together can tell.
    pub fn check(&self, wanted: &[Wanted]) -> Result<(), EditRefused> {
        let begins = wanted
            .iter()
            .any(|wish| matches!(wish, Wanted::Tls { .. }) || matches!(wish, Wanted::Listener { tls, .. } if *tls != TlsMode::Off));
        match begins && self.value(CERTIFICATE).is_none() {
            true => Err(EditRefused::because("slapd has no certificate: bind one to it as well.")),
            false => Ok(()),
        }
    }
}

/// A path as slapd takes it.
fn path(path: &Path) -> Result<String, EditRefused> {
    let text = path.to_str().filter(|text| !text.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '\\')));
    text.map(str::to_owned).ok_or_else(|| EditRefused::because(format!("slapd would read {path:?} as another path.")))
}

fn number(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Tls10 => "1.0",
        TlsVersion::Tls11 => "1.1",
        TlsVersion::Tls12 => "1.2",
        TlsVersion::Tls13 => "1.3",
    }
}

/// TLS in the counting of SSL, as slapd has it.
fn minimum(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Tls10 => "3.1",
        TlsVersion::Tls11 => "3.2",
        TlsVersion::Tls12 => "3.3",
        TlsVersion::Tls13 => "3.4",
    }
}

/// A recommendation as a priority string of GnuTLS: its ciphers, its key exchanges and authenticated encryption alone.
fn gnutls(recommended: &Recommendation) -> String {
    const CIPHERS: [(&str, &str); 3] =
        [("AES_128_GCM", "+AES-128-GCM"), ("AES_256_GCM", "+AES-256-GCM"), ("CHACHA20_POLY1305", "+CHACHA20-POLY1305")];
    const EXCHANGES: [(&str, &str); 2] = [("TLS_ECDHE_ECDSA_", "+ECDHE-ECDSA"), ("TLS_ECDHE_RSA_", "+ECDHE-RSA")];
    let names = recommended.iana_names();
    let used = |table: &[(&str, &'static str)]| -> Vec<&'static str> {
        table.iter().filter(|(part, _)| names.iter().any(|name| name.contains(part))).map(|(_, word)| *word).collect()
    };
    let exchanges = used(&EXCHANGES);
    let mut words = vec!["NORMAL", "-CIPHER-ALL"];
    words.extend(used(&CIPHERS));
    words.extend(["-MAC-ALL", "+AEAD"]);
    if !exchanges.is_empty() {
        words.push("-KX-ALL");
        words.extend(exchanges);
    }
    words.join(":")
}
