//! Messaging Server of Sun: the parameters of `configutil`, the ports of the dispatcher, the keywords of channels, and the multiplexor. The
//! certificates are named by their nicknames in the one NSS database of the configuration's directory.

mod edit;
mod editor;
mod mail;
mod multiplexor;
pub mod syntax;
mod transfer;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Effective, Endpoint, KeyReader, Pair, Protocol, ServiceKind, Term, TlsMode};
use certdeck_shared::sun;

use super::adapter::{Description, Observation, ObserveError, ServiceAdapter, built_in, nicknamed, set_at};
use super::reading::{Parser, Reading, place};
use super::settings::{Document, What};
use crate::host::tree::{Process, Tree};

/// The adapter.
pub struct SunMessaging;

impl ServiceAdapter for SunMessaging {
    fn describe(&self) -> Description {
        Description {
            kind: ServiceKind::SunMessaging,
            usual: &["/opt/SUNWmsgsr/config", "/opt/sun/comms/messaging/config", "/opt/sun/comms/messaging64/config"],
            version: ("imsimta", &["version"]),
        }
    }

    fn config_of(&self, tree: &Tree, process: &Process) -> Option<PathBuf> {
        // Its processes have names that others have, too, and are not told where their files are: they lie beside their programs.
        let program = tree.link(&PathBuf::from(format!("/proc/{}/exe", process.id)))?;
        let mut configs = program.ancestors().skip(2).map(|base| base.join("config"));
        configs.find(|config| tree.attributes(&config.join("msg.conf")).is_ok())
    }

    fn database(&self, _: &Tree, config: &Path) -> Option<PathBuf> {
        Some(config.to_owned())
    }

    fn observe(&self, tree: &Tree, config: &Path) -> Result<Observation, ObserveError> {
        let mut reading = Reading::new(tree);
        let Some(main) = opened(&mut reading, &config.join("msg.conf"), syntax::parameters) else {
            return Err(ObserveError::Unreadable(reading.remarks.pop().map(|remark| remark.words).unwrap_or_default()));
        };
        let parameters = Parameters { document: &main, directory: config };
        let deprecated = sun::MESSAGING_PARAMETERS.iter().filter(|parameter| parameter.deprecated);
        for (parameter, place) in deprecated.filter_map(|parameter| Some((parameter, parameters.given(parameter.name)?.place?))) {
            reading.remark(&place, format!("{}: {}", parameter.name, parameter.today));
        }
        let mut endpoints = mail::endpoints(&parameters);
        endpoints.extend(transfer::endpoints(&mut reading, &parameters));
        endpoints.extend(multiplexor::endpoints(&mut reading, &parameters));
        Ok(Observation {
            instance: None,
            key_reader: KeyReader {
                user: parameters.value("local.serveruid", "mailsrv").value,
                words: "Each server reads the database and sslpassword.conf beside it when it starts; all of them are restarted for a new certificate."
                    .to_owned(),
            },
            config_files: reading.files,
            endpoints,
            remarks: reading.remarks,
            whole: reading.whole,
        })
    }

    fn terms(&self) -> Vec<Term> {
        sun::parameter_terms(sun::MESSAGING_PARAMETERS).chain(sun::keyword_terms()).chain(sun::cipher_terms()).collect()
    }
}

/// The nickname of all servers that have none of their own.
const GLOBAL_NICKNAME: &str = "encryption.rsa.nssslpersonalityssl";
/// The nicknames of SMTP and submission.
const TRANSFER_NICKNAMES: &str = "local.imta.sslnicknames";

/// Reads a file, when it is there, and remarks what is not understood in it.
fn opened(reading: &mut Reading<'_>, path: &Path, parser: Parser) -> Option<Document> {
    let document = reading.begin(path, None, parser)?;
    reading.end();
    for entry in &document.entries {
        if let What::Unknown(words) = &entry.what {
            reading.remark(&place(&document, entry.line), words);
        }
    }
    Some(document)
}

/// The same for a file that need not be there.
fn opened_if_there(reading: &mut Reading<'_>, path: &Path, parser: Parser) -> Option<Document> {
    reading.tree.attributes(path).is_ok().then(|| opened(reading, path, parser)).flatten()
}

/// The parameters of `configutil`.
struct Parameters<'a> {
    document: &'a Document,
    directory: &'a Path,
}

impl Parameters<'_> {
    /// A parameter; the last of a name counts.
    fn given(&self, name: &str) -> Option<Effective> {
        let (setting, line) = self.document.settings().filter(|(setting, _)| setting.name == name).last()?;
        Some(set_at(name, setting.text.clone(), &place(self.document, line)))
    }

    fn value(&self, name: &str, default: &str) -> Effective {
        self.given(name).unwrap_or_else(|| built_in(name, default))
    }

    fn yes(&self, name: &str) -> bool {
        is_yes(&self.value(name, "no").value)
    }

    /// The certificates of a service: its own nicknames, else the one of all services.
    fn pairs(&self, own: &str) -> Vec<Pair> {
        let names = self.given(own).filter(|names| !names.value.is_empty());
        let names = names.unwrap_or_else(|| self.value(GLOBAL_NICKNAME, "Server-Cert"));
        self.named(&names)
    }

    /// The pairs of a list of nicknames.
    fn named(&self, names: &Effective) -> Vec<Pair> {
        let one = |nickname: &str| {
            let certificate = Effective { value: nickname.to_owned(), ..names.clone() };
            nicknamed(certificate, built_in("msg-svr-base/config", self.directory.display().to_string()))
        };
        names.value.split(',').map(str::trim).filter(|nickname| !nickname.is_empty()).map(one).collect()
    }
}

fn is_yes(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "yes" | "true" | "on" | "1")
}

/// An endpoint on all addresses.
fn endpoint(name: &str, protocol: Protocol, tls: TlsMode, port: &Effective, pairs: Vec<Pair>) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        protocol,
        tls,
        addresses: vec![format!("*:{}", port.value)],
        server_names: Vec::new(),
        place: port.place.clone(),
        pairs: if tls == TlsMode::Off { Vec::new() } else { pairs },
        client_ca: Vec::new(),
        protocols: None,
        ciphers: None,
        client_verification: None,
    }
}
