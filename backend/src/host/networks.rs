//! Addresses: which lead to this host or into a network of one's own, and which belong to one machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What Amazon's machines ask by IPv6; the one address of the kind that is not of the link.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Whether an address is none of the internet at large (IANA's special-purpose registries, RFC 6890).
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

/// Whether an address is one by which a machine of a cloud asks for its own metadata, or of the link alone (RFC 3927, RFC 4291 section 2.5.6).
#[must_use]
pub fn is_metadata(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local() || address == METADATA_V6,
    }
}

/// Whom an address stands for where somebody is counted: an IPv6 address counts by its /64, which one machine has to itself.
#[must_use]
pub fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
        address @ IpAddr::V4(_) => address,
    }
}

/// An address as it is kept and shown: an IPv4 address as such, also when it came by a socket of IPv6.
#[must_use]
pub fn text(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        // Shared by carriers (RFC 6598), for protocols (RFC 6890), for measurements (RFC 2544).
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && (18..20).contains(&second))
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let [.., a, b, c, d] = address.octets();
    // Mapped, compatible and translated addresses (RFC 4291, RFC 6052) lead where the IPv4 address in them leads.
    let embeds = address.segments().starts_with(&[0, 0, 0, 0, 0, 0xffff])
        || address.segments().starts_with(&[0, 0, 0, 0, 0, 0])
        || address.segments().starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]);
    let [_, _, e, f, g, h, ..] = address.octets();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (first & 0xfe00) == 0xfc00
        || (first & 0xffc0) == 0xfe80
        || (first & 0xffc0) == 0xfec0
        || (first == 0x2001 && second == 0xdb8)
        || (embeds && is_private_v4(Ipv4Addr::new(a, b, c, d)))
        // 6to4 (RFC 3056).
        || (first == 0x2002 && is_private_v4(Ipv4Addr::new(e, f, g, h)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_ones_own_are_known_in_all_their_spellings() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "0.1.2.3",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(is_private(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(!is_private(address.parse().unwrap()), "{address}");
        }
    }
}
