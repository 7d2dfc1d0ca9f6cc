//! `vsftpd.conf`: `key=value`, nothing is included.

use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `vsftpd.conf` apart. Space before a line is passed over, space round `=` is not allowed, and space behind a value is part of it.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    for line in settings::lines(&bytes) {
        let content = line.of(&bytes);
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        let what = match content.iter().position(|octet| *octet == b'=') {
            Some(equals) if equals > 0 => {
                let at = line.content.start + equals;
                let value = settings::trimmed(&bytes, at + 1..line.content.end);
                let name = settings::text(&bytes, line.content.start..at);
                if name.ends_with([' ', '\t']) || value.start > at + 1 {
                    What::Unknown("vsftpd takes no space round the = sign, and does not start.".to_owned())
                } else {
                    What::Setting(Setting { name, text: settings::text(&bytes, value.clone()), value })
                }
            }
            _ => What::Unknown("There is no = after the name.".to_owned()),
        };
        entries.add(line.span, what);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}
