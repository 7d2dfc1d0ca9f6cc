//! Who listens at the ports of a service.

use std::net::IpAddr;

use certdeck_shared::api::plan::SettingWish;

use crate::deploy::adapter::Observation;
use crate::deploy::plan::Target;
use crate::host::sockets::{self, Socket};
use crate::host::tree::{Process, Tree};

/// Somebody who listens at an address and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The address; all of its family when it is unspecified.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The program, where that can be seen.
    pub program: Option<String>,
    /// Whether it is the service.
    pub own: bool,
}

impl Listener {
    /// Whether systemd listens, for services that it starts when somebody calls.
    #[must_use]
    pub fn is_systemd(&self) -> bool {
        self.program.as_deref() == Some("systemd")
    }
}

/// Who listens at the ports of the endpoints, and at those that the target adds. `is_service` tells the processes of the service from
/// others; those that they started are its own, too.
pub fn of(tree: &Tree, observation: &Observation, target: &Target, is_service: &dyn Fn(&Process) -> bool) -> Vec<Listener> {
    let present = observation.endpoints.iter().flat_map(|endpoint| &endpoint.addresses).filter_map(|address| port(address));
    let added = target.settings.iter().filter_map(|setting| match setting.wish {
        SettingWish::Listener { port, .. } => Some(port),
        _ => None,
    });
    let ports: Vec<u16> = present.chain(added).collect();
    let mut sockets = sockets::listening(tree);
    sockets.retain(|socket| ports.contains(&socket.port));
    if sockets.is_empty() {
        return Vec::new();
    }
    let processes = tree.processes();
    let holders: Vec<(&Process, Vec<u64>)> = processes.iter().map(|process| (process, sockets::held_by(tree, process))).collect();
    let listener = |socket: &Socket| {
        let holds = |(_, held): &&(&Process, Vec<u64>)| held.contains(&socket.inode);
        let holding: Vec<&Process> = holders.iter().filter(holds).map(|(process, _)| *process).collect();
        let by_id = |id| processes.iter().find(|one: &&Process| one.id == id);
        let own = holding.iter().any(|process| process.lineage(by_id).any(is_service));
        let program = holding.last().map(|process| process.program.clone());
        Listener { address: socket.address, port: socket.port, program, own }
    };
    let mut listeners: Vec<Listener> = sockets.iter().map(listener).collect();
    listeners.sort_by_key(|listener| (listener.port, listener.address, !listener.own, listener.program.is_none()));
    // Several may share a port (SO_REUSEPORT, socket(7)).
    listeners.dedup();
    listeners
}

/// The process that listens at the first port of the endpoints where a program does; of those that share the socket the oldest.
pub fn holder(tree: &Tree, observation: &Observation) -> Option<u32> {
    let sockets = sockets::listening(tree);
    let mut ports = observation.endpoints.iter().flat_map(|endpoint| &endpoint.addresses).filter_map(|address| port(address));
    let socket = ports.find_map(|port| sockets.iter().find(|socket| socket.port == port))?;
    let processes = tree.processes().into_iter().filter(|process| process.program != "systemd");
    processes.filter(|process| sockets::held_by(tree, process).contains(&socket.inode)).map(|process| process.id).min()
}

/// The host and the port of `*:443` or `[::1]:993`.
pub fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    Some((host, port.parse().ok()?))
}

/// The port of an address.
pub fn port(address: &str) -> Option<u16> {
    Some(host_and_port(address)?.1)
}
