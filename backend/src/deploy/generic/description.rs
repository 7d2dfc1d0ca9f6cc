//! The description of a service (TOML), which an administrator writes.
//!
//! ```toml
//! certificate = "/etc/xmpp/cert.pem"
//! key = "/etc/xmpp/key.pem"
//! chain = "/etc/xmpp/chain.pem"      # when it is not in the file of the certificate
//! client-ca = ["/etc/xmpp/ca.pem"]   # when clients show certificates
//! key-reader = "xmpp"                # root otherwise
//!
//! [[port]]
//! address = "*:5223"
//! protocol = "other"                 # http, smtp, imap, pop3, sieve, lmtp, ftp, ldap
//! tls = "implicit"                   # starttls, off
//! name = "xmpps"                     # the address otherwise
//! server-names = ["xmpp.example.org"]
//! ```

use std::ops::Range;
use std::path::Path;

use certdeck_shared::api::service::{Effective, Place, Protocol, TlsMode};
use serde::Deserialize;
use toml::Spanned;

use crate::deploy::adapter::set_at;

/// Most ports of a service.
const MOST_PORTS: usize = 100;

/// A description that was read; each value knows its place.
pub(super) struct Described {
    text: String,
    file: File,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    certificate: Spanned<String>,
    key: Spanned<String>,
    chain: Option<Spanned<String>>,
    #[serde(default)]
    client_ca: Vec<Spanned<String>>,
    key_reader: Option<Spanned<String>>,
    #[serde(default)]
    port: Vec<Spanned<Port>>,
}

/// Where a service is reached.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Port {
    pub(super) address: String,
    pub(super) protocol: Protocol,
    pub(super) tls: TlsMode,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) server_names: Vec<String>,
}

impl Described {
    /// Reads a description.
    ///
    /// # Errors
    /// What is not understood, with its line.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| "it is no UTF-8".to_owned())?;
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| line_of(&text, &span)).unwrap_or(1);
            format!("line {line}: {}", error.message().trim_end_matches('.'))
        })?;
        let described = Self { text, file };
        described.check()?;
        Ok(described)
    }

    fn check(&self) -> Result<(), String> {
        let file = &self.file;
        let paths = [Some(&file.certificate), Some(&file.key), file.chain.as_ref()].into_iter().flatten().chain(&file.client_ca);
        for path in paths {
            if !Path::new(path.get_ref()).is_absolute() || path.get_ref().chars().any(char::is_control) {
                return Err(format!("line {}: a path is absolute, and without control characters", line_of(&self.text, &path.span())));
            }
        }
        if file.port.is_empty() || file.port.len() > MOST_PORTS {
            return Err(format!("a service has 1 to {MOST_PORTS} ports"));
        }
        for port in &file.port {
            let number = port.get_ref().address.rsplit_once(':').and_then(|(host, number)| Some((host, number.parse::<u16>().ok()?)));
            if number.is_none_or(|(host, number)| host.is_empty() || number == 0) {
                let line = line_of(&self.text, &port.span());
                return Err(format!("line {line}: an address is such as *:443, 127.0.0.1:25 or [::1]:993"));
            }
        }
        Ok(())
    }

    /// A value by its name.
    pub(super) fn setting(&self, name: &str, config: &Path) -> Option<Effective> {
        let value = match name {
            "certificate" => Some(&self.file.certificate),
            "key" => Some(&self.file.key),
            "chain" => self.file.chain.as_ref(),
            "key-reader" => self.file.key_reader.as_ref(),
            _ => None,
        };
        value.map(|value| self.effective(name, value, config))
    }

    /// CA certificates that clients are checked with.
    pub(super) fn authorities(&self, config: &Path) -> Vec<Effective> {
        self.file.client_ca.iter().map(|path| self.effective("client-ca", path, config)).collect()
    }

    /// The ports with their places.
    pub(super) fn ports(&self, config: &Path) -> Vec<(Port, Place)> {
        self.file.port.iter().map(|port| (port.get_ref().clone(), self.place(&port.span(), config))).collect()
    }

    /// The bytes of a value in the file, its quotes included.
    pub(super) fn span(&self, name: &str) -> Option<Range<usize>> {
        match name {
            "certificate" => Some(self.file.certificate.span()),
            "key" => Some(self.file.key.span()),
            "chain" => self.file.chain.as_ref().map(Spanned::span),
            _ => None,
        }
    }

    fn effective(&self, name: &str, value: &Spanned<String>, config: &Path) -> Effective {
        set_at(name, value.get_ref().clone(), &self.place(&value.span(), config))
    }

    fn place(&self, span: &Range<usize>, config: &Path) -> Place {
        Place { file: config.display().to_string(), line: line_of(&self.text, span) }
    }
}

fn line_of(text: &str, span: &Range<usize>) -> u32 {
    let before = text.get(..span.start).unwrap_or_default();
    u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
}

/// A text in quotes as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    // What JSON escapes, TOML escapes in the same way.
    serde_json::Value::String(text.to_owned()).to_string()
}
