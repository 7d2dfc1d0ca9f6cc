//! Sockets of this machine that listen, and the processes that hold them (proc(5), `/proc/net/tcp`).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::beyond;
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

/// Numbers of the sockets that a process has open: its descriptors are links to `socket:[INODE]`.
#[must_use]
pub fn held_by(tree: &Tree, process: &Process) -> Vec<u64> {
    let directory = PathBuf::from(format!("/proc/{}/fd", process.id));
    let socket = |name: String| {
        let target = tree.link(&directory.join(name))?;
        target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
    };
    match tree.entries(&directory) {
        Ok(names) => names.into_iter().filter_map(socket).collect(),
        Err(error) if tree.is_machine() && beyond::is_lack_of_rights(&error.source) => {
            beyond::ask(|somebody| somebody.sockets(process.id)).and_then(Result::ok).unwrap_or_default()
        }
        Err(_) => Vec::new(),
    }
}

/// Whether somebody takes a connection at an address.
///
/// # Errors
/// What the system says: refused, out of reach, or nothing until then.
pub fn answers(address: SocketAddr, patience: Duration) -> io::Result<()> {
    TcpStream::connect_timeout(&address, patience).map(drop)
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
