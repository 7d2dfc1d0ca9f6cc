//! Object identifiers: dotted text, and the names the standards give them.

mod names;

use std::borrow::Cow;

use names::NAMES;

use super::view::Word;

/// The dotted text of an OBJECT IDENTIFIER's content. Known ones are not allocated; content that breaks the rules of the
/// encoding comes out as hex.
pub(crate) fn dotted(content: &[u8]) -> Word {
    known(content).map_or_else(|| Cow::Owned(spell(content)), |(dotted, _)| Cow::Borrowed(dotted))
}

/// The name of an identifier, by its dotted text: `commonName`, `serverAuth`, `sha256WithRSAEncryption`.
#[must_use]
pub fn name(dotted: &str) -> Option<&'static str> {
    lookup(dotted).map(|(_, name)| name)
}

/// The dotted text of an identifier by its name; of names that several identifiers share, the first.
#[must_use]
pub fn dotted_of(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(_, known)| *known == name).map(|(dotted, _)| *dotted)
}

/// Dotted text and name of a known identifier, by its encoding.
pub(crate) fn known(content: &[u8]) -> Option<(&'static str, &'static str)> {
    if let &[0x55, arc @ (0x04 | 0x1d), last @ 0..=0x7f] = content {
        let place = ATTRIBUTES_AND_EXTENSIONS[usize::from(arc == 0x1d)][usize::from(last)];
        return NAMES.get(usize::from(place)).copied();
    }
    let mut buffer = Buffer { text: [0; 64], length: 0 };
    write(content, &mut buffer)?;
    lookup(std::str::from_utf8(buffer.text.get(..buffer.length)?).ok()?)
}

/// The content octets of dotted text.
pub(crate) fn encode(dotted: &str) -> Option<Vec<u8>> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u64>().ok());
    let first = arcs.next()??;
    let second = arcs.next()??;
    if first > 2 || (first < 2 && second > 39) {
        return None;
    }
    let mut content = Vec::new();
    push(first.checked_mul(40)?.checked_add(second)?, &mut content);
    for arc in arcs {
        push(arc?, &mut content);
    }
    Some(content)
}

fn push(arc: u64, content: &mut Vec<u8>) {
    let groups = (64 - arc.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let octet = (arc >> (7 * group)) as u8 & 0x7f;
        content.push(if group == 0 { octet } else { octet | 0x80 });
    }
}

/// Places in `NAMES` of 2.5.4.x and 2.5.29.x: attributes of names and extensions, which make up most of a certificate.
static ATTRIBUTES_AND_EXTENSIONS: [[u16; 128]; 2] = [places(b"2.5.4."), places(b"2.5.29.")];

/// `u16::MAX` where there is no name.
const fn places(prefix: &[u8]) -> [u16; 128] {
    let mut places = [u16::MAX; 128];
    let mut place = 0;
    while place < NAMES.len() {
        let dotted = NAMES[place].0.as_bytes();
        let (mut index, mut last) = (0, 0);
        while index < dotted.len() && (index >= prefix.len() || dotted[index] == prefix[index]) {
            if index >= prefix.len() {
                // Longer identifiers, such as 2.5.29.32.0, get out of range.
                last = if dotted[index] == b'.' { 1_000 } else { last * 10 + (dotted[index] - b'0') as usize };
            }
            index += 1;
        }
        if index == dotted.len() && index > prefix.len() && last < places.len() {
            places[last] = place as u16;
        }
        place += 1;
    }
    places
}

struct Buffer {
    text: [u8; 64],
    length: usize,
}

impl Buffer {
    fn push(&mut self, octet: u8) -> Option<()> {
        *self.text.get_mut(self.length)? = octet;
        self.length += 1;
        Some(())
    }

    fn number(&mut self, number: u64) -> Option<()> {
        let mut digits = [0u8; 20];
        let mut rest = number;
        let mut start = digits.len();
        loop {
            start -= 1;
            *digits.get_mut(start)? = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        for &digit in digits.get(start..)? {
            self.push(digit)?;
        }
        Some(())
    }
}

/// Nothing when it does not fit: too long for any identifier we know.
fn write(content: &[u8], buffer: &mut Buffer) -> Option<()> {
    let mut arcs = Arcs { rest: content };
    let first = arcs.next()??;
    let root = (first / 40).min(2);
    buffer.number(root)?;
    buffer.push(b'.')?;
    buffer.number(first - root * 40)?;
    for arc in arcs {
        buffer.push(b'.')?;
        buffer.number(arc?)?;
    }
    Some(())
}

struct Arcs<'a> {
    rest: &'a [u8],
}

impl Iterator for Arcs<'_> {
    type Item = Option<u64>;

    fn next(&mut self) -> Option<Option<u64>> {
        if self.rest.is_empty() {
            return None;
        }
        let mut arc = 0u64;
        loop {
            let Some((&octet, rest)) = self.rest.split_first() else { return Some(None) };
            self.rest = rest;
            if arc >> 57 != 0 {
                return Some(None);
            }
            arc = arc << 7 | u64::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                return Some(Some(arc));
            }
        }
    }
}

fn spell(content: &[u8]) -> String {
    let mut text = String::new();
    for (index, arc) in (Arcs { rest: content }).enumerate() {
        // An arc of more than 64 bits, or one without its end.
        let Some(arc) = arc else { return ["#", &crate::hex::hex(content)].concat() };
        if index == 0 {
            let root = (arc / 40).min(2);
            text.push_str(&root.to_string());
            text.push('.');
            text.push_str(&(arc - root * 40).to_string());
        } else {
            text.push('.');
            text.push_str(&arc.to_string());
        }
    }
    text
}

fn lookup(dotted: &str) -> Option<(&'static str, &'static str)> {
    NAMES.binary_search_by(|(candidate, _)| (*candidate).cmp(dotted)).ok().and_then(|index| NAMES.get(index)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_identifiers_encode() {
        for pair in NAMES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (text, _) in NAMES {
            assert_eq!(dotted(&encode(text).unwrap()), *text);
            assert_eq!(known(&encode(text).unwrap()).unwrap().0, *text);
        }
    }

    #[test]
    fn unknown_identifiers_are_spelled_out() {
        assert_eq!(dotted(&encode("2.999.18446744073709551615").unwrap()), "2.999.18446744073709551615");
        assert_eq!(dotted(&encode("1.2.3.4").unwrap()), "1.2.3.4");
        assert_eq!(dotted(&[0x2a, 0x86]), "#2a86");
    }
}
