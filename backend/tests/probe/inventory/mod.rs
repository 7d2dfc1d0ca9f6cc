//! Inventories of many servers: what is found is what `openssl s_client`, testssl.sh and sslyze find.

mod agreement;

mod peers;
mod servers;
mod starttls;

use std::time::Duration;

use certdeck::probe::anywhere;
use certdeck::probe::inventory::{Limits, inventory};
use certdeck_shared::api::inventory::{ComparedProfile, Inventory, NewInventory, ProtocolVersion};
use certdeck_shared::api::probe::NewProbe;

/// Time enough for any server on this machine, which may have other work to do.
const LIMITS: Limits = Limits { time: Duration::from_secs(60), patience: Duration::from_secs(10), connections: 8 };

async fn made(target: NewProbe) -> Inventory {
    inventory(&NewInventory::of(target, ComparedProfile::Intermediate), &anywhere, LIMITS, &()).await
}

/// Names of the suites of a version, in their order.
fn suites(made: &Inventory, version: ProtocolVersion) -> Vec<&str> {
    made.protocol(version).into_iter().flat_map(|protocol| &protocol.suites).map(|suite| suite.name.as_str()).collect()
}

/// Codes of what was found.
fn codes(made: &Inventory) -> Vec<&str> {
    made.findings.iter().map(|finding| finding.code.as_str()).collect()
}
