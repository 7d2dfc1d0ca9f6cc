//! IMAP, POP and web mail, which `configutil` rules.

use certdeck_shared::api::service::{Endpoint, Protocol, TlsMode};

use super::{Parameters, endpoint};

/// Each service on its plain port, and on the port of TLS where that is on.
pub(super) fn endpoints(parameters: &Parameters<'_>) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for (service, protocol, port, tls_port) in
        [("imap", Protocol::Imap, "143", "993"), ("pop", Protocol::Pop3, "110", "995"), ("http", Protocol::Http, "80", "443")]
    {
        let of = |name: &str| format!("service.{service}.{name}");
        if parameters.given(&of("enable")).is_some_and(|given| !super::is_yes(&given.value)) {
            continue;
        }
        let pairs = || parameters.pairs(&format!("local.{service}.sslnicknames"));
        // Web mail has no STARTTLS.
        let starts = protocol != Protocol::Http && parameters.yes(&of("sslusessl"));
        let tls = if starts { TlsMode::Starttls } else { TlsMode::Off };
        endpoints.push(endpoint(service, protocol, tls, &parameters.value(&of("port"), port), pairs()));
        if parameters.yes(&of("enablesslport")) {
            let port = parameters.value(&of("sslport"), tls_port);
            endpoints.push(endpoint(&format!("{service}s"), protocol, TlsMode::Implicit, &port, pairs()));
        }
    }
    endpoints
}
