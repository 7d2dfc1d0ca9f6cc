//! The multiplexor and the proxy of SMTP, each with a `.cfg` file of its own; which of them run at which ports is in `AService.cfg`.

use certdeck_shared::api::service::{Effective, Endpoint, Protocol, TlsMode};

use super::{Parameters, endpoint, is_yes, opened_if_there, syntax};
use crate::deploy::adapter::{built_in, set_at};
use crate::deploy::reading::{Reading, place};
use crate::deploy::settings::Document;

/// The file with the list of services.
pub(super) const LIST: &str = "AService.cfg";

/// A proxy.
#[derive(PartialEq, Eq)]
pub(super) struct Proxy {
    /// Its file.
    pub(super) file: &'static str,
    /// Name of its endpoint.
    pub(super) name: &'static str,
    protocol: Protocol,
    /// Its program in the list of services.
    pub(super) program: &'static str,
    /// The usual port for TLS from the first byte.
    pub(super) tls_port: &'static str,
}

pub(super) const PROXIES: [Proxy; 3] = [
    Proxy { file: "ImapProxyAService.cfg", name: "IMAP proxy", protocol: Protocol::Imap, program: "imapproxy", tls_port: "993" },
    Proxy { file: "PopProxyAService.cfg", name: "POP proxy", protocol: Protocol::Pop3, program: "popproxy", tls_port: "995" },
    Proxy { file: "SmtpProxyAService.cfg", name: "SMTP proxy", protocol: Protocol::Smtp, program: "submitproxy", tls_port: "465" },
];

impl Proxy {
    /// The ports of an entry of the list, `imapproxy@143|993` with or without the way to the program; nothing when it is another's.
    pub(super) fn ports_of<'a>(&self, entry: &'a str) -> Option<&'a str> {
        let (program, ports) = entry.split_once('@')?;
        (program.rsplit('/').next() == Some(self.program)).then_some(ports)
    }
}

/// The ports of a text, with one of the signs between them that are seen.
pub(super) fn ports(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '|', ' ']).filter(|port| !port.is_empty())
}

pub(super) fn endpoints(reading: &mut Reading<'_>, parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let list = opened_if_there(reading, &parameters.directory.join(LIST), syntax::multiplexor);
    let list = list.as_ref().and_then(|document| given(document, "ServiceList"));
    let mut endpoints = Vec::new();
    for proxy in &PROXIES {
        let path = parameters.directory.join(proxy.file);
        let Some(document) = opened_if_there(reading, &path, syntax::multiplexor) else { continue };
        let encrypted = given(&document, "SSLEnable").is_some_and(|enabled| is_yes(&enabled.value));
        let listed = list.as_ref().and_then(|list| {
            let ports = list.value.split_whitespace().find_map(|entry| proxy.ports_of(entry))?;
            Some(Effective { value: ports.to_owned(), ..list.clone() })
        });
        let served = if encrypted { given(&document, "SSLPorts") } else { listed };
        let Some(served) = served else { continue };
        let names = given(&document, "SSLCertNicknames").unwrap_or_else(|| built_in("SSLCertNicknames", "Server-Cert"));
        let tls = if encrypted { TlsMode::Implicit } else { TlsMode::Off };
        let mut one = endpoint(proxy.name, proxy.protocol, tls, &served, parameters.named(&names));
        one.addresses = ports(&served.value).map(|port| format!("*:{port}")).collect();
        one.client_verification = given(&document, "CertMapFile").filter(|_| encrypted);
        endpoints.push(one);
    }
    endpoints
}

/// Whether a name is that of a setting for all domains.
pub(super) fn is_default(full: &str, name: &str) -> bool {
    full.split_once(':').is_some_and(|(domain, found)| domain == "default" && found.eq_ignore_ascii_case(name))
}

/// A setting for all domains.
fn given(document: &Document, name: &str) -> Option<Effective> {
    let (setting, line) = document.settings().filter(|(setting, _)| is_default(&setting.name, name)).last()?;
    Some(set_at(name, setting.text.clone(), &place(document, line)))
}
