//! nginx's configuration: words up to `;`, blocks in braces, quotes, and `#` where a word could begin.

use std::ops::Range;
use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes a file apart.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let mut at = 0;
    while let Some(octet) = bytes.get(at) {
        match octet {
            b'#' => at = end_of_line(&bytes, at),
            b'}' => {
                entries.add(at..at + 1, What::Close(String::new()));
                at += 1;
            }
            octet if octet.is_ascii_whitespace() => at += 1,
            _ => at = statement(&bytes, at, &mut entries),
        }
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).and_then(|rest| rest.iter().position(|octet| *octet == b'\n')).map_or(bytes.len(), |length| at + length)
}

/// Adds the statement that begins at an octet; returns where it ends.
fn statement(bytes: &[u8], start: usize, entries: &mut Entries<'_>) -> usize {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    loop {
        match bytes.get(at) {
            None => {
                entries.add(start..bytes.len(), What::Unknown("A directive does not end: a ; is missing.".to_owned()));
                return bytes.len();
            }
            Some(b';') => {
                let what =
                    if words.is_empty() { What::Unknown("A ; ends nothing.".to_owned()) } else { What::Setting(setting(bytes, &words)) };
                entries.add(start..at + 1, what);
                return at + 1;
            }
            Some(b'{') => return block(bytes, start, at, &words, entries),
            Some(b'}') => {
                entries.add(start..at, What::Unknown("A directive does not end: a ; is missing before }.".to_owned()));
                return at;
            }
            Some(b'#') => at = end_of_line(bytes, at),
            Some(octet) if octet.is_ascii_whitespace() => at += 1,
            Some(_) => {
                let end = word(bytes, at);
                words.push(at..end);
                at = end;
            }
        }
    }
}

fn block(bytes: &[u8], start: usize, brace: usize, words: &[Range<usize>], entries: &mut Entries<'_>) -> usize {
    let setting = setting(bytes, words);
    if words.is_empty() {
        entries.add(start..brace + 1, What::Unknown("A { begins a block without a name.".to_owned()));
        return brace + 1;
    }
    if setting.name.ends_with("_by_lua_block") {
        // A program in another language: passed over as a whole.
        let mut depth = 0_usize;
        for at in brace..bytes.len() {
            match bytes.get(at) {
                Some(b'{') => depth += 1,
                Some(b'}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                entries.add(start..at + 1, What::Quiet);
                return at + 1;
            }
        }
    }
    entries.add(start..brace + 1, What::Open(setting));
    brace + 1
}

/// Where a word ends. `${` belongs to it, and so does what quotes hold.
fn word(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied().filter(|octet| matches!(octet, b'"' | b'\''));
    let mut at = start + usize::from(quote.is_some());
    while let Some(octet) = bytes.get(at) {
        match (quote, octet) {
            (_, b'\\') => at += 1,
            (Some(open), octet) if *octet == open => return at + 1,
            (None, b'{') if bytes.get(at.wrapping_sub(1)) == Some(&b'$') => {
                at += bytes.get(at..).and_then(|rest| rest.iter().position(|octet| *octet == b'}')).unwrap_or(0);
            }
            (None, b';' | b'{') => return at,
            (None, octet) if octet.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(bytes.len())
}

fn setting(bytes: &[u8], words: &[Range<usize>]) -> Setting {
    let text = |span: &Range<usize>| settings::text(bytes, span.clone());
    let name = words.first().map(text).unwrap_or_default();
    let end = words.last().map_or(0, |last| last.end);
    let value = words.get(1).map_or(end, |first| first.start)..end;
    Setting { name, text: words.iter().skip(1).map(text).collect::<Vec<_>>().join(" "), value }
}

/// The arguments of a directive, without quotes.
#[must_use]
pub fn arguments(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut arguments = Vec::new();
    let mut at = 0;
    while let Some(octet) = bytes.get(at) {
        if octet.is_ascii_whitespace() || matches!(octet, b';' | b'{') {
            at += 1;
            continue;
        }
        let end = word(bytes, at);
        let whole = settings::text(bytes, at..end);
        let inside = ['"', '\''].into_iter().find_map(|quote| whole.strip_prefix(quote)?.strip_suffix(quote));
        arguments.push(inside.map_or_else(|| whole.clone(), |inside| inside.replace("\\\"", "\"").replace("\\'", "'")));
        at = end.max(at + 1);
    }
    arguments
}

/// A word as an argument, in quotes where it needs them; nothing when nginx would take it for something else.
#[must_use]
pub fn written(word: &str) -> Option<String> {
    if word.is_empty() || word.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\'' | '\\' | '$')) {
        return None;
    }
    let plain = !word.contains(|letter: char| letter.is_whitespace() || matches!(letter, ';' | '{' | '}')) && !word.starts_with('#');
    Some(if plain { word.to_owned() } else { format!("\"{word}\"") })
}
