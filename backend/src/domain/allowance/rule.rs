//! A rule of the list of what may be probed.

use std::net::{IpAddr, SocketAddr};

/// A rule of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// One host name.
    Name(String),
    /// All names below a domain: `*.example.org`.
    Below(String),
    /// Addresses whose first bits are these.
    Network(IpAddr, u8),
}

/// Why a rule is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An entry is a host name, `*.` and a domain, an IP address, or a network such as 192.0.2.0/24 or 2001:db8::/32.")]
pub struct NoRule;

impl std::str::FromStr for Rule {
    type Err = NoRule;

    fn from_str(text: &str) -> Result<Self, NoRule> {
        if let Some((address, bits)) = text.split_once('/') {
            let (address, bits) = (address.parse::<IpAddr>().map_err(|_| NoRule)?, bits.parse::<u8>().map_err(|_| NoRule)?);
            return if bits <= width(address) { Ok(Self::Network(address, bits)) } else { Err(NoRule) };
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address, width(address)));
        }
        let (below, name) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        let label = |label: &str| {
            (1..=63).contains(&label.len()) && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_')
        };
        if name.len() > 253 || !name.split('.').all(label) {
            return Err(NoRule);
        }
        let name = name.to_ascii_lowercase();
        Ok(if below { Self::Below(name) } else { Self::Name(name) })
    }
}

impl Rule {
    /// Whether it lets a host with one of its addresses pass.
    fn covers(&self, host: &str, address: IpAddr) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        match self {
            Self::Name(name) => host == *name,
            Self::Below(domain) => host.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.')),
            Self::Network(network, bits) => first_bits(address, *bits).is_some_and(|found| Some(found) == first_bits(*network, *bits)),
        }
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// Family and first bits of an address.
fn first_bits(address: IpAddr, bits: u8) -> Option<(bool, u128)> {
    let width = u32::from(width(address));
    let number = match address.to_canonical() {
        IpAddr::V4(address) if width == 32 => u128::from(address.to_bits()),
        IpAddr::V6(address) if width == 128 => address.to_bits(),
        _ => return None,
    };
    Some((address.is_ipv4(), number.checked_shr(width.checked_sub(u32::from(bits))?).unwrap_or(0)))
}

/// The first address of a host that is not to be probed; nothing when all may be. Addresses of this host itself always may.
#[must_use]
pub fn refused(rules: &[Rule], host: &str, addresses: &[SocketAddr], is_own: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let allowed = |address: IpAddr| {
        let address = address.to_canonical();
        is_own(address) || rules.iter().any(|rule| rule.covers(host, address))
    };
    addresses.iter().map(SocketAddr::ip).find(|address| !allowed(*address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_refused(rules: &[&str], host: &str, addresses: &[&str]) -> Option<String> {
        let rules: Vec<Rule> = rules.iter().map(|rule| rule.parse().unwrap()).collect();
        let addresses: Vec<SocketAddr> = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 443)).collect();
        let own: [IpAddr; 3] = ["127.0.0.1", "::1", "192.0.2.7"].map(|address| address.parse().unwrap());
        refused(&rules, host, &addresses, |address| own.contains(&address)).map(|address| address.to_string())
    }

    #[test]
    fn without_a_rule_only_this_host_is_probed() {
        assert_eq!(first_refused(&[], "localhost", &["127.0.0.1", "::1", "192.0.2.7", "::ffff:127.0.0.1"]), None);
        assert_eq!(first_refused(&[], "metadata", &["169.254.169.254"]).as_deref(), Some("169.254.169.254"));
        assert_eq!(first_refused(&[], "both", &["127.0.0.1", "192.0.2.8"]).as_deref(), Some("192.0.2.8"), "every address counts");
    }

    #[test]
    fn names_domains_and_networks_allow_what_they_say() {
        assert_eq!(first_refused(&["mail.example.org"], "MAIL.example.org.", &["198.51.100.1"]), None);
        assert_eq!(first_refused(&["*.example.org"], "mail.example.org", &["198.51.100.1"]), None);
        assert!(first_refused(&["*.example.org"], "example.org", &["198.51.100.1"]).is_some());
        assert!(first_refused(&["*.example.org"], "badexample.org", &["198.51.100.1"]).is_some());
        assert_eq!(first_refused(&["198.51.100.0/24"], "a", &["198.51.100.255"]), None);
        assert!(first_refused(&["198.51.100.0/24"], "a", &["198.51.101.0"]).is_some());
        assert_eq!(first_refused(&["2001:db8::/32"], "a", &["2001:db8:1::1"]), None);
        assert_eq!(first_refused(&["0.0.0.0/0"], "a", &["198.51.100.1"]), None);
        assert!(first_refused(&["0.0.0.0/0"], "a", &["2001:db8::1"]).is_some());
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for bad in ["", "192.0.2.0/33", "::/129", "a/8", "*", "*.", "http://a", "a b", "a..b", "192.0.2.0/-1"] {
            assert_eq!(bad.parse::<Rule>(), Err(NoRule), "{bad:?}");
        }
    }
}
