//! What mail does to certificates: quoted-printable, attachments in base64, and base64 that lost its BEGIN and END lines.

use super::{Detected, Place, armour, content};
use crate::x509::der::Reader;

/// Reads the text again as mail, where that finds more than `plain` did.
pub(super) fn better(text: &str, plain: Detected) -> Detected {
    let mut best = plain;
    let mut consider = |found: Detected| {
        if count(&found) > count(&best) {
            best = found;
        }
    };
    if is_quoted_printable(text) {
        let mut found = Detected::default();
        armour::read(&String::from_utf8_lossy(&quoted_printable(text)), &mut found);
        consider(found);
    }
    if has_attachments(text) {
        consider(attachments(text));
    }
    if count(&best) == 0 && best.keys.is_empty() {
        consider_runs(text, &mut best);
    }
    best
}

fn count(detected: &Detected) -> usize {
    detected.certificates.len() + detected.requests.len() + detected.crls.len() + detected.pkcs7.len()
}

/// `=3D` stands for the padding of base64, which no base64 holds otherwise; a line that ends in `=` without being padding goes on.
fn is_quoted_printable(text: &str) -> bool {
    text.contains("=3D") || text.contains("=3d") || text.contains("=\n-----END") || text.contains("=2B") || text.contains("=0A")
}

/// RFC 2045 section 6.7; what is no escape stays as it is.
fn quoted_printable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [octet, after @ ..] = rest {
        rest = after;
        if *octet != b'=' {
            bytes.push(*octet);
            continue;
        }
        match after {
            [b'\r', b'\n', more @ ..] | [b'\n', more @ ..] => rest = more,
            [high, low, more @ ..] => {
                let digits = (char::from(*high).to_digit(16), char::from(*low).to_digit(16));
                if let (Some(high), Some(low)) = digits
                    && let Ok(decoded) = u8::try_from(high << 4 | low)
                {
                    bytes.push(decoded);
                    rest = more;
                } else {
                    bytes.push(b'=');
                }
            }
            _ => bytes.push(b'='),
        }
    }
    bytes
}

fn is_header(line: &str, name: &str, value: &str) -> bool {
    line.split_once(':').is_some_and(|(left, right)| left.trim().eq_ignore_ascii_case(name) && right.trim().eq_ignore_ascii_case(value))
}

fn has_attachments(text: &str) -> bool {
    text.contains("ransfer-") && text.lines().any(|line| is_header(line, "Content-Transfer-Encoding", "base64"))
}

/// The bodies of all parts in base64 (RFC 2045), each read as a file of its own; what stands between them, as text.
fn attachments(text: &str) -> Detected {
    let mut found = Detected::default();
    let mut lines = text.lines().enumerate();
    let mut between = String::new();
    while let Some((_, line)) = lines.next() {
        if !is_header(line, "Content-Transfer-Encoding", "base64") {
            between.push_str(line);
            between.push('\n');
            continue;
        }
        // The other headers, up to the empty line.
        for (_, header) in lines.by_ref() {
            if header.trim().is_empty() {
                break;
            }
        }
        let mut body = String::new();
        let mut place = None;
        for (number, line) in lines.by_ref() {
            if line.starts_with("--") || (line.trim().is_empty() && !body.is_empty()) {
                break;
            }
            place = place.or(Some(number + 1));
            body.push_str(line.trim());
        }
        let (Some(bytes), Some(place)) = (armour::decode(&body), place) else { continue };
        // A part is a file: DER, or text with PEM in it. A mail within a mail is not opened.
        let mut inside = Detected::default();
        if bytes.first() == Some(&0x30) {
            elements(&bytes, Place::Line(place), &mut inside);
        } else {
            armour::read(&super::text(&bytes), &mut inside);
        }
        found.take(inside);
    }
    let mut outside = Detected::default();
    armour::read(&between, &mut outside);
    found.take(outside);
    found
}

/// Lines of base64 one after the other, wherever they stand.
fn consider_runs(text: &str, best: &mut Detected) {
    let mut found = Detected::default();
    let mut run = String::new();
    let mut begin = 0;
    for (number, line) in text.lines().chain([""]).enumerate() {
        let line = line.trim().trim_start_matches(['>', ' ']);
        let is_base64 = line.len() >= 4 && line.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+/=".contains(&octet));
        // `M` begins the base64 of 0x30.
        if is_base64 && (!run.is_empty() || line.starts_with('M')) {
            if run.is_empty() {
                begin = number + 1;
            }
            run.push_str(line);
            continue;
        }
        // Shorter than any certificate: a word of prose.
        if run.len() >= 100
            && let Some(bytes) = armour::decode(&run)
        {
            elements(&bytes, Place::Line(begin), &mut found);
        }
        run.clear();
    }
    if count(&found) > 0 {
        *best = found;
    }
}

fn elements(bytes: &[u8], place: Place, found: &mut Detected) {
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let Ok(element) = reader.next() else { return };
        content::read(element, place, found);
    }
}
