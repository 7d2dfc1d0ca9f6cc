//! Endpoints that the configurations of registered services have.

use std::collections::HashSet;

use certdeck_shared::api::probe::{NewProbe, has_starttls};
use certdeck_shared::api::service::{Endpoint, TlsMode};

use super::Watch;
use crate::domain::databases::OperationError;
use crate::host::randomness;
use crate::state::EndpointRecord;

impl Watch {
    /// Reads all configurations anew, and watches what they have now. One that cannot be read, or of which a file cannot, keeps what it had;
    /// and so does a service that listens where nobody can tell until it runs again.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub(super) async fn derive(&self) -> Result<(), OperationError> {
        for service in self.environment.store.services().list().await? {
            let observed = match self.services.observed(&service, "").await {
                Ok(observed) => observed,
                Err(error) => {
                    tracing::debug!(service.config, %error, "the endpoints of a service cannot be read");
                    continue;
                }
            };
            let wanted = observed.endpoints.iter().flat_map(|endpoint| of(&service.id, endpoint)).collect();
            let whole = observed.whole;
            let nowhere: HashSet<String> =
                observed.endpoints.into_iter().filter(|endpoint| endpoint.addresses.is_empty()).map(|endpoint| endpoint.name).collect();
            let gone = move |name: &str| whole && !nowhere.contains(name);
            self.environment.store.endpoints().of_service(&service.id, wanted, gone).await?;
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
        let (protocol, tls) = (endpoint.protocol, endpoint.tls);
        let question = NewProbe { host, port, protocol, tls, server_name: server_name.clone(), key_type: None };
        records.push(EndpointRecord {
            service: Some((service.to_owned(), endpoint.name.clone())),
            ..EndpointRecord::new(randomness::identifier(), question)
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
