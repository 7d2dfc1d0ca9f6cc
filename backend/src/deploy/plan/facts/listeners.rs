//! Who listens at the ports of a service (proc(5), `/proc/net/tcp`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::SettingWish;

use crate::deploy::adapter::Observation;
use crate::deploy::plan::Target;
use crate::host::tree::{Process, Tree};

/// The state of a socket that listens.
const LISTENS: &str = "0A";
/// Most octets of a table of sockets.
const LONGEST: u64 = 32 << 20;

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

/// Who listens at the ports of the endpoints, and at those that the target adds.
pub fn of(tree: &Tree, observation: &Observation, target: &Target, main: Option<&Process>) -> Vec<Listener> {
    let present = observation.endpoints.iter().flat_map(|endpoint| &endpoint.addresses).filter_map(|address| port(address));
    let added = target.settings.iter().filter_map(|setting| match setting.wish {
        SettingWish::Listener { port, .. } => Some(port),
        _ => None,
    });
    let ports: Vec<u16> = present.chain(added).collect();
    let mut sockets: Vec<Socket> = ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().flat_map(|table| listening(tree, table)).collect();
    sockets.retain(|socket| ports.contains(&socket.port));
    if sockets.is_empty() {
        return Vec::new();
    }
    let processes = tree.processes();
    let holders: Vec<(&Process, Vec<u64>)> = processes.iter().map(|process| (process, sockets_of(tree, process))).collect();
    let listener = |socket: &Socket| {
        let holds = |(_, held): &&(&Process, Vec<u64>)| held.contains(&socket.inode);
        let holding: Vec<&Process> = holders.iter().filter(holds).map(|(process, _)| *process).collect();
        let own = main.is_some_and(|main| holding.iter().any(|process| descends(process, main, &processes)));
        let program = holding.last().map(|process| process.program.clone());
        Listener { address: socket.address, port: socket.port, program, own }
    };
    let mut listeners: Vec<Listener> = sockets.iter().map(listener).collect();
    listeners.sort_by_key(|listener| (listener.port, listener.address, !listener.own, listener.program.is_none()));
    // Several may share a port (SO_REUSEPORT, socket(7)).
    listeners.dedup();
    listeners
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

/// The host and the port of `*:443` or `[::1]:993`.
pub fn host_and_port(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    Some((host, port.parse().ok()?))
}

/// The port of an address.
pub fn port(address: &str) -> Option<u16> {
    Some(host_and_port(address)?.1)
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

/// A socket that listens.
struct Socket {
    address: IpAddr,
    port: u16,
    inode: u64,
}

/// The sockets that listen. A line: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`.
fn listening(tree: &Tree, table: &str) -> Vec<Socket> {
    let content = tree.read(Path::new(table), LONGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let socket = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if fields.get(3) != Some(&LISTENS) {
            return None;
        }
        let (address, port) = fields.get(1)?.rsplit_once(':')?;
        Some(Socket { address: parsed(address)?, port: u16::from_str_radix(port, 16).ok()?, inode: fields.get(9)?.parse().ok()? })
    };
    text.lines().skip(1).filter_map(socket).collect()
}

/// `0100007F` is 127.0.0.1: four octets at a time are a number as the processor writes it.
fn parsed(address: &str) -> Option<IpAddr> {
    let number = |at: usize| Some(u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    let [a, b, c, d] = number(0)?;
    if address.len() == 8 {
        return Some(Ipv4Addr::new(a, b, c, d).into());
    }
    let octets: Vec<u8> = [0, 8, 16, 24].into_iter().map(number).collect::<Option<Vec<_>>>()?.concat();
    Some(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_of_the_kernel_are_read() {
        for (written, address) in [
            ("00000000", "0.0.0.0"),
            ("0100007F", "127.0.0.1"),
            ("00000000000000000000000000000000", "::"),
            ("00000000000000000000000001000000", "::1"),
            ("0000000000000000FFFF00000100007F", "127.0.0.1"),
            ("B80D0120000000000000000001000000", "2001:db8::1"),
        ] {
            assert_eq!(parsed(written), address.parse().ok(), "{written}");
        }
        assert_eq!(parsed("0100"), None);
    }
}
