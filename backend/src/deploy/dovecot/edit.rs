//! What is wanted of Dovecot, as settings.

use std::path::Path;

use certdeck_shared::api::plan::{ClientVerification, TlsVersion};
use certdeck_shared::api::service::TlsMode;
use certdeck_shared::tls_profiles::recommendation;

use super::assign::{Assignment, Configuration};
use super::listener;
use crate::deploy::adapter::Observation;
use crate::deploy::change::{EditRefused, Edits, Wanted};
use crate::host::tree::Tree;

/// The configuration with other settings.
///
/// # Errors
/// What is not understood, or what Dovecot cannot do.
pub(super) fn edit(tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let mut configuration = Configuration::over(tree, config)?;
    if configuration.now()?.placed.len() != observation.endpoints.len() {
        return Err(EditRefused::because("The configuration is not what it was when it was read."));
    }
    // Who shares a value depends on who speaks TLS, so that comes first; new listeners come last, since endpoints are counted.
    let mut wanted: Vec<&Wanted> = wanted.iter().collect();
    wanted.sort_by_key(|wish| match wish {
        Wanted::Tls { .. } => 0,
        Wanted::Listener { .. } => 2,
        _ => 1,
    });
    for wish in wanted {
        configuration.follow(wish)?;
    }
    Ok(configuration.finish())
}

impl Configuration<'_> {
    fn set(&mut self, endpoints: &[usize], name: &str, value: &str) -> Result<(), EditRefused> {
        self.assign(endpoints, &Assignment { name, value, by_itself: None })
    }

    fn switch(&mut self, endpoints: &[usize], name: &str, value: &str, by_itself: &str) -> Result<(), EditRefused> {
        self.assign(endpoints, &Assignment { name, value, by_itself: Some(by_itself) })
    }

    fn follow(&mut self, wish: &Wanted) -> Result<(), EditRefused> {
        match wish {
            Wanted::Pair { chain: Some(chain), .. } => Err(EditRefused::because(format!(
                "Dovecot has no setting for the chain alone: the content of {} belongs into the file of the certificate.",
                chain.display()
            ))),
            Wanted::Pair { endpoints, pair, certificate, key, chain: None } => self.pair(endpoints, *pair, certificate, key),
            Wanted::Tls { endpoint, tls } => self.encrypt(*endpoint, *tls),
            Wanted::Listener { .. } => listener::add(self, wish),
            Wanted::Protocols { endpoints, lowest, highest } => self.protocols(endpoints, *lowest, *highest),
            Wanted::Profile { endpoints, profile } => {
                let recommended = recommendation(*profile);
                self.protocols(endpoints, recommended.lowest, None)?;
                if let Some(list) = recommended.openssl_list() {
                    self.ciphers(endpoints, &list)?;
                }
                let (name, [server, client]) = self.form.cipher_order();
                self.switch(endpoints, name, if recommended.server_order { server } else { client }, client)
            }
            Wanted::Ciphers { endpoints, ciphers } => self.ciphers(endpoints, ciphers),
            Wanted::ClientCa { endpoints, file } => {
                let file = self.form.file(file)?;
                self.set(endpoints, self.form.client_ca(), &file)?;
                // A file of CA certificates has no revocation lists, without which Dovecot would take no client's certificate.
                self.switch(endpoints, self.form.require_crl(), "no", "yes")
            }
            Wanted::ClientVerification { depth: Some(_), .. } | Wanted::CertificateWatch | Wanted::Nickname { .. } => {
                Err(wish.beyond("Dovecot"))
            }
            Wanted::ClientVerification { endpoints, verification, depth: None } => {
                let (asked, required) = match verification {
                    ClientVerification::Off => ("no", "no"),
                    ClientVerification::Optional => ("yes", "no"),
                    ClientVerification::Required => ("yes", "yes"),
                };
                self.switch(endpoints, self.form.ask_client(), asked, "no")?;
                self.switch(endpoints, "auth_ssl_require_client_cert", required, "no")
            }
        }
    }

    /// Names other files for a pair.
    pub(super) fn pair(&mut self, endpoints: &[usize], pair: usize, certificate: &Path, key: &Path) -> Result<(), EditRefused> {
        let Some([certificate_name, key_name]) = self.form.pair(pair) else {
            return Err(EditRefused::because("Dovecot has room for two pairs."));
        };
        let (certificate, key) = (self.form.file(certificate)?, self.form.file(key)?);
        self.set(endpoints, certificate_name, &certificate)?;
        self.set(endpoints, key_name, &key)
    }

    fn protocols(&mut self, endpoints: &[usize], lowest: TlsVersion, highest: Option<TlsVersion>) -> Result<(), EditRefused> {
        let (name, value) = self.form.protocols(lowest, highest)?;
        self.set(endpoints, name, &value)
    }

    fn ciphers(&mut self, endpoints: &[usize], list: &str) -> Result<(), EditRefused> {
        if list.is_empty() || !list.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-_:!@=.".contains(letter)) {
            return Err(EditRefused::because("Ciphers are a list for OpenSSL: names joined by colons."));
        }
        self.set(endpoints, "ssl_cipher_list", list)
    }

    /// Begins TLS at an endpoint. Where Dovecot has none at all it begins for all protocols: it listens for none of them otherwise.
    pub(super) fn encrypt(&mut self, at: usize, tls: TlsMode) -> Result<(), EditRefused> {
        let now = self.now()?;
        let Some(placed) = now.placed.get(at) else { return Ok(()) };
        let refused = |words: &str| Err(EditRefused { place: placed.endpoint.place.clone(), words: words.to_owned() });
        match (tls, placed.implicit) {
            (TlsMode::Off, _) => return refused("TLS is only turned on here."),
            (TlsMode::Starttls, true) => return refused("TLS begins with the first byte at this listener: the other one has STARTTLS."),
            (TlsMode::Implicit, false) if placed.endpoint.tls == TlsMode::Starttls => {
                return refused("Clients begin TLS by STARTTLS here: TLS from the first byte needs a listener of its own.");
            }
            _ => {}
        }
        // `ssl = yes` in a block is passed over while it is `no` outside.
        for filters in [&[][..], &placed.filters] {
            let now = self.now()?;
            if let Some(held) = now.scopes.held("ssl", filters).filter(|held| held.text == "no") {
                let place = held.place.clone();
                self.replace(&place, "yes")?;
            }
        }
        if tls == TlsMode::Implicit && !placed.implicit {
            return self.set_of_listener(&placed.service, &placed.listener, "ssl", "yes");
        }
        Ok(())
    }

    /// A setting in the block of a listener.
    pub(super) fn set_of_listener(&mut self, service: &str, listener: &str, name: &str, value: &str) -> Result<(), EditRefused> {
        let now = self.now()?;
        match now.scopes.of_listener(service, listener, name).and_then(|effective| effective.place) {
            Some(place) => self.replace(&place, value),
            None => {
                let names = [format!("service {service}"), format!("inet_listener {listener}")];
                self.add_in_block(&now, &names, &format!("{name} = {value}"))
            }
        }
    }
}
