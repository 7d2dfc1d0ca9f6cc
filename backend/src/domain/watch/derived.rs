//! Endpoints that the configurations of registered services have.

use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::probe::has_starttls;
use certdeck_shared::api::service::{Endpoint, TlsMode};

use super::Watch;
use crate::domain::databases::OperationError;
use crate::host::randomness;
use crate::state::EndpointRecord;

impl Watch {
    /// Reads all configurations anew, and watches what they have now. What cannot be read keeps what it had.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub(super) async fn derive(&self) -> Result<(), OperationError> {
        for service in self.environment.store.services().list().await? {
            let endpoints = match self.services.endpoints(&service, "").await {
                Ok(endpoints) => endpoints,
                Err(error) => {
                    tracing::debug!(service.config, %error, "the endpoints of a service cannot be read");
                    continue;
                }
            };
            let wanted = endpoints.iter().flat_map(|endpoint| of(&service.id, endpoint)).collect();
            self.environment.store.endpoints().of_service(&service.id, wanted).await?;
        }
        Ok(())
    }
}

/// What is probed for an endpoint of a configuration: each address, for the first host name that it is for.
fn of(service: &str, endpoint: &Endpoint) -> Vec<EndpointRecord> {
    let unaskable = endpoint.tls == TlsMode::Off || (endpoint.tls == TlsMode::Starttls && !has_starttls(endpoint.protocol));
    if unaskable {
        return Vec::new();
    }
    let is_name = |name: &&String| name.contains('.') && !name.contains(['*', '~', '/', ' ']) && name.parse::<std::net::IpAddr>().is_err();
    let server_name = endpoint.server_names.iter().find(is_name).cloned();
    let mut records: Vec<EndpointRecord> = Vec::new();
    for (host, port) in endpoint.addresses.iter().filter_map(|address| reached(address)) {
        if records.iter().any(|known| known.host == host && known.port == port) {
            continue;
        }
        records.push(EndpointRecord {
            id: randomness::identifier(),
            service: Some((service.to_owned(), endpoint.name.clone())),
            host,
            port,
            protocol: endpoint.protocol,
            tls: endpoint.tls,
            server_name: server_name.clone(),
            label: None,
            tags: Vec::new(),
            expected: None,
            paused: false,
            snoozed_until: None,
            state: EndpointState::Unknown,
            since: None,
            probed_at: None,
            next_probe_at: None,
            failures: 0,
        });
    }
    records
}

/// Where something that listens at `*:443` or `[::1]:993` is reached from this host.
fn reached(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.trim_matches(['[', ']']) {
        "*" | "" | "0.0.0.0" | "_default_" => "127.0.0.1",
        "::" => "::1",
        host => host,
    };
    Some((host.to_owned(), port.parse().ok()?))
}
