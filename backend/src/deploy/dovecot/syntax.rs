//! Dovecot's configuration, 2.2 to 2.4: `name = value`, blocks `name [what] {` … `}`, `!include`, `\` at the end of a line.

use std::ops::Range;
use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Line, Setting, What};

/// Takes a file apart. An include is a setting with the name `!include` or `!include_try`.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let mut lines = settings::lines(&bytes).collect::<Vec<_>>().into_iter();
    while let Some(first) = lines.next() {
        let content = first.of(&bytes);
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        let mut span = first.span.clone();
        let mut parts = vec![without_comment(&bytes, &first)];
        while parts.last().is_some_and(|last| bytes.get(last.clone()).is_some_and(|text| text.ends_with(b"\\"))) {
            if let Some(last) = parts.last_mut() {
                last.end -= 1;
            }
            let Some(next) = lines.next() else { break };
            span.end = next.span.end;
            parts.push(without_comment(&bytes, &next));
        }
        let what = statement(&bytes, &parts);
        entries.add(span, what);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

/// A line's content up to a `#` that stands behind a space and outside quotes.
fn without_comment(bytes: &[u8], line: &Line) -> Range<usize> {
    let content = line.of(bytes);
    let (mut quote, mut escaped) = (None, false);
    for (at, octet) in content.iter().enumerate() {
        match (quote, octet) {
            (Some(open), octet) if *octet == open && !escaped => quote = None,
            (None, b'"' | b'\'') => quote = Some(*octet),
            (None, b'#') if at == 0 || content.get(at - 1).is_some_and(u8::is_ascii_whitespace) => {
                return settings::trimmed(bytes, line.content.start..line.content.start + at);
            }
            _ => {}
        }
        escaped = *octet == b'\\' && !escaped;
    }
    // A quote that does not end is none: an apostrophe in words.
    if quote.is_some()
        && let Some(at) = content.windows(2).position(|two| two == b" #")
    {
        return settings::trimmed(bytes, line.content.start..line.content.start + at);
    }
    line.content.clone()
}

fn statement(bytes: &[u8], parts: &[Range<usize>]) -> What {
    let Some(first) = parts.first() else { return What::Quiet };
    let text = bytes.get(first.clone()).unwrap_or_default();
    if text == b"}" {
        return What::Close(String::new());
    }
    let length = text.iter().position(|octet| octet.is_ascii_whitespace() || matches!(octet, b'=' | b'{')).unwrap_or(text.len());
    let name = settings::text(bytes, first.start..first.start + length);
    let end = parts.last().map_or(first.end, |last| last.end);
    let after = settings::trimmed(bytes, first.start + length..end);
    let rest = bytes.get(after.clone()).unwrap_or_default();
    if name.starts_with('!') {
        return match name.as_str() {
            "!include" | "!include_try" if !rest.is_empty() => {
                What::Setting(Setting { text: settings::text(bytes, after.clone()), value: after, name })
            }
            _ => What::Unknown(format!("{} is not known.", name.chars().take(40).collect::<String>())),
        };
    }
    if name.is_empty() {
        return What::Unknown("The line is neither a setting nor a block.".to_owned());
    }
    if let Some((b'=', _)) = rest.split_first() {
        let value = settings::trimmed(bytes, after.start + 1..end);
        let pieces =
            parts.iter().filter(|part| part.end >= value.start).map(|part| settings::text(bytes, part.start.max(value.start)..part.end));
        let text = pieces.map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ");
        // 2.4 writes lists and blocks with names as `name = what {`.
        return match text.strip_suffix('{') {
            Some(what) if value.end > value.start => {
                let text = what.trim().to_owned();
                What::Open(Setting { name, text, value: settings::trimmed(bytes, value.start..value.end - 1) })
            }
            _ => What::Setting(Setting { name, text, value }),
        };
    }
    if rest.ends_with(b"{") {
        let value = settings::trimmed(bytes, after.start..after.end - 1);
        return What::Open(Setting { name, text: settings::text(bytes, value.clone()), value });
    }
    What::Unknown("There is neither = nor { behind the name.".to_owned())
}

/// A value without the quotes round it.
#[must_use]
pub fn unquoted(text: &str) -> String {
    let inside = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
    match inside {
        Some(inside) => inside.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    }
}
