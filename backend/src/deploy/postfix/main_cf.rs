//! `main.cf`: `name = value`, a logical line each.

use std::path::PathBuf;

use super::logical;
use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `main.cf` apart.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    for line in logical::lines(&bytes) {
        let content = line.content();
        let first = line.lines.first().map_or(content.clone(), |first| first.content.clone());
        let indented = line.lines.first().is_some_and(settings::Line::is_indented);
        let equals = bytes.get(first.clone()).and_then(|text| text.iter().position(|octet| *octet == b'='));
        let what = match equals.filter(|_| !indented) {
            None if indented => What::Unknown("The line is indented and continues nothing.".to_owned()),
            None => What::Unknown("There is no = after the name.".to_owned()),
            Some(equals) => {
                let after = first.start + equals + 1;
                let name = settings::text(&bytes, settings::trimmed(&bytes, first.start..after - 1));
                let value = settings::trimmed(&bytes, after..content.end);
                What::Setting(Setting { name, text: logical::joined(&bytes, &line.lines, after), value })
            }
        };
        entries.add(line.span, what);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}
