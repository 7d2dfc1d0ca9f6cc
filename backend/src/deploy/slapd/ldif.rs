//! The files of `slapd.d`: one entry in LDIF (RFC 2849), which slapd writes by itself.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::deploy::settings::{self, Document, Entries, Line, Setting, What};

/// Takes an entry apart: each value of an attribute is a setting.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let mut logical: Vec<Vec<Line>> = Vec::new();
    for line in settings::lines(&bytes) {
        let folded = bytes.get(line.span.start) == Some(&b' ');
        match logical.last_mut().filter(|_| folded) {
            Some(open) => open.push(line),
            None => logical.push(vec![line]),
        }
    }
    for lines in logical {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { continue };
        let text = first.of(&bytes);
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        let span = first.span.start..last.span.end;
        let Some(colon) = text.iter().position(|octet| *octet == b':') else {
            entries.add(span, What::Unknown("There is no : after the name of the attribute.".to_owned()));
            continue;
        };
        let at = first.content.start + colon + 1;
        let encoded = bytes.get(at) == Some(&b':');
        let value = settings::trimmed(&bytes, at + usize::from(encoded)..last.content.end);
        // A folded line goes on behind its first space, and whatever follows that belongs to the value.
        let pieces = lines.iter().filter(|line| line.content.end > value.start);
        let joined: String = pieces
            .map(|line| settings::text(&bytes, (line.span.start + 1).max(value.start)..line.content.end.max(line.span.start + 1)))
            .collect();
        let joined =
            if encoded { STANDARD.decode(&joined).map(|octets| String::from_utf8_lossy(&octets).into_owned()) } else { Ok(joined) };
        let name = settings::text(&bytes, first.content.start..first.content.start + colon);
        entries.add(
            span,
            match joined {
                Ok(text) => What::Setting(Setting { name, text, value }),
                Err(_) => What::Unknown("The value is not base64.".to_owned()),
            },
        );
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}
