//! CBOR (RFC 8949) as authenticators write it: the subset of CTAP2's canonical encoding (CTAP 2.1, section 8). No tags, no floats, nothing of
//! indefinite length; whatever announces more than there is, is refused.

/// Arrays and maps stand in each other at most so deep: CTAP2 allows four, attestation statements of some makers take one more.
const DEEPEST: u8 = 6;
/// Most pairs of a map. That no key stands there twice is found out by comparing each with each.
const MOST_PAIRS: u64 = 64;

/// A data item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// An integer: major types 0 and 1.
    Integer(i128),
    /// Octets.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// Items in their order.
    Array(Vec<Self>),
    /// Pairs in their order, no key twice.
    Map(Vec<(Self, Self)>),
    /// false, true, null, undefined and what else has no content.
    Simple(u8),
}

impl<'a> Item<'a> {
    /// The value of a key, in a map.
    pub(super) fn get(&self, key: &Item<'_>) -> Option<&Self> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The octets.
    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// The item that the octets begin with, and what follows it.
pub(super) fn read(input: &[u8]) -> Option<(Item<'_>, &[u8])> {
    item(input, DEEPEST)
}

fn item(input: &[u8], depth: u8) -> Option<(Item<'_>, &[u8])> {
    let (&first, rest) = input.split_first()?;
    let (major, short) = (first >> 5, first & 0x1f);
    let (argument, rest) = argument(short, rest)?;
    let deeper = || depth.checked_sub(1);
    Some(match major {
        0 => (Item::Integer(argument.into()), rest),
        1 => (Item::Integer(-1 - i128::from(argument)), rest),
        2 => {
            let (bytes, rest) = split(rest, argument)?;
            (Item::Bytes(bytes), rest)
        }
        3 => {
            let (bytes, rest) = split(rest, argument)?;
            (Item::Text(std::str::from_utf8(bytes).ok()?), rest)
        }
        4 => {
            let (mut items, mut rest, deeper) = (Vec::new(), rest, deeper()?);
            for _ in 0..argument {
                let (next, after) = item(rest, deeper)?;
                items.push(next);
                rest = after;
            }
            (Item::Array(items), rest)
        }
        5 if argument <= MOST_PAIRS => {
            let (mut pairs, mut rest, deeper) = (Vec::<(Item<'_>, Item<'_>)>::new(), rest, deeper()?);
            for _ in 0..argument {
                let (key, after) = item(rest, deeper)?;
                let (value, after) = item(after, deeper)?;
                if pairs.iter().any(|(found, _)| *found == key) {
                    return None;
                }
                pairs.push((key, value));
                rest = after;
            }
            (Item::Map(pairs), rest)
        }
        7 if short < 24 => (Item::Simple(short), rest),
        _ => return None,
    })
}

/// The number behind the major type; none for lengths that are not said beforehand.
fn argument(short: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let octets = match short {
        0..24 => return Some((short.into(), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (number, rest) = rest.split_at_checked(octets)?;
    Some((number.iter().fold(0, |sum, octet| sum << 8 | u64::from(*octet)), rest))
}

fn split(input: &[u8], length: u64) -> Option<(&[u8], &[u8])> {
    input.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_8949_appendix_a_are_read() {
        let whole = |bytes: &'static [u8]| read(bytes).filter(|(_, rest)| rest.is_empty()).map(|(item, _)| item);
        assert_eq!(whole(&[0x17]), Some(Item::Integer(23)));
        assert_eq!(whole(&[0x19, 0x03, 0xe8]), Some(Item::Integer(1000)));
        assert_eq!(whole(&[0x1b, 255, 255, 255, 255, 255, 255, 255, 255]), Some(Item::Integer(18_446_744_073_709_551_615)));
        assert_eq!(whole(&[0x39, 0x03, 0xe7]), Some(Item::Integer(-1000)));
        assert_eq!(whole(&[0x44, 1, 2, 3, 4]), Some(Item::Bytes(&[1, 2, 3, 4])));
        assert_eq!(whole(b"\x64IETF"), Some(Item::Text("IETF")));
        assert_eq!(whole(&[0xf5]), Some(Item::Simple(21)));
        let map = whole(&[0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03]).unwrap();
        assert_eq!(map.get(&Item::Text("b")), Some(&Item::Array(vec![Item::Integer(2), Item::Integer(3)])));
    }

    #[test]
    fn what_authenticators_never_write_is_refused() {
        for (bytes, what) in [
            (&[0x5f, 0x41, 0, 0xff][..], "indefinite length"),
            (&[0xc0, 0x00], "a tag"),
            (&[0xf9, 0, 0], "a float"),
            (&[0x44, 1, 2], "less than it announces"),
            (&[0x9b, 255, 255, 255, 255, 255, 255, 255, 255], "an array that cannot be there"),
            (&[0xa2, 1, 1, 1, 2], "a key twice"),
            (&[0x61, 0xff], "text that is none"),
            (&[0x81; 200], "an abyss"),
            (&[], "nothing"),
        ] {
            assert_eq!(read(bytes), None, "{what}");
        }
    }

    #[test]
    fn a_map_of_a_hundred_thousand_keys_is_refused_at_once() {
        let pairs = (0..100_000_u32).flat_map(|key| [&[0x1a][..], &key.to_be_bytes(), &[0]].concat());
        let map: Vec<u8> = [0xba].into_iter().chain(100_000_u32.to_be_bytes()).chain(pairs).collect();
        assert_eq!(read(&map), None);
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some((_, rest)) = read(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }
}
