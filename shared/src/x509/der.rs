//! A small reader of tag, length and value (X.690): what certificates, requests, PKCS#7 and the tree of the viewer are made of.

use std::borrow::Cow;

/// Why bytes are not DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerError {
    /// The bytes end inside a header or its content.
    #[error("the bytes end too early")]
    Truncated,
    /// A length or tag number of more octets than any real object has.
    #[error("a length or tag number is larger than any real object has")]
    TooLarge,
    /// Indefinite length where only definite ones can be.
    #[error("an indefinite length without its end")]
    Indefinite,
    /// Another tag than the one that must be here.
    #[error("unexpected tag 0x{found:02x}, expected 0x{expected:02x}")]
    UnexpectedTag {
        /// What is there.
        found: u8,
        /// What must be there.
        expected: u8,
    },
    /// More bytes than the structure has.
    #[error("more bytes follow the end")]
    TrailingData,
    /// The content does not follow the rules of its type.
    #[error("the content does not follow the rules of its type")]
    Malformed,
}

/// Identifier octets that are met by name.
pub(crate) mod tag {
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const OID: u8 = 0x06;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

/// One tag with its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    /// First identifier octet.
    pub tag: u8,
    /// Tag number, for those that do not fit the first octet too.
    pub number: u32,
    /// Header and content, and the end-of-contents octets when the length is indefinite.
    pub raw: &'a [u8],
    /// Content without them.
    pub content: &'a [u8],
    /// Octets of the header.
    pub header_length: usize,
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub fn reader(&self) -> Reader<'a> {
        Reader { rest: self.content }
    }

    pub fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }

    /// Content of a BIT STRING without the octet that counts unused bits.
    pub fn bits(&self) -> Result<&'a [u8], DerError> {
        self.content.split_first().map(|(_, bits)| bits).ok_or(DerError::Malformed)
    }
}

/// Reads elements one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

/// How deep indefinite lengths may be nested; a limit against hostile input.
const DEPTH: u8 = 32;

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub fn next(&mut self) -> Result<Element<'a>, DerError> {
        let element = element(self.rest, DEPTH)?;
        self.rest = self.rest.get(element.raw.len()..).unwrap_or_default();
        Ok(element)
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, expected: u8) -> Result<Element<'a>, DerError> {
        match self.peek() {
            Some(found) if found == expected => self.next(),
            Some(found) => Err(DerError::UnexpectedTag { found, expected }),
            None => Err(DerError::Truncated),
        }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, expected: u8) -> Result<Option<Element<'a>>, DerError> {
        if self.peek() == Some(expected) { self.next().map(Some) } else { Ok(None) }
    }
}

/// One element that fills the bytes.
pub(crate) fn only(bytes: &[u8], expected: u8) -> Result<Element<'_>, DerError> {
    let mut reader = Reader::new(bytes);
    let element = reader.expect(expected)?;
    if reader.is_empty() { Ok(element) } else { Err(DerError::TrailingData) }
}

fn element(bytes: &[u8], depth: u8) -> Result<Element<'_>, DerError> {
    let (&[tag, first], _) = bytes.split_first_chunk::<2>().ok_or(DerError::Truncated)?;
    let mut position = 2;
    let mut number = u32::from(tag & 0x1f);
    let mut length_octet = first;
    if number == 0x1f {
        position = 1;
        number = 0;
        loop {
            let octet = *bytes.get(position).ok_or(DerError::Truncated)?;
            position += 1;
            number = number.checked_mul(128).ok_or(DerError::TooLarge)? | u32::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                break;
            }
        }
        length_octet = *bytes.get(position).ok_or(DerError::Truncated)?;
        position += 1;
    }
    let length = match length_octet {
        0x80 => return indefinite(bytes, tag, number, position, depth),
        short @ 0..=0x7f => usize::from(short),
        long => {
            let octets = usize::from(long & 0x7f);
            let digits = bytes.get(position..position + octets).ok_or(DerError::Truncated)?;
            position += octets;
            let mut length = 0usize;
            for &digit in digits {
                if length > 0x00ff_ffff {
                    return Err(DerError::TooLarge);
                }
                length = length << 8 | usize::from(digit);
            }
            length
        }
    };
    let end = position.checked_add(length).ok_or(DerError::TooLarge)?;
    let raw = bytes.get(..end).ok_or(DerError::Truncated)?;
    Ok(Element { tag, number, raw, content: raw.get(position..).unwrap_or_default(), header_length: position })
}

/// BER as NSS and Java write it: elements until two zero octets.
fn indefinite(bytes: &[u8], tag: u8, number: u32, header_length: usize, depth: u8) -> Result<Element<'_>, DerError> {
    if tag & 0x20 == 0 || depth == 0 {
        return Err(DerError::Indefinite);
    }
    let mut end = header_length;
    loop {
        let rest = bytes.get(end..).ok_or(DerError::Truncated)?;
        if rest.starts_with(&[0, 0]) {
            let raw = bytes.get(..end + 2).ok_or(DerError::Truncated)?;
            let content = bytes.get(header_length..end).ok_or(DerError::Truncated)?;
            return Ok(Element { tag, number, raw, content, header_length });
        }
        end += element(rest, depth - 1)?.raw.len();
    }
}

/// The text of a string type; nothing for other tags. Never fails: octets that break the rules of their type are read as
/// Latin-1, as OpenSSL prints them.
pub(crate) fn text(tag: u8, content: &[u8]) -> Option<Cow<'_, str>> {
    match tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString, GeneralString.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a | 0x1b => Some(match std::str::from_utf8(content) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(latin1(content)),
        }),
        // T61String holds Latin-1 in practice.
        0x14 => Some(if content.is_ascii() {
            Cow::Borrowed(std::str::from_utf8(content).unwrap_or_default())
        } else {
            Cow::Owned(latin1(content))
        }),
        // BMPString, UniversalString.
        0x1e => Some(Cow::Owned(bmp(content))),
        0x1c => Some(Cow::Owned(
            content
                .chunks(4)
                .map(|unit| unit.iter().fold(0u32, |value, &octet| value << 8 | u32::from(octet)))
                .map(|value| char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        )),
        _ => None,
    }
}

fn latin1(content: &[u8]) -> String {
    content.iter().copied().map(char::from).collect()
}

fn bmp(content: &[u8]) -> String {
    let units = content.chunks(2).map(|unit| unit.iter().fold(0u16, |value, &octet| value << 8 | u16::from(octet)));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Header and content of one element.
pub(crate) fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 6);
    bytes.push(tag);
    let length = content.len();
    if let (true, Ok(short)) = (length < 0x80, u8::try_from(length)) {
        bytes.push(short);
    } else {
        let octets = length.to_be_bytes();
        let significant = octets.iter().position(|&octet| octet != 0).unwrap_or_default();
        let digits = octets.get(significant..).unwrap_or_default();
        bytes.push(0x80 | digits.len() as u8);
        bytes.extend_from_slice(digits);
    }
    bytes.extend_from_slice(content);
    bytes
}
