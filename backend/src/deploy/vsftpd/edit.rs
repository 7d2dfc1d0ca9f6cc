//! What is wanted of vsftpd, as settings of its one file.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::api::service::{Place, Protocol, TlsMode};
use certdeck_shared::tls_profiles::recommendation;

use super::options::Program;
use super::{CIPHERS, is_yes, syntax};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{EditRefused, Edits, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::place;
use crate::deploy::settings::{Document, What};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// The configuration with other settings.
///
/// # Errors
/// What is not understood, or what vsftpd cannot do.
pub(super) fn edit(tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let mut configuration = Configuration { path: config.to_owned(), drafts: Drafts::over(tree) };
    understood(&configuration.document()?)?;
    for wish in wanted {
        configuration.follow(observation, wish)?;
    }
    Ok(configuration.drafts.finish())
}

/// vsftpd does not start with a line that it does not take, and it is restarted for every change.
fn understood(document: &Document) -> Result<(), EditRefused> {
    for entry in &document.entries {
        let behind = |end: usize| document.bytes().get(end..entry.span.end).unwrap_or_default();
        match &entry.what {
            What::Unknown(words) => return Err(EditRefused::at(&place(document, entry.line), words)),
            What::Setting(setting) if is_yes(&setting.text).is_some() && !matches!(behind(setting.value.end), b"" | b"\n") => {
                let words = "vsftpd takes the space behind YES or NO for a part of it, and does not start.";
                return Err(EditRefused::at(&place(document, entry.line), words));
            }
            _ => {}
        }
    }
    Ok(())
}

struct Configuration<'a> {
    path: PathBuf,
    drafts: Drafts<'a>,
}

impl Configuration<'_> {
    fn document(&self) -> Result<Document, EditRefused> {
        self.drafts.document(&self.path, syntax::parse)
    }

    /// The last setting of a name counts.
    fn value(&self, name: &str) -> Result<Option<String>, EditRefused> {
        Ok(self.document()?.settings().filter(|(setting, _)| setting.name == name).last().map(|(setting, _)| setting.text.clone()))
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), EditRefused> {
        let document = self.document()?;
        let bytes = document.bytes();
        let line = format!("{name}={value}");
        let about_tls = |name: &str| ["ssl_", "rsa_", "implicit_ssl"].iter().any(|part| name.starts_with(part));
        let changed = match document.settings().filter(|(setting, _)| setting.name == name).last() {
            Some((setting, _)) if setting.text == value => return Ok(()),
            Some((setting, _)) => splice::replaced(bytes, &setting.value, value),
            None => match document.entries.iter().rfind(|entry| matches!(&entry.what, What::Setting(one) if about_tls(&one.name))) {
                Some(anchor) => splice::with_line_after(bytes, &anchor.span, &line),
                None => splice::with_line_at_end(bytes, &line),
            },
        };
        self.drafts.put(&self.path, changed)
    }

    /// Sets a switch, unless it is so by itself.
    fn switch(&mut self, name: &str, on: bool, by_itself: Option<bool>) -> Result<(), EditRefused> {
        let now = match self.value(name)? {
            Some(text) => is_yes(&text),
            None => by_itself,
        };
        if now == Some(on) { Ok(()) } else { self.set(name, if on { "YES" } else { "NO" }) }
    }

    fn follow(&mut self, observation: &Observation, wish: &Wanted) -> Result<(), EditRefused> {
        match wish {
            Wanted::Pair { chain: Some(chain), .. } => Err(EditRefused::because(format!(
                "vsftpd has no setting for the chain alone: the content of {} belongs into the file of the certificate.",
                chain.display()
            ))),
            Wanted::Pair { endpoints, .. }
            | Wanted::Profile { endpoints, .. }
            | Wanted::Protocols { endpoints, .. }
            | Wanted::Ciphers { endpoints, .. }
            | Wanted::ClientCa { endpoints, .. }
            | Wanted::ClientVerification { endpoints, .. }
                if endpoints.is_empty() =>
            {
                Ok(())
            }
            Wanted::Pair { pair, certificate, key, .. } => self.pair(*pair, certificate, key),
            Wanted::Tls { tls, .. } => self.encrypt(observation, *tls),
            Wanted::Listener { protocol, tls, port, address, server_name, pair } => {
                let listening = self.value("listen_port")?.unwrap_or_else(|| "21".to_owned());
                if *protocol != Protocol::Ftp || server_name.is_some() || address.is_some() || listening != port.to_string() {
                    return Err(EditRefused::because(
                        "vsftpd listens once for each configuration: another port needs a file and a process of its own.",
                    ));
                }
                self.encrypt(observation, *tls)?;
                pair.as_ref().map_or(Ok(()), |(certificate, key)| self.pair(0, certificate, key))
            }
            Wanted::Profile { profile, .. } => {
                let recommended = recommendation(*profile);
                if let Some(list) = recommended.openssl_list() {
                    self.ciphers(&list)?;
                }
                self.protocols(recommended.lowest, None)
            }
            Wanted::Protocols { lowest, highest, .. } => self.protocols(*lowest, *highest),
            Wanted::Ciphers { ciphers, .. } => self.ciphers(ciphers),
            Wanted::ClientCa { file, .. } => self.set("ca_certs_file", &written(file)?),
            Wanted::ClientVerification { depth: Some(_), .. } | Wanted::CertificateWatch | Wanted::Nickname { .. } => {
                Err(wish.beyond("vsftpd"))
            }
            Wanted::ClientVerification { verification, depth: None, .. } => {
                let (asked, required) = match verification {
                    ClientVerification::Off => (false, false),
                    ClientVerification::Optional => (true, false),
                    ClientVerification::Required => (true, true),
                };
                self.switch("ssl_request_cert", asked, Some(true))?;
                self.switch("require_cert", required, Some(false))?;
                // Without it any certificate will do, one that the client made itself, too.
                self.switch("validate_cert", asked, Some(false))
            }
        }
    }

    /// The second pair is called that of DSA, and takes any kind of key.
    fn pair(&mut self, pair: usize, certificate: &Path, key: &Path) -> Result<(), EditRefused> {
        let [certificate_name, key_name] = match pair {
            0 => ["rsa_cert_file", "rsa_private_key_file"],
            1 => ["dsa_cert_file", "dsa_private_key_file"],
            _ => return Err(EditRefused::because("vsftpd has room for two pairs.")),
        };
        self.set(certificate_name, &written(certificate)?)?;
        // The key is looked for in the certificate's file where it has none of its own.
        if key == certificate && self.value(key_name)?.is_none_or(|file| file.is_empty()) {
            return Ok(());
        }
        self.set(key_name, &written(key)?)
    }

    fn encrypt(&mut self, observation: &Observation, tls: TlsMode) -> Result<(), EditRefused> {
        let now = observation.endpoints.first().map_or(TlsMode::Off, |endpoint| endpoint.tls);
        if tls == TlsMode::Off {
            return Err(EditRefused::because("TLS is only turned on here."));
        }
        if now != TlsMode::Off && now != tls {
            let words = "TLS is on, and clients rely on how it begins: the other way needs a file and a process of its own.";
            return Err(EditRefused { place: self.place("implicit_ssl")?, words: words.to_owned() });
        }
        self.switch("ssl_enable", true, Some(false))?;
        self.switch("implicit_ssl", tls == TlsMode::Implicit, Some(false))
    }

    fn place(&self, name: &str) -> Result<Option<Place>, EditRefused> {
        let document = self.document()?;
        let last = document.settings().filter(|(setting, _)| setting.name == name).last();
        Ok(last.map(|(_, line)| place(&document, line)))
    }

    fn protocols(&mut self, lowest: TlsVersion, highest: Option<TlsVersion>) -> Result<(), EditRefused> {
        let Some(program) = Program::installed(self.drafts.tree()) else {
            return Err(EditRefused::because("vsftpd is not installed here: which switches for versions it knows cannot be told."));
        };
        let switches = program.switches();
        let highest = highest.unwrap_or(TlsVersion::Tls13);
        let modern_ciphers = are_of_tls12(&self.value("ssl_ciphers")?.unwrap_or_else(|| CIPHERS.to_owned()));
        for version in TlsVersion::ALL {
            let on = (lowest..=highest).contains(&version);
            match switches.iter().find(|(known, _)| *known == version) {
                // Versions differ in what they do by themselves.
                Some((_, name)) => self.switch(name, on, None)?,
                None if on || (version < TlsVersion::Tls12 && modern_ciphers) => {}
                None => {
                    let words =
                        format!("This vsftpd has no switch for {}; ciphers of TLS 1.2 keep older versions out.", version.openssl_name());
                    return Err(EditRefused::because(words));
                }
            }
        }
        self.switch("ssl_sslv2", false, Some(false))?;
        self.switch("ssl_sslv3", false, Some(false))
    }

    fn ciphers(&mut self, list: &str) -> Result<(), EditRefused> {
        if list.is_empty() || !list.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-_:!@=.,".contains(letter)) {
            return Err(EditRefused::because("Ciphers are a list for OpenSSL: names joined by colons."));
        }
        self.set("ssl_ciphers", list)
    }
}

/// Whether no cipher of a list can be used before TLS 1.2. Classes of ciphers, such as `HIGH`, may hold others.
fn are_of_tls12(list: &str) -> bool {
    list.split([':', ',']).all(|name| ["-GCM-", "-CHACHA20-", "-CCM"].iter().any(|part| name.contains(part)) && !name.contains('+'))
}

/// A file as a value: everything up to the end of the line is the path.
fn written(path: &Path) -> Result<String, EditRefused> {
    match path.to_str().filter(|text| text.starts_with('/') && text.trim() == *text && !text.contains(char::is_control)) {
        Some(text) => Ok(text.to_owned()),
        None => Err(EditRefused::because(format!(
            "vsftpd cannot be told of {}: a path is absolute, does not end with a space and has no control characters.",
            path.display()
        ))),
    }
}
