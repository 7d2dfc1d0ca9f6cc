//! The multiplexor and the proxy of SMTP, each with a `.cfg` file of its own.

use certdeck_shared::api::service::{Effective, Endpoint, Protocol, TlsMode};

use super::{Parameters, endpoint, is_yes, opened_if_there, syntax};
use crate::deploy::adapter::{built_in, set_at};
use crate::deploy::reading::{Reading, place};
use crate::deploy::settings::Document;

pub(super) fn endpoints(reading: &mut Reading<'_>, parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let files = [
        ("ImapProxyAService.cfg", "IMAP proxy", Protocol::Imap),
        ("PopProxyAService.cfg", "POP proxy", Protocol::Pop3),
        ("SmtpProxyAService.cfg", "SMTP proxy", Protocol::Smtp),
    ];
    let mut endpoints = Vec::new();
    for (file, name, protocol) in files {
        let path = parameters.directory.join(file);
        let Some(document) = opened_if_there(reading, &path, syntax::multiplexor) else { continue };
        if !given(&document, "SSLEnable").is_some_and(|enabled| is_yes(&enabled.value)) {
            continue;
        }
        let Some(ports) = given(&document, "SSLPorts") else { continue };
        let names = given(&document, "SSLCertNicknames").unwrap_or_else(|| built_in("SSLCertNicknames", "Server-Cert"));
        let mut one = endpoint(name, protocol, TlsMode::Implicit, &ports, parameters.named(&names));
        one.addresses = ports.value.split([',', '|', ' ']).filter(|port| !port.is_empty()).map(|port| format!("*:{port}")).collect();
        one.client_verification = given(&document, "CertMapFile");
        endpoints.push(one);
    }
    endpoints
}

/// A setting for all domains.
fn given(document: &Document, name: &str) -> Option<Effective> {
    let matching = |full: &str| full.split_once(':').is_some_and(|(domain, found)| domain == "default" && found.eq_ignore_ascii_case(name));
    let (setting, line) = document.settings().filter(|(setting, _)| matching(&setting.name)).last()?;
    Some(set_at(name, setting.text.clone(), &place(document, line)))
}
