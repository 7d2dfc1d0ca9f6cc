//! `ics.conf`: `name = "value"`, `!` before comments and before what is shipped turned off.

use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `ics.conf` apart. Values stand in quotes, lists too; the last of several settings of a name counts.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    for line in settings::lines(&bytes) {
        let content = line.of(&bytes);
        if content.is_empty() || content.starts_with(b"!") {
            continue;
        }
        let what = match content.iter().position(|octet| *octet == b'=') {
            Some(equals) if equals > 0 => {
                let at = line.content.start + equals;
                let name = settings::trimmed(&bytes, line.content.start..at);
                setting(&bytes, settings::text(&bytes, name), settings::trimmed(&bytes, at + 1..line.content.end))
            }
            _ => What::Unknown("It is no setting: name = \"value\".".to_owned()),
        };
        entries.add(line.span, what);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

fn setting(bytes: &[u8], name: String, quoted: std::ops::Range<usize>) -> What {
    if !name.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-_".contains(&octet)) {
        return What::Unknown("A name has small letters, digits and dots.".to_owned());
    }
    match bytes.get(quoted.clone()) {
        Some([b'"', inner @ .., b'"']) if !inner.contains(&b'"') => {
            let value = quoted.start + 1..quoted.end - 1;
            What::Setting(Setting { name, text: settings::text(bytes, value.clone()), value })
        }
        _ => What::Unknown("The value does not stand in quotes.".to_owned()),
    }
}
