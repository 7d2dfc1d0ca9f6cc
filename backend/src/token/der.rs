//! DER (X.690), as strictly as signing needs it: definite minimal lengths, low tag numbers, nothing left over.

/// Tag of INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// Tag of BIT STRING.
pub(crate) const BIT_STRING: u8 = 0x03;
/// Tag of OCTET STRING.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// Tag of NULL.
pub(crate) const NULL: u8 = 0x05;
/// Tag of OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// Tag of UTCTime.
pub(crate) const UTC_TIME: u8 = 0x17;
/// Tag of GeneralizedTime.
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
/// Tag of SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;
/// Tag of SET.
pub(crate) const SET: u8 = 0x31;

/// Nothing that we read nests deeper.
const DEPTH: usize = 32;

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// Tag, length and content.
    pub(crate) whole: &'a [u8],
}

/// Reads one element after the other.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets }
    }

    /// Whether everything was read.
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether the next element has the tag.
    pub(crate) fn next_is(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    /// The next element, of any kind.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, String> {
        let (tag, after_tag) = self.rest.split_first().ok_or("the DER ends too early")?;
        if tag & 0x1f == 0x1f {
            return Err("a tag number over 30".to_owned());
        }
        let (first, mut after_length) = after_tag.split_first().ok_or("the DER ends too early")?;
        let mut length = usize::from(*first);
        if *first >= 0x80 {
            let octets = usize::from(first & 0x7f);
            if octets == 0 || octets > 4 || after_length.len() < octets {
                return Err("a length that is not DER".to_owned());
            }
            let (digits, rest) = after_length.split_at(octets);
            length = digits.iter().fold(0, |value, digit| (value << 8) | usize::from(*digit));
            if length < 0x80 || digits[0] == 0 {
                return Err("a length that is longer than it need be".to_owned());
            }
            after_length = rest;
        }
        if after_length.len() < length {
            return Err("the DER ends too early".to_owned());
        }
        let (content, rest) = after_length.split_at(length);
        let whole = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        Ok(Element { tag: *tag, content, whole })
    }

    /// The next element, which must have the tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &str) -> Result<Element<'a>, String> {
        let element = self.any().map_err(|error| format!("{what}: {error}"))?;
        if element.tag == tag { Ok(element) } else { Err(format!("{what}: tag {:#04x} where {tag:#04x} belongs", element.tag)) }
    }

    /// Nothing may be left.
    pub(crate) fn end(&self, what: &str) -> Result<(), String> {
        if self.rest.is_empty() { Ok(()) } else { Err(format!("{what}: {} octets too many", self.rest.len())) }
    }
}

/// The one element that the octets are, well-formed in depth.
pub(crate) fn exactly<'a>(octets: &'a [u8], tag: u8, what: &str) -> Result<Element<'a>, String> {
    let mut reader = Reader::new(octets);
    let element = reader.expect(tag, what)?;
    reader.end(what)?;
    well_formed(element, DEPTH).map_err(|error| format!("{what}: {error}"))?;
    Ok(element)
}

fn well_formed(element: Element<'_>, depth: usize) -> Result<(), String> {
    if element.tag & 0x20 == 0 {
        return Ok(());
    }
    let Some(depth) = depth.checked_sub(1) else { return Err("nested too deep".to_owned()) };
    let mut reader = Reader::new(element.content);
    while !reader.is_empty() {
        well_formed(reader.any()?, depth)?;
    }
    Ok(())
}

/// An element made of parts.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut octets = Vec::with_capacity(length + 6);
    octets.push(tag);
    if let Some(short) = u8::try_from(length).ok().filter(|short| *short < 0x80) {
        octets.push(short);
    } else {
        let digits = length.to_be_bytes();
        let significant: Vec<u8> = digits.iter().copied().skip_while(|digit| *digit == 0).collect();
        octets.push(0x80 | u8::try_from(significant.len()).unwrap_or(0));
        octets.extend(significant);
    }
    for part in parts {
        octets.extend_from_slice(part);
    }
    octets
}

/// A non-negative INTEGER from its big-endian octets.
pub(crate) fn unsigned(octets: &[u8]) -> Vec<u8> {
    let significant = &octets[octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len())..];
    match significant.first() {
        None => element(INTEGER, &[&[0]]),
        Some(first) if *first >= 0x80 => element(INTEGER, &[&[0], significant]),
        Some(_) => element(INTEGER, &[significant]),
    }
}
