//! A console without its door: what it watches is asked directly.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use certdeck::config::{HashingCost, Settings};
use certdeck::domain::console::Console;
use certdeck::host::Clock;
use certdeck::state::Store;
use certdeck_shared::api::endpoint::{EndpointDetail, NewEndpoint, Rung, RungKind, RungState};
use certdeck_shared::api::service::{Protocol, TlsMode};

pub const ADA: &str = "ada";

/// A console with its state in memory.
pub async fn console(clock: Clock) -> (Arc<Console>, tempfile::TempDir) {
    let room = tempfile::tempdir().unwrap();
    let console = over(Store::in_memory(clock).unwrap(), room.path()).await;
    (console, room)
}

/// A console over this state.
pub async fn over(store: Store, room: &Path) -> Arc<Console> {
    let mut settings = Settings::new(room);
    settings.hashing = HashingCost { memory_kib: 8, iterations: 1 };
    Console::new(settings, store, env!("CARGO_BIN_EXE_certdeck").into()).await.unwrap()
}

/// An endpoint to be added by hand.
pub fn endpoint(address: SocketAddr, protocol: Protocol, tls: TlsMode, server_name: Option<&str>) -> NewEndpoint {
    NewEndpoint {
        host: address.ip().to_string(),
        port: address.port(),
        protocol,
        tls,
        server_name: server_name.map(str::to_owned),
        label: None,
        tags: Vec::new(),
        expected: None,
    }
}

/// Watches an endpoint and probes it once.
pub async fn judged(console: &Console, endpoint: NewEndpoint) -> EndpointDetail {
    let added = console.watch.add(ADA, endpoint).await.unwrap();
    let started = std::time::Instant::now();
    let detail = console.watch.probe_now(ADA, &added.id).await.unwrap();
    assert!(started.elapsed() < std::time::Duration::from_secs(12), "{detail:?}");
    detail
}

pub fn rung(detail: &EndpointDetail, kind: RungKind) -> &Rung {
    detail.rungs.iter().find(|rung| rung.kind == kind).unwrap()
}

/// The first rung that is broken.
pub fn broken(detail: &EndpointDetail) -> Option<RungKind> {
    detail.rungs.iter().find(|rung| rung.state == RungState::Fail).map(|rung| rung.kind)
}
