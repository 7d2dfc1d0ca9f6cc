//! Endpoints as numbers for monitoring, in Prometheus' text format. The names are documented in the README.

use std::fmt::Write as _;

use certdeck_shared::api::endpoint::{Endpoint, EndpointSource, EndpointState};
use time::OffsetDateTime;

use super::Watch;
use crate::domain::databases::OperationError;
use crate::domain::metrics::label;

impl Watch {
    /// The state of every endpoint, and what its certificate and its last handshake say.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn measures(&self) -> Result<String, OperationError> {
        let endpoints = self.rows(None).await?;
        let mut out = String::new();
        gauge(
            &mut out,
            "certdeck_endpoint_good",
            "1 when everything is as it should be at the last probe, 0 when not.",
            &endpoints,
            |one| Some(u64::from(one.state == EndpointState::Good).to_string()),
        );
        gauge(&mut out, "certdeck_endpoint_up", "1 when a handshake was completed at the last probe, 0 when not.", &endpoints, |one| {
            one.probed_at.map(|_| u64::from(one.milliseconds.is_some()).to_string())
        });
        gauge(&mut out, "certdeck_endpoint_not_after_seconds", "End of the served certificate, seconds since 1970.", &endpoints, |one| {
            Some(seconds(one.leaf.as_ref()?.not_after?))
        });
        gauge(
            &mut out,
            "certdeck_endpoint_handshake_seconds",
            "Time from the connection to the end of the handshake.",
            &endpoints,
            |one| one.milliseconds.map(|milliseconds| format!("{}", f64::from(milliseconds) / 1000.0)),
        );
        gauge(&mut out, "certdeck_endpoint_probed_seconds", "When it was probed last, seconds since 1970.", &endpoints, |one| {
            one.probed_at.map(seconds)
        });
        let _ = writeln!(out, "# HELP certdeck_endpoints Watched endpoints by state.\n# TYPE certdeck_endpoints gauge");
        for state in EndpointState::ALL {
            let count = endpoints.iter().filter(|one| one.state == state).count();
            let _ = writeln!(out, "certdeck_endpoints{{state=\"{}\"}} {count}", state.name());
        }
        Ok(out)
    }
}

fn seconds(at: OffsetDateTime) -> String {
    at.unix_timestamp().to_string()
}

fn gauge(out: &mut String, name: &str, help: &str, endpoints: &[Endpoint], value: impl Fn(&Endpoint) -> Option<String>) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (endpoint, value) in endpoints.iter().filter_map(|one| Some((one, value(one)?))) {
        let service = match &endpoint.source {
            EndpointSource::Service { label, .. } => label.as_str(),
            EndpointSource::Hand => "",
        };
        let (host, service) = (label(&endpoint.host), label(service));
        let name_asked = label(endpoint.server_name.as_deref().unwrap_or_default());
        let (port, id) = (endpoint.port, &endpoint.id);
        let _ = writeln!(
            out,
            "{name}{{endpoint=\"{id}\",host=\"{host}\",port=\"{port}\",server_name=\"{name_asked}\",service=\"{service}\"}} {value}"
        );
    }
}
