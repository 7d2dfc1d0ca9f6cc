//! The files of Messaging Server: `msg.conf` and what `configutil` prints, `dispatcher.cnf`, `imta.cnf`, and the `.cfg` files of the
//! multiplexor.

use std::ops::Range;
use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `msg.conf`, or what `configutil` printed, apart: `name = value`, the value in quotes or not.
#[must_use]
pub fn parameters(path: PathBuf, bytes: Vec<u8>) -> Document {
    by_lines(path, bytes, |bytes, content| {
        let (name, value) = around(bytes, content, b'=')?;
        Ok(What::Setting(setting(bytes, name, unquoted(bytes, value))))
    })
}

/// Takes `dispatcher.cnf` apart: sections `[SERVICE=NAME]`, in them `NAME=VALUE`.
#[must_use]
pub fn dispatcher(path: PathBuf, bytes: Vec<u8>) -> Document {
    by_lines(path, bytes, |bytes, content| {
        if let Some([b'[', .., b']']) = bytes.get(content.clone()) {
            let inner = content.start + 1..content.end - 1;
            let (name, value) = around(bytes, inner, b'=')?;
            return Ok(What::Open(setting(bytes, name, value)));
        }
        let (name, value) = around(bytes, content, b'=')?;
        Ok(What::Setting(setting(bytes, name, value)))
    })
}

/// Takes a `.cfg` file of the multiplexor apart: `default:NAME VALUE`, the value in quotes or not. The text before the colon is the domain
/// or instance that it is for.
#[must_use]
pub fn multiplexor(path: PathBuf, bytes: Vec<u8>) -> Document {
    by_lines(path, bytes, |bytes, content| {
        let text = bytes.get(content.clone()).unwrap_or_default();
        let end = text.iter().position(|octet| matches!(octet, b' ' | b'\t')).map_or(content.end, |blank| content.start + blank);
        let name = content.start..end;
        if !settings::text(bytes, name.clone()).contains(':') {
            return Err("It is no setting: default:NAME VALUE.");
        }
        Ok(What::Setting(setting(bytes, name, unquoted(bytes, settings::trimmed(bytes, end..content.end)))))
    })
}

/// Takes `imta.cnf` apart: rules first, then blocks with a blank line between them, each begun by a channel and its keywords.
#[must_use]
pub fn imta(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let (mut rules, mut first) = (true, false);
    for line in logical(&bytes) {
        let content = settings::trimmed(&bytes, line.clone());
        let text = bytes.get(content.clone()).unwrap_or_default();
        if text.is_empty() {
            // A blank line ends the rules, and each block.
            rules = false;
            first = true;
            continue;
        }
        if text.starts_with(b"!") {
            continue;
        }
        let end = text.iter().position(|octet| octet.is_ascii_whitespace()).map_or(content.end, |blank| content.start + blank);
        let words = setting(&bytes, content.start..end, settings::trimmed(&bytes, end..content.end));
        let opens = !rules && first && !text.starts_with(b"<");
        entries.add(line, if opens { What::Open(words) } else { What::Setting(words) });
        first = false;
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

/// Lines, with those that a backslash at the end continues.
fn logical(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for line in settings::lines(bytes) {
        let continues = line.of(bytes).ends_with(b"\\") && !line.of(bytes).starts_with(b"!");
        match lines.last_mut() {
            Some(last) if open => last.end = line.span.end,
            _ => lines.push(line.span.clone()),
        }
        open = continues;
    }
    lines
}

type Taken = Result<What, &'static str>;

fn by_lines(path: PathBuf, bytes: Vec<u8>, take: impl Fn(&[u8], Range<usize>) -> Taken) -> Document {
    let mut entries = Entries::of(&bytes);
    for line in settings::lines(&bytes) {
        if line.of(&bytes).is_empty() || line.of(&bytes).starts_with(b"!") || line.of(&bytes).starts_with(b"#") {
            continue;
        }
        let what = take(&bytes, line.content.clone()).unwrap_or_else(|words| What::Unknown(words.to_owned()));
        entries.add(line.span, what);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

/// What stands on both sides of a sign.
fn around(bytes: &[u8], content: Range<usize>, sign: u8) -> Result<(Range<usize>, Range<usize>), &'static str> {
    let text = bytes.get(content.clone()).unwrap_or_default();
    match text.iter().position(|octet| *octet == sign) {
        Some(at) if at > 0 => {
            let middle = content.start + at;
            Ok((settings::trimmed(bytes, content.start..middle), settings::trimmed(bytes, middle + 1..content.end)))
        }
        _ => Err("There is no = after the name."),
    }
}

/// A value without the quotes around it.
fn unquoted(bytes: &[u8], value: Range<usize>) -> Range<usize> {
    match bytes.get(value.clone()) {
        Some([b'"', .., b'"']) if value.len() > 1 => value.start + 1..value.end - 1,
        _ => value,
    }
}

fn setting(bytes: &[u8], name: Range<usize>, value: Range<usize>) -> Setting {
    let text = settings::text(bytes, value.clone()).replace("\\\r\n", " ").replace("\\\n", " ");
    Setting { name: settings::text(bytes, name), text, value }
}
