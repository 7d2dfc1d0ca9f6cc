//! Sockets of this machine that listen, and the processes that hold them (proc(5), `/proc/net/tcp`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use super::tree::{Process, Tree};

/// The state of a socket that listens.
const LISTENS: &str = "0A";
/// Most octets of a table of sockets.
const LONGEST: u64 = 32 << 20;

/// A socket that listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket {
    /// Its address; unspecified for all.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// Its number at the kernel, by which descriptors name it.
    pub inode: u64,
}

/// All sockets that listen, of IPv4 first.
#[must_use]
pub fn listening(tree: &Tree) -> Vec<Socket> {
    ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().flat_map(|table| read(tree, table)).collect()
}

/// A line: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`.
fn read(tree: &Tree, table: &str) -> Vec<Socket> {
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

/// An address as the kernel prints it: words of 32 bits in the order of the processor.
fn parsed(hex: &str) -> Option<IpAddr> {
    let word = |place: usize| Some(u32::from_str_radix(hex.get(8 * place..8 * place + 8)?, 16).ok()?.to_ne_bytes());
    match hex.len() {
        8 => Some(Ipv4Addr::from(word(0)?).into()),
        32 => {
            let octets: Vec<u8> = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
            Some(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).into())
        }
        _ => None,
    }
}

/// Numbers of the sockets that a process has open: its descriptors are links to `socket:[INODE]`.
#[must_use]
pub fn held_by(tree: &Tree, process: &Process) -> Vec<u64> {
    let directory = PathBuf::from(format!("/proc/{}/fd", process.id));
    let socket = |name: String| {
        let target = tree.link(&directory.join(name))?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    tree.entries(&directory).unwrap_or_default().into_iter().filter_map(socket).collect()
}

/// Whether an address is one of this host's own: only those can be bound.
#[must_use]
pub fn is_own(address: IpAddr) -> bool {
    std::net::UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_host_are_own() {
        assert!(is_own("127.0.0.1".parse().unwrap()));
        // TEST-NET-1 (RFC 5737) is nobody's.
        assert!(!is_own("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn a_socket_of_ours_is_among_them() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = std::net::TcpListener::bind(address).unwrap();
            let local = listener.local_addr().unwrap();
            let tree = Tree::of_machine();
            let all = listening(&tree);
            let found = all.iter().find(|socket| socket.address == local.ip() && socket.port == local.port()).unwrap();
            let process = tree.processes().into_iter().find(|process| process.id == std::process::id()).unwrap();
            assert!(held_by(&tree, &process).contains(&found.inode));
        }
    }
}
