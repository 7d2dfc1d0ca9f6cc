//! `slapd.conf`: a directive and its arguments a line; space at the begin of a line continues the one before, comments included.

use std::ops::Range;
use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `slapd.conf` apart.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let mut logical: Vec<(Range<usize>, Vec<Range<usize>>)> = Vec::new();
    for line in settings::lines(&bytes).filter(|line| !line.content.is_empty()) {
        match logical.last_mut().filter(|_| line.is_indented()) {
            Some((span, parts)) => {
                span.end = line.span.end;
                parts.push(line.content);
            }
            None => logical.push((line.span, vec![line.content])),
        }
    }
    for (span, parts) in logical {
        let Some(first) = parts.first().cloned() else { continue };
        let text = bytes.get(first.clone()).unwrap_or_default();
        if text.starts_with(b"#") {
            continue;
        }
        let length = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let end = parts.last().map_or(first.end, |last| last.end);
        let value = settings::trimmed(&bytes, first.start + length..end);
        let pieces = parts.iter().filter(|part| part.end > value.start);
        let pieces = pieces.map(|part| settings::text(&bytes, part.start.max(value.start)..part.end).trim().to_owned());
        let joined = pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ");
        let name = settings::text(&bytes, first.start..first.start + length);
        entries.add(span, What::Setting(Setting { name, text: joined, value }));
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}
