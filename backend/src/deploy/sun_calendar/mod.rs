//! Calendar Server of Sun: `ics.conf`, and a certificate that is named by its nickname in an NSS database.

mod edit;
mod editor;
mod rules;
pub mod syntax;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Protocol, ServiceKind, Term, TlsMode};
use certdeck_shared::sun;

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, nicknamed, set_at};
use super::reading::{LONGEST, Reading, place};
use super::settings::{Document, What};
use crate::host::tree::{Process, Tree};

/// The adapter.
pub struct SunCalendar;

/// Where packages put it.
const USUAL: &[&str] =
    &["/etc/opt/SUNWics5/config/ics.conf", "/etc/opt/SUNWics5/cal/config/ics.conf", "/etc/opt/sun/calendar/config/ics.conf"];

impl ServiceAdapter for SunCalendar {
    fn describe(&self) -> Description {
        Description { kind: ServiceKind::SunCalendar, usual: USUAL, version: ("csversion", &[]) }
    }

    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf> {
        // It is not told where its file is.
        let known = USUAL.iter().map(PathBuf::from).find(|path| tree.attributes(path).is_ok());
        known.filter(|_| process.program == "cshttpd")
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let Some(document) = reading.begin(config, None, syntax::parse) else {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        for entry in &document.entries {
            if let What::Unknown(words) = &entry.what {
                reading.remark(&place(&document, entry.line), words);
            }
        }
        let parameters = Parameters { document: &document };
        for (place, words) in rules::broken(&parameters) {
            reading.remark(&place, words);
        }
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: parameters.value("local.serveruid", "icsuser").value,
                words: "cshttpd reads the database and sslpassword.conf beside it when it starts, and again never: it is restarted for new ones."
                    .to_owned(),
            },
            config_files: reading.files,
            endpoints: endpoints(&parameters),
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }

    fn database(&self, tree: &Tree, config: &Path) -> Option<PathBuf> {
        let document = syntax::parse(config.to_owned(), tree.read(config, LONGEST).ok()?);
        Some(PathBuf::from(Parameters { document: &document }.database().value))
    }

    fn terms(&self) -> Vec<Term> {
        sun::parameter_terms(sun::CALENDAR_PARAMETERS).chain(sun::cipher_terms()).collect()
    }
}

/// The settings that count.
struct Parameters<'a> {
    document: &'a Document,
}

impl Parameters<'_> {
    /// A setting, the last of its name.
    fn given(&self, name: &str) -> Option<Effective> {
        let (setting, line) = self.document.settings().filter(|(setting, _)| setting.name == name).last()?;
        Some(set_at(name, setting.text.clone(), &place(self.document, line)))
    }

    fn value(&self, name: &str, default: &str) -> Effective {
        self.given(name).unwrap_or_else(|| built_in(name, default))
    }

    /// What the table knows as the default.
    fn or_known(&self, name: &str) -> Effective {
        self.value(name, sun::parameter(sun::CALENDAR_PARAMETERS, name).map_or("", |parameter| parameter.default))
    }

    fn yes(&self, name: &str) -> bool {
        matches!(self.or_known(name).value.to_ascii_lowercase().as_str(), "yes" | "true" | "on" | "1")
    }

    /// The directory of the NSS database: since 6.3 by `local.ssldbpath`.
    fn database(&self) -> Effective {
        let given = ["local.ssldbpath", "service.http.ssl.certdb.path"].into_iter().find_map(|name| self.given(name));
        given.unwrap_or_else(|| self.or_known("local.ssldbpath"))
    }

    /// The nickname, with its token where that is not NSS's own.
    fn certificate(&self) -> Effective {
        let mut nickname = self.or_known("encryption.rsa.nssslpersonalityssl");
        let token = self.or_known("encryption.rsa.nsssltoken").value;
        if !token.is_empty() && token != "internal" && !nickname.value.contains(':') {
            nickname.value = format!("{token}:{}", nickname.value);
        }
        nickname
    }
}

fn endpoints(parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let http = parameters.or_known("service.http.port");
    let name = parameters.given("service.http.calendarhostname").map(|name| name.value).filter(|name| !name.is_empty());
    let plain = Endpoint {
        name: "http".to_owned(),
        protocol: Protocol::Http,
        tls: TlsMode::Off,
        addresses: vec![format!("*:{}", http.value)],
        server_names: name.into_iter().collect(),
        place: http.place,
        pairs: Vec::new(),
        client_ca: Vec::new(),
        protocols: None,
        ciphers: None,
        client_verification: None,
    };
    if !parameters.yes("service.http.ssl.port.enable") || !parameters.yes("service.http.enable") {
        return vec![plain];
    }
    let port = parameters.or_known("service.http.ssl.port");
    let encrypted = Endpoint {
        name: "https".to_owned(),
        tls: TlsMode::Implicit,
        addresses: vec![format!("*:{}", port.value)],
        place: port.place,
        pairs: vec![nicknamed(parameters.certificate(), parameters.database())],
        ciphers: Some(parameters.or_known("service.http.ssl.ssl3.ciphers")),
        ..plain.clone()
    };
    vec![plain, encrypted]
}
