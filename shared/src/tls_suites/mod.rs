//! Cipher suites, groups and signature algorithms of TLS as data: IANA's registry (TLS Cipher Suites, TLS Supported Groups, TLS
//! SignatureScheme) with OpenSSL's names, and what is to be thought of a suite today.

pub mod groups;
mod judgement;
mod parts;
pub mod signatures;

use std::sync::LazyLock;

pub use judgement::Judgement;
pub use parts::Parts;

/// A cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suite {
    /// Its number on the wire.
    pub number: u16,
    /// Name in IANA's registry; for those that never came into it, the name that programs have for it.
    pub name: &'static str,
    /// OpenSSL's name, of whichever version knew it.
    pub openssl: Option<&'static str>,
    /// Whether IANA has it.
    pub registered: bool,
}

/// A line each: number, name, OpenSSL's name or `-`, and `unregistered` where IANA does not have it. The suite without key exchange, cipher and
/// MAC (0x0000) and the values that only signal something are not suites that a server can choose.
static TABLE: LazyLock<Vec<Suite>> = LazyLock::new(|| include_str!("suites.tsv").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Suite> {
    let mut columns = line.split('\t');
    let number = u16::from_str_radix(columns.next()?, 16).ok()?;
    let name = columns.next()?;
    let openssl = columns.next().filter(|name| *name != "-");
    Some(Suite { number, name, openssl, registered: columns.next().is_none() })
}

/// All of them, by number.
#[must_use]
pub fn all() -> &'static [Suite] {
    &TABLE
}

/// The one with this number.
#[must_use]
pub fn by_number(number: u16) -> Option<&'static Suite> {
    let place = TABLE.binary_search_by_key(&number, |suite| suite.number).ok()?;
    TABLE.get(place)
}

/// The one with this name, IANA's or OpenSSL's.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Suite> {
    TABLE.iter().find(|suite| suite.name == name || suite.openssl == Some(name))
}

impl Suite {
    /// Whether it is one of TLS 1.3, which no earlier version has (RFC 8446 section B.4).
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        matches!(self.number, 0x00C6 | 0x00C7 | 0x1301..=0x13FF | 0xC0B4 | 0xC0B5 | 0xC103..=0xC106)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert_eq!(all().len(), include_str!("suites.tsv").lines().count());
        assert!(all().is_sorted_by_key(|suite| suite.number));
        assert_eq!(all().iter().filter(|suite| suite.registered).count(), 349);
        assert!(all().iter().all(|suite| !suite.name.contains("SCSV")));
    }

    #[test]
    fn a_suite_is_found_by_number_and_by_either_name() {
        let suite = by_number(0xC02F).unwrap();
        assert_eq!((suite.name, suite.openssl), ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Some("ECDHE-RSA-AES128-GCM-SHA256")));
        assert_eq!(by_name("ECDHE-RSA-AES128-GCM-SHA256"), Some(suite));
        assert_eq!(by_name(suite.name), Some(suite));
        assert_eq!((by_number(0x5600), by_name("HIGH")), (None, None));
    }

    #[test]
    fn suites_of_tls_1_3_are_its_own() {
        let of = |number| by_number(number).unwrap();
        assert!(of(0x1301).is_tls13() && !of(0xC02F).is_tls13());
        assert_eq!(all().iter().filter(|suite| suite.is_tls13()).count(), 15);
    }
}
