//! What is this file: PEM with text around it, DER, PKCS#7, base64 without armour.

mod armour;
mod content;
mod mail;

use crate::x509::der::Reader;

/// Everything found in a file or a pasted text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// Certificates, in order; those inside PKCS#7 too.
    pub certificates: Vec<Found>,
    /// Certification requests (PKCS#10).
    pub requests: Vec<Found>,
    /// Certificate revocation lists.
    pub crls: Vec<Found>,
    /// PKCS#7 or CMS structures; their certificates are in `certificates`.
    pub pkcs7: Vec<Found>,
    /// Private keys: only that they are there.
    pub keys: Vec<FoundKey>,
    /// A PKCS#12 file.
    pub pkcs12: bool,
    /// A Java key store, JKS or JCEKS.
    pub jks: bool,
    /// What could not be used, and where: `line 12: the block ends before its END line`.
    pub problems: Vec<String>,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The object, DER.
    pub der: Vec<u8>,
    /// Where it begins.
    pub place: Place,
}

/// A private key that is there, and not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundKey {
    /// True when a password protects it.
    pub encrypted: bool,
    /// Where it begins.
    pub place: Place,
}

/// Where in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Line of a text, from 1.
    Line(usize),
    /// Byte of a binary file, from 0.
    Byte(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Byte(byte) => write!(formatter, "byte {byte}"),
        }
    }
}

impl Detected {
    /// True when nothing at all was recognised.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
            && self.requests.is_empty()
            && self.crls.is_empty()
            && self.pkcs7.is_empty()
            && self.keys.is_empty()
            && !self.pkcs12
            && !self.jks
    }

    /// Adds what another part of the same input held.
    fn take(&mut self, mut other: Self) {
        self.certificates.append(&mut other.certificates);
        self.requests.append(&mut other.requests);
        self.crls.append(&mut other.crls);
        self.pkcs7.append(&mut other.pkcs7);
        self.keys.append(&mut other.keys);
        self.pkcs12 |= other.pkcs12;
        self.jks |= other.jks;
        self.problems.append(&mut other.problems);
    }

    fn problem(&mut self, place: Place, words: &str) {
        // A hostile file must not produce more complaints than anyone reads.
        if self.problems.len() < 100 {
            self.problems.push([&place.to_string(), ": ", words].concat());
        }
    }
}

/// Looks at bytes of whatever kind. Never panics; what is not understood is named in `problems`.
#[must_use]
pub fn read(bytes: &[u8]) -> Detected {
    let mut detected = Detected::default();
    if let [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] = bytes {
        detected.jks = true;
    } else if bytes.first() == Some(&0x30) && Reader::new(bytes).next().is_ok_and(|element| element.raw.len() > 2) {
        binary(bytes, &mut detected);
    } else {
        let text = text(bytes);
        armour::read(&text, &mut detected);
        detected = mail::better(&text, detected);
    }
    if detected.is_empty() && detected.problems.is_empty() {
        detected.problems.push(
            if bytes.is_empty() { "nothing here" } else { "no certificate, request or key was recognised: not PEM, DER, PKCS#7 or base64" }
                .to_owned(),
        );
    }
    detected
}

/// DER objects one after the other.
fn binary(bytes: &[u8], detected: &mut Detected) {
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let place = Place::Byte(bytes.len() - reader.rest().len());
        match reader.next() {
            Ok(element) => content::read(element, place, detected),
            // Files that went through tape, FTP or a mail gateway end in zeros or a line end.
            Err(_) if reader.rest().iter().all(|octet| matches!(octet, 0 | b'\r' | b'\n' | 0x1a)) => break,
            Err(error) => {
                detected.problem(place, &error.to_string());
                break;
            }
        }
    }
}

/// Text without byte order mark; UTF-16, as some Windows programs save it, becomes UTF-8.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let wide = |rest: &[u8], order: fn([u8; 2]) -> u16| {
        let units = rest.as_chunks::<2>().0.iter().map(|unit| order(*unit));
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes).into(),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes).into(),
        _ => String::from_utf8_lossy(bytes),
    }
}
