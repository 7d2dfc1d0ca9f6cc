//! Lines about endpoints that are watched. That the console keeps on asking no line can do.

use super::Action;
use super::probes::s_client;
use super::rest::Call;
use super::writer::Writer;
use crate::api::paths;
use crate::api::probe::NewProbe;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowToday => writer.call(&Call::get(paths::TODAY)),
        Action::ListEndpoints => writer.call(&Call::get(paths::ENDPOINTS)),
        Action::ListListeningSockets => {
            writer.command(super::shell::Command::new("ss -ltnp"));
            writer.call(&Call::get(paths::LISTENING_SOCKETS));
        }
        Action::ShowEndpointTable => writer.call(&Call::get(paths::ENDPOINT_TABLE)),
        Action::DecideWatch { body } => writer.call(&Call::new("PUT", paths::WATCH_SETTINGS).json(body)),
        Action::AddEndpoint { body } => {
            writer.note("The console asks again and again, and keeps what it saw.");
            writer.call(&Call::post(paths::ENDPOINTS).json(body));
        }
        Action::ShowEndpoint { endpoint, probe } => {
            asked(writer, probe.as_ref());
            writer.call(&Call::get(paths::endpoint(endpoint)));
        }
        Action::ChangeEndpoint { endpoint, body } => writer.call(&Call::new("PATCH", paths::endpoint(endpoint)).json(body)),
        Action::RemoveEndpoint { endpoint } => writer.call(&Call::new("DELETE", paths::endpoint(endpoint))),
        Action::ProbeEndpoints => writer.call(&Call::post(paths::ENDPOINT_PROBES)),
        Action::ProbeEndpoint { endpoint, probe } => {
            asked(writer, probe.as_ref());
            writer.call(&Call::post(paths::probes_of(endpoint)));
        }
        Action::ShowEndpointHistory { endpoint } => writer.call(&Call::get(paths::probes_of(endpoint))),
        _ => {}
    }
}

fn asked(writer: &mut Writer<'_>, probe: Option<&NewProbe>) {
    if let Some(probe) = probe {
        writer.command(s_client(probe).raw("-showcerts </dev/null"));
    }
}
