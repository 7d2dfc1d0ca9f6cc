//! What settings are called: 2.4 named most of them anew, and refuses the older names.

use std::path::Path;

use certdeck_shared::api::plan::TlsVersion;

use super::Dovecot;
use super::scopes::Scopes;
use crate::deploy::adapter::ServiceAdapter as _;
use crate::deploy::change::EditRefused;
use crate::deploy::version;
use crate::host::tree::Tree;

/// A generation of Dovecot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// 2.0 to 2.2, with `ssl_protocols`.
    V22,
    /// 2.3, with `ssl_min_protocol`.
    V23,
    /// 2.4, with `ssl_server_cert_file`.
    V24,
}

impl Form {
    /// The form of a configuration, as it says itself; otherwise that of the program.
    ///
    /// # Errors
    /// The form of 1.x.
    pub(super) fn of(scopes: &Scopes, tree: &Tree) -> Result<Self, EditRefused> {
        if let Some(held) = scopes.first("ssl_cert_file") {
            return Err(EditRefused::at(
                held.place,
                "This is the form of Dovecot 1, which is only read: `doveconf -n` writes it in that of 2.",
            ));
        }
        if scopes.first("dovecot_config_version").is_some() || scopes.first("ssl_server_cert_file").is_some() {
            return Ok(Self::V24);
        }
        if scopes.first("ssl_protocols").is_some() {
            return Ok(Self::V22);
        }
        if scopes.first("ssl_min_protocol").is_some() {
            return Ok(Self::V23);
        }
        let installed = version::installed(tree, &Dovecot.describe());
        let numbers = installed.as_deref().map(|text| text.split(['.', ' ']).map_while(|part| part.parse().ok()).collect::<Vec<u32>>());
        Ok(match numbers.as_deref() {
            Some([2, minor, ..]) if *minor < 3 => Self::V22,
            Some([2, 3, ..]) | None => Self::V23,
            Some(_) => Self::V24,
        })
    }

    /// Certificate and key of the first and of the second pair.
    pub(super) fn pair(self, pair: usize) -> Option<[&'static str; 2]> {
        match (self, pair) {
            (Self::V24, 0) => Some(["ssl_server_cert_file", "ssl_server_key_file"]),
            (Self::V24, 1) => Some(["ssl_server_alt_cert_file", "ssl_server_alt_key_file"]),
            (_, 0) => Some(["ssl_cert", "ssl_key"]),
            (_, 1) => Some(["ssl_alt_cert", "ssl_alt_key"]),
            _ => None,
        }
    }

    /// CA certificates for those of clients.
    pub(super) fn client_ca(self) -> &'static str {
        if self == Self::V24 { "ssl_server_ca_file" } else { "ssl_ca" }
    }

    /// Whether each CA must have a revocation list beside it.
    pub(super) fn require_crl(self) -> &'static str {
        if self == Self::V24 { "ssl_server_require_crl" } else { "ssl_require_crl" }
    }

    /// Whether clients are asked for a certificate.
    pub(super) fn ask_client(self) -> &'static str {
        if self == Self::V24 { "ssl_server_request_client_cert" } else { "ssl_verify_client_cert" }
    }

    /// Whose order of ciphers counts: the setting, and its value for the server's and for the client's, which is that of the program.
    pub(super) fn cipher_order(self) -> (&'static str, [&'static str; 2]) {
        match self {
            Self::V24 => ("ssl_server_prefer_ciphers", ["server", "client"]),
            Self::V22 | Self::V23 => ("ssl_prefer_server_ciphers", ["yes", "no"]),
        }
    }

    /// The address of a listener.
    pub(super) fn address(self) -> &'static str {
        if self == Self::V24 { "listen" } else { "address" }
    }

    /// The setting for versions of TLS, and its value.
    ///
    /// # Errors
    /// What this form has no words for.
    pub(super) fn protocols(self, lowest: TlsVersion, highest: Option<TlsVersion>) -> Result<(&'static str, String), EditRefused> {
        let highest = highest.filter(|highest| *highest < TlsVersion::Tls13);
        match self {
            Self::V22 if lowest < TlsVersion::Tls13 => {
                let refused =
                    TlsVersion::ALL.iter().filter(|version| **version < lowest || highest.is_some_and(|highest| **version > highest));
                // 2.2 knows no name for TLS 1.3, with which it is seldom built.
                let refused = refused.filter(|version| **version < TlsVersion::Tls13).map(|version| version.openssl_name());
                let words: Vec<String> = ["SSLv2", "SSLv3"].into_iter().chain(refused).map(|name| format!("!{name}")).collect();
                Ok(("ssl_protocols", words.join(" ")))
            }
            Self::V22 => Err(EditRefused::because("Dovecot 2.2 has no name for TLS 1.3.")),
            Self::V23 | Self::V24 if highest.is_none() => Ok(("ssl_min_protocol", lowest.openssl_name().to_owned())),
            Self::V23 | Self::V24 => {
                Err(EditRefused::because("Dovecot has a setting for the lowest version of TLS, and none for the highest."))
            }
        }
    }

    /// A file as a value.
    ///
    /// # Errors
    /// A path that cannot be written without quotes, in which `<` would be a letter.
    pub(super) fn file(self, path: &Path) -> Result<String, EditRefused> {
        let refused = |letter: char| letter.is_whitespace() || letter.is_control() || "\"'\\#$%{}<".contains(letter);
        match path.to_str().filter(|text| text.starts_with('/') && !text.contains(refused)) {
            Some(text) => Ok(if self == Self::V24 { text.to_owned() } else { format!("<{text}") }),
            None => Err(EditRefused::because(format!(
                "Dovecot cannot be told of {}: a path is absolute and has no spaces, quotes, braces, and none of \\ # $ % <.",
                path.display()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_spelt_as_each_form_knows_them() {
        use TlsVersion::{Tls10, Tls12, Tls13};
        let said = |form: Form, lowest, highest| form.protocols(lowest, highest).map(|(name, value)| format!("{name} = {value}"));
        assert_eq!(said(Form::V22, Tls12, None).unwrap(), "ssl_protocols = !SSLv2 !SSLv3 !TLSv1 !TLSv1.1");
        assert_eq!(said(Form::V22, Tls10, Some(Tls12)).unwrap(), "ssl_protocols = !SSLv2 !SSLv3");
        assert_eq!(said(Form::V23, Tls12, Some(Tls13)).unwrap(), "ssl_min_protocol = TLSv1.2");
        assert!(said(Form::V22, Tls13, None).is_err());
        assert!(said(Form::V24, Tls12, Some(Tls12)).is_err());
    }
}
