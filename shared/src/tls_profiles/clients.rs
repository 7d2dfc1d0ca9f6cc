//! What clients offer, as their ClientHellos say it: the oldest that the profiles are for, and some that read mail.

use std::sync::LazyLock;

use crate::api::plan::TlsVersion;

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its name and version.
    pub name: &'static str,
    /// The lowest version of TLS that it takes.
    pub lowest: TlsVersion,
    /// The highest.
    pub highest: TlsVersion,
    /// Groups of the key exchange, the first preferred; none for one that does not say, or has no curves.
    pub groups: Vec<&'static str>,
    /// Numbers of its cipher suites, the first preferred.
    pub suites: Vec<u16>,
}

/// A line each: name, lowest and highest version, groups, suites.
static TABLE: LazyLock<Vec<Client>> = LazyLock::new(|| include_str!("clients.tsv").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Client> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let version = |text: &str| {
        Some(match text {
            "1.0" => TlsVersion::Tls10,
            "1.1" => TlsVersion::Tls11,
            "1.2" => TlsVersion::Tls12,
            "1.3" => TlsVersion::Tls13,
            _ => return None,
        })
    };
    let (lowest, highest) = (version(columns.next()?)?, version(columns.next()?)?);
    let groups = columns.next()?.split_whitespace().collect();
    let suites = columns.next()?.split_whitespace().map(|number| u16::from_str_radix(number, 16).ok()).collect::<Option<_>>()?;
    Some(Client { name, lowest, highest, groups, suites })
}

/// All of them, the oldest first.
#[must_use]
pub fn clients() -> &'static [Client] {
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls_suites::{by_number, groups};

    #[test]
    fn every_client_is_read_and_offers_what_is_known() {
        assert_eq!(clients().len(), include_str!("clients.tsv").lines().count());
        for client in clients() {
            assert!(client.lowest <= client.highest && !client.suites.is_empty(), "{}", client.name);
            assert!(client.suites.iter().all(|number| by_number(*number).is_some()), "{}", client.name);
            assert!(client.groups.iter().all(|name| groups::by_name(name).is_some()), "{}", client.name);
            assert_eq!(client.suites.contains(&0x1301), client.highest == TlsVersion::Tls13, "{}", client.name);
        }
    }
}
