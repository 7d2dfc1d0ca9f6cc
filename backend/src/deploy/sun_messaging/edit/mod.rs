//! What is wanted of Messaging Server: its files are changed; its parameters are set by `configutil` alone, for the manual forbids anything
//! else to touch `msg.conf` (Administration Reference 6.3, configutil), so these are lines for the administrator.

mod multiplexor;
mod nicknames;
mod parameters;
mod transfer;

use std::path::Path;

use certdeck_shared::api::service::{Endpoint, Place, Protocol, TlsMode};

use super::mail::{self, Mail};
use super::multiplexor::{PROXIES, Proxy};
use super::syntax;
use crate::deploy::adapter::Observation;
use crate::deploy::change::{EditRefused, Edits, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::{Parser, place};
use crate::deploy::settings::{Document, What};
use crate::host::tree::Tree;

/// A configuration that changes.
struct Configuration<'a> {
    drafts: Drafts<'a>,
    directory: &'a Path,
    observation: &'a Observation,
    /// `msg.conf` as it is.
    main: Document,
    /// Parameters that `configutil` is to set, in order.
    parameters: Vec<(String, String)>,
}

/// What an endpoint belongs to.
enum Part {
    /// IMAP, POP or web mail.
    Mail(&'static Mail),
    /// A service of the dispatcher.
    Transfer(String),
    /// A proxy of the multiplexor.
    Proxy(&'static Proxy),
}

/// The configuration with other settings.
pub(super) fn edited(tree: &Tree, directory: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
    let drafts = Drafts::over(tree);
    let main = understood(&drafts, &directory.join("msg.conf"), syntax::parameters)?;
    let mut configuration = Configuration { drafts, directory, observation, main, parameters: Vec::new() };
    for wish in wanted {
        configuration.follow(wish, wanted)?;
    }
    let by_hand = configuration.lines();
    Ok(Edits { by_hand, ..configuration.drafts.finish() })
}

impl Configuration<'_> {
    fn follow(&mut self, wish: &Wanted, all: &[Wanted]) -> Result<(), EditRefused> {
        match wish {
            Wanted::Nickname { endpoints, pair, token, nickname } => {
                let name = token.as_ref().map_or_else(|| nickname.clone(), |token| format!("{token}:{nickname}"));
                self.nickname(endpoints, *pair, &name)
            }
            Wanted::Tls { endpoint, tls } => self.begin(*endpoint, *tls, all),
            Wanted::Listener { protocol, tls: TlsMode::Implicit, port, address: None, server_name: None, .. } => {
                self.listen(*protocol, *port)
            }
            Wanted::Listener { .. } => Err(EditRefused::because(
                "Its servers listen for TLS at all addresses, for one host: add an endpoint with a port alone, such as 993 or 465.",
            )),
            Wanted::ClientCa { .. } | Wanted::ClientVerification { .. } => Err(EditRefused::because(
                "Certificates of clients are checked with the CAs that the database trusts, and certmap.conf finds their owners.",
            )),
            _ => Err(wish.beyond("Messaging Server")),
        }
    }

    fn begin(&mut self, at: usize, tls: TlsMode, all: &[Wanted]) -> Result<(), EditRefused> {
        let endpoint = self.endpoint(at)?;
        if endpoint.tls == tls {
            return Ok(());
        }
        let refused = |words: &str| Err(EditRefused { place: endpoint.place.clone(), words: words.to_owned() });
        match (part(endpoint), tls) {
            (_, TlsMode::Off) => refused("TLS is only turned on here."),
            (Part::Proxy(proxy), TlsMode::Implicit) => self.enable(proxy),
            (Part::Proxy(_), _) => refused("A proxy speaks TLS from the first byte, at a port of its own."),
            (_, TlsMode::Implicit) => refused("TLS from the first byte has a port of its own: add an endpoint with it."),
            (Part::Transfer(service), TlsMode::Starttls) => self.offer(&service, all),
            (Part::Mail(mail), TlsMode::Starttls) if mail.protocol == Protocol::Http => refused("Web mail has no STARTTLS."),
            (Part::Mail(mail), TlsMode::Starttls) => {
                self.set_yes(&mail.parameter("sslusessl"));
                Ok(())
            }
        }
    }

    fn listen(&mut self, protocol: Protocol, port: u16) -> Result<(), EditRefused> {
        if protocol == Protocol::Smtp {
            return self.listen_for_submission(port);
        }
        let Some(mail) = mail::SERVICES.iter().find(|mail| mail.protocol == protocol) else {
            return Err(EditRefused::because("Messaging Server does not speak this protocol."));
        };
        self.set_yes(&mail.parameter("sslusessl"));
        self.set_yes(&mail.parameter("enablesslport"));
        if self.parameter(&mail.parameter("sslport")).unwrap_or_else(|| mail.tls_port.to_owned()) != port.to_string() {
            self.set(&mail.parameter("sslport"), port.to_string());
        }
        Ok(())
    }

    fn endpoint(&self, at: usize) -> Result<&'_ Endpoint, EditRefused> {
        self.observation.endpoints.get(at).ok_or_else(|| EditRefused::because("There is no such endpoint any more."))
    }

    /// A file as it would be, which is understood to the last line.
    fn file(&self, name: &str, parser: Parser) -> Result<Document, EditRefused> {
        understood(&self.drafts, &self.directory.join(name), parser)
    }
}

fn understood(drafts: &Drafts<'_>, path: &Path, parser: Parser) -> Result<Document, EditRefused> {
    let document = drafts.document(path, parser)?;
    let unknown = document.entries.iter().find_map(|entry| match &entry.what {
        What::Unknown(words) => Some((place(&document, entry.line), words.clone())),
        _ => None,
    });
    unknown.map_or(Ok(document), |(place, words): (Place, String)| Err(EditRefused::at(&place, words)))
}

fn part(endpoint: &Endpoint) -> Part {
    let name = endpoint.name.as_str();
    let mail = mail::SERVICES.iter().find(|mail| name.strip_suffix('s').unwrap_or(name) == mail.name);
    let proxy = PROXIES.iter().find(|proxy| name == proxy.name);
    match (mail, proxy) {
        (Some(mail), _) => Part::Mail(mail),
        (None, Some(proxy)) => Part::Proxy(proxy),
        (None, None) => Part::Transfer(name.strip_suffix("/TLS").unwrap_or(name).to_owned()),
    }
}
