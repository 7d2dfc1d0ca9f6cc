//! IMAP, POP and web mail, which `configutil` rules.

use certdeck_shared::api::service::{Endpoint, Protocol, TlsMode};

use super::{Parameters, endpoint};

/// One of the servers for mail that people read.
pub(super) struct Mail {
    /// Its name in parameters, and that of its endpoint.
    pub(super) name: &'static str,
    pub(super) protocol: Protocol,
    port: &'static str,
    /// Its usual port for TLS from the first byte.
    pub(super) tls_port: &'static str,
}

pub(super) const SERVICES: [Mail; 3] = [
    Mail { name: "imap", protocol: Protocol::Imap, port: "143", tls_port: "993" },
    Mail { name: "pop", protocol: Protocol::Pop3, port: "110", tls_port: "995" },
    Mail { name: "http", protocol: Protocol::Http, port: "80", tls_port: "443" },
];

impl Mail {
    /// A parameter of it.
    pub(super) fn parameter(&self, name: &str) -> String {
        format!("service.{}.{name}", self.name)
    }

    /// The parameter with its own nicknames.
    pub(super) fn nicknames(&self) -> String {
        format!("local.{}.sslnicknames", self.name)
    }
}

/// Each service on its plain port, and on the port of TLS where that is on.
pub(super) fn endpoints(parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for mail in &SERVICES {
        let of = |name: &str| mail.parameter(name);
        if parameters.given(&of("enable")).is_some_and(|given| !super::is_yes(&given.value)) {
            continue;
        }
        let pairs = || parameters.pairs(&mail.nicknames());
        // Web mail has no STARTTLS.
        let starts = mail.protocol != Protocol::Http && parameters.yes(&of("sslusessl"));
        let tls = if starts { TlsMode::Starttls } else { TlsMode::Off };
        endpoints.push(endpoint(mail.name, mail.protocol, tls, &parameters.value(&of("port"), mail.port), pairs()));
        if parameters.yes(&of("enablesslport")) {
            let port = parameters.value(&of("sslport"), mail.tls_port);
            endpoints.push(endpoint(&format!("{}s", mail.name), mail.protocol, TlsMode::Implicit, &port, pairs()));
        }
    }
    endpoints
}
