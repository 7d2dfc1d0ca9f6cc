//! What is asked: the ports that people know by heart, and what an address of the page says.

use certdeck_shared::api::inventory::{ComparedProfile, NewInventory};
use certdeck_shared::api::paths::segment;
use certdeck_shared::api::probe::{NewProbe, ProbeKeyType};
use certdeck_shared::api::service::{Protocol, TlsMode};
use wasm_bindgen::JsValue;

use crate::place::Place;
use crate::state::address;
use crate::view::*;

/// A port where everybody looks for a service.
pub struct Usual {
    /// Its name.
    pub name: &'static str,
    /// The port.
    pub port: u16,
    /// What is spoken.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
}

const fn usual(name: &'static str, port: u16, protocol: Protocol, tls: TlsMode) -> Usual {
    Usual { name, port, protocol, tls }
}

/// Web, directory, files, mail, talk, databases.
pub const USUAL: [Usual; 16] = [
    usual("HTTPS", 443, Protocol::Http, TlsMode::Implicit),
    usual("Tomcat", 8443, Protocol::Http, TlsMode::Implicit),
    usual("LDAP", 389, Protocol::Ldap, TlsMode::Starttls),
    usual("LDAPS", 636, Protocol::Ldap, TlsMode::Implicit),
    usual("FTP", 21, Protocol::Ftp, TlsMode::Starttls),
    usual("SMTP", 25, Protocol::Smtp, TlsMode::Starttls),
    usual("Submission", 587, Protocol::Smtp, TlsMode::Starttls),
    usual("SMTPS", 465, Protocol::Smtp, TlsMode::Implicit),
    usual("IMAP", 143, Protocol::Imap, TlsMode::Starttls),
    usual("IMAPS", 993, Protocol::Imap, TlsMode::Implicit),
    usual("POP3", 110, Protocol::Pop3, TlsMode::Starttls),
    usual("POP3S", 995, Protocol::Pop3, TlsMode::Implicit),
    usual("XMPP", 5222, Protocol::Xmpp, TlsMode::Starttls),
    usual("SIPS", 5061, Protocol::Sip, TlsMode::Implicit),
    usual("PostgreSQL", 5432, Protocol::Postgresql, TlsMode::Starttls),
    usual("MySQL", 3306, Protocol::Mysql, TlsMode::Starttls),
];

/// What the address says when everything is asked for.
const EVERYTHING: &str = "inventory";

/// The form.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Host name or address.
    pub host: RwSignal<String>,
    /// Port.
    pub port: RwSignal<String>,
    /// What is spoken, by its name.
    pub protocol: RwSignal<String>,
    /// How TLS begins, by its name.
    pub tls: RwSignal<String>,
    /// Name in the handshake.
    pub server_name: RwSignal<String>,
    /// Kind of key.
    pub key_type: RwSignal<String>,
    /// Whether everything that the port takes is asked for, and not one handshake.
    pub everything: RwSignal<bool>,
    /// Mozilla's profile beside it, by its name.
    pub profile: RwSignal<String>,
    /// The watched endpoint that it is about.
    pub endpoint: StoredValue<Option<String>>,
}

impl Asked {
    /// What the address of the page says; HTTPS of no host otherwise.
    pub fn of_address() -> Self {
        let value = |name: &str, otherwise: &str| RwSignal::new(address::asked(name).unwrap_or_else(|| otherwise.to_owned()));
        Self {
            host: value("host", ""),
            port: value("port", "443"),
            protocol: value("protocol", "http"),
            tls: value("tls", "implicit"),
            server_name: value("server-name", ""),
            key_type: value("key-type", ""),
            everything: RwSignal::new(address::asked("ask").as_deref() == Some(EVERYTHING)),
            profile: value("profile", "intermediate"),
            endpoint: StoredValue::new(address::asked("endpoint")),
        }
    }

    /// Writes what is asked into the address, with the job that finds it out: it survives a reload.
    pub fn keep(self, job: Option<&str>) {
        let text = |name: &str, field: RwSignal<String>| [name, "=", &segment(&field.get_untracked())].concat();
        let mut query = vec![
            text("host", self.host),
            text("port", self.port),
            text("protocol", self.protocol),
            text("tls", self.tls),
            text("server-name", self.server_name),
        ];
        if self.everything.get_untracked() {
            query.extend([["ask=", EVERYTHING].concat(), text("profile", self.profile)]);
        }
        query.extend(self.endpoint.get_value().map(|id| ["endpoint=", &segment(&id)].concat()));
        query.extend(job.map(|id| ["job=", id].concat()));
        let address = [Place::Probe.path(), "?".to_owned(), query.join("&")].concat();
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
    }

    /// Where one came from.
    pub fn back(self) -> Place {
        self.endpoint.get_value().map_or(Place::Deployments, Place::Endpoint)
    }

    /// Takes a usual port over.
    pub fn take(self, usual: &Usual) {
        self.port.set(usual.port.to_string());
        self.protocol.set(usual.protocol.name().to_owned());
        self.tls.set(usual.tls.name().to_owned());
    }

    /// Whether a usual port is asked.
    pub fn is(self, usual: &Usual) -> bool {
        let new = self.probe();
        (new.port, new.protocol, new.tls) == (usual.port, usual.protocol, usual.tls)
    }

    /// The inventory.
    pub fn inventory(self) -> NewInventory {
        let profile = match self.profile.get().as_str() {
            "modern" => ComparedProfile::Modern,
            "old" => ComparedProfile::Old,
            _ => ComparedProfile::Intermediate,
        };
        NewInventory::of(self.probe(), profile)
    }

    /// The probe.
    pub fn probe(self) -> NewProbe {
        NewProbe {
            host: self.host.get().trim().to_owned(),
            // The console says what is wrong with a port that is none.
            port: self.port.get().trim().parse().unwrap_or_default(),
            protocol: Protocol::named(&self.protocol.get()).unwrap_or(Protocol::Other),
            tls: TlsMode::named(&self.tls.get()),
            server_name: Some(self.server_name.get().trim().to_owned()).filter(|name| !name.is_empty()),
            key_type: match self.key_type.get().as_str() {
                "rsa" => Some(ProbeKeyType::Rsa),
                "ecdsa" => Some(ProbeKeyType::Ecdsa),
                _ => None,
            },
        }
    }
}
