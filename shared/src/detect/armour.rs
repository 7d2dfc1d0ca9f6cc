//! PEM (RFC 7468) as it is met: with text around it, indented, quoted in mail, with escaped line ends; and base64 without armour.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Detected, FoundKey, Place, content};
use crate::x509::der::Reader;

/// Padding is often lost, and trailing bits are often not zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

pub(super) fn read(text: &str, detected: &mut Detected) {
    let mut rest = text;
    let mut line = 1;
    let mut blocks = 0;
    while let Some(start) = rest.find(BEGIN) {
        let (before, from) = rest.split_at(start);
        line += lines(before);
        blocks += 1;
        let place = Place::Line(line);
        let after = from.get(BEGIN.len()..).unwrap_or_default();
        let line_end = after.find(['\n', '\r', '\\']).unwrap_or(after.len());
        let Some(label_end) = after.get(..line_end).and_then(|first| first.find(DASHES)) else {
            detected.problem(place, "the BEGIN line does not end in five dashes");
            rest = after;
            continue;
        };
        let (label, body) = after.split_at(label_end);
        let body = body.get(DASHES.len()..).unwrap_or_default();
        // A second BEGIN before the END belongs to the next block.
        let limit = body.find(BEGIN).unwrap_or(body.len());
        let (inside, _) = body.split_at(limit);
        let used = match inside.find(END) {
            Some(end) => {
                block(label.trim(), inside.get(..end).unwrap_or_default(), place, detected);
                end + END.len()
            }
            None => {
                detected.problem(place, &["the block ", label.trim(), " has no END line"].concat());
                limit
            }
        };
        let consumed = BEGIN.len() + label_end + DASHES.len() + used;
        let (passed, remaining) = from.split_at(consumed);
        line += lines(passed);
        rest = remaining;
    }
    if blocks == 0 {
        bare(text, detected);
    }
}

fn lines(text: &str) -> usize {
    let feeds = text.bytes().filter(|&octet| octet == b'\n').count();
    if feeds > 0 { feeds } else { text.bytes().filter(|&octet| octet == b'\r').count() }
}

fn block(label: &str, body: &str, place: Place, detected: &mut Detected) {
    if label.ends_with("PRIVATE KEY") {
        // Never decoded: a key that was pasted by mistake is not to be touched.
        let encrypted = label.starts_with("ENCRYPTED") || body.contains("Proc-Type: 4,ENCRYPTED");
        detected.keys.push(FoundKey { encrypted, place });
        return;
    }
    let Some(bytes) = decode(body) else {
        detected.problem(place, &["the block ", label, " is not base64"].concat());
        return;
    };
    // TRUSTED CERTIFICATE of OpenSSL: its own trust settings follow the certificate.
    match Reader::new(&bytes).next() {
        Ok(element) => content::read(element, place, detected),
        Err(error) => detected.problem(place, &["the block ", label, " is damaged: ", &error.to_string()].concat()),
    }
}

/// Base64 of a block: headers, line ends, indentation, mail quotes and written-out `\n` are passed over.
pub(super) fn decode(body: &str) -> Option<Vec<u8>> {
    let mut symbols = Vec::with_capacity(body.len());
    for line in body.lines() {
        // Headers of RFC 1421: `Proc-Type: 4,ENCRYPTED`.
        if line.contains(": ") {
            continue;
        }
        let mut escaped = false;
        for octet in line.trim().trim_start_matches('>').bytes() {
            match octet {
                b'\\' => escaped = true,
                b'n' | b'r' if escaped => escaped = false,
                octet if octet.is_ascii_whitespace() || matches!(octet, b'"' | b',' | b'\'') => escaped = false,
                octet => {
                    escaped = false;
                    symbols.push(octet);
                }
            }
        }
    }
    if symbols.is_empty() { None } else { LENIENT.decode(&symbols).ok() }
}

/// Text that is base64 as a whole, and DER inside.
fn bare(text: &str, detected: &mut Detected) {
    let first = text.lines().position(|line| !line.trim().is_empty()).unwrap_or_default();
    // `M` begins the base64 of 0x30: anything else is prose.
    if !text.trim_start().starts_with('M') {
        return;
    }
    let Some(bytes) = decode(text) else { return };
    let mut reader = Reader::new(&bytes);
    while !reader.is_empty() {
        let Ok(element) = reader.next() else { return };
        content::read(element, Place::Line(first + 1), detected);
    }
}
