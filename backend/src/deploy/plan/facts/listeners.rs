//! Who listens at the ports of a service (proc(5), `/proc/net/tcp`).

use std::path::{Path, PathBuf};

use crate::deploy::adapter::Observation;
use crate::host::tree::{Process, Tree};

/// The state of a socket that listens.
const LISTENS: &str = "0A";
/// Most octets of a table of sockets.
const LONGEST: u64 = 32 << 20;

/// Somebody who listens at a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// The program, where that can be seen.
    pub program: Option<String>,
    /// Whether it is the service.
    pub own: bool,
}

/// Who listens at the ports of the endpoints.
pub fn of(tree: &Tree, observation: &Observation, main: Option<&Process>) -> Vec<Listener> {
    let mut ports: Vec<u16> =
        observation.endpoints.iter().flat_map(|endpoint| &endpoint.addresses).filter_map(|address| port(address)).collect();
    ports.sort_unstable();
    ports.dedup();
    let sockets: Vec<(u16, u64)> = ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().flat_map(|table| listening(tree, table)).collect();
    if !sockets.iter().any(|(port, _)| ports.contains(port)) {
        return Vec::new();
    }
    let processes = tree.processes();
    let holders: Vec<(&Process, Vec<u64>)> = processes.iter().map(|process| (process, sockets_of(tree, process))).collect();
    let listener = |port: u16| {
        let inodes: Vec<u64> = sockets.iter().filter(|(at, _)| *at == port).map(|(_, inode)| *inode).collect();
        if inodes.is_empty() {
            return None;
        }
        let holds = |(_, held): &&(&Process, Vec<u64>)| held.iter().any(|inode| inodes.contains(inode));
        let holding: Vec<&Process> = holders.iter().filter(holds).map(|(process, _)| *process).collect();
        let own = main.is_some_and(|main| holding.iter().any(|process| descends(process, main, &processes)));
        let program = holding.last().map(|process| process.program.clone());
        Some(Listener { port, program, own })
    };
    ports.into_iter().filter_map(listener).collect()
}

/// Inodes of the sockets that a process has open: its descriptors are links to `socket:[INODE]`.
fn sockets_of(tree: &Tree, process: &Process) -> Vec<u64> {
    let directory = PathBuf::from(format!("/proc/{}/fd", process.id));
    let socket = |name: String| {
        let target = tree.link(&directory.join(name))?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    tree.entries(&directory).unwrap_or_default().into_iter().filter_map(socket).collect()
}

/// The port of `*:443` or `[::1]:993`.
pub fn port(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

fn descends(process: &Process, from: &Process, all: &[Process]) -> bool {
    let mut current = process;
    // Identifiers wrap, so that parents might seem to be in a circle.
    for _ in 0..32 {
        if current.id == from.id {
            return true;
        }
        let Some(parent) = all.iter().find(|one| one.id == current.parent) else { return false };
        current = parent;
    }
    false
}

/// Port and inode of each socket that listens. A line: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`.
fn listening(tree: &Tree, table: &str) -> Vec<(u16, u64)> {
    let content = tree.read(Path::new(table), LONGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let socket = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.get(3) != Some(&LISTENS) {
            return None;
        }
        let port = u16::from_str_radix(fields.get(1)?.rsplit_once(':')?.1, 16).ok()?;
        Some((port, fields.get(9)?.parse().ok()?))
    };
    text.lines().skip(1).filter_map(socket).collect()
}
