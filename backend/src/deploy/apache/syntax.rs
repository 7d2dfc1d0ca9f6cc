//! Apache's configuration: `Directive arguments`, `<Section arguments>` … `</Section>`, `\` at the end of a line, quotes.

use std::ops::Range;
use std::path::PathBuf;

use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes a file apart.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    let mut lines = settings::lines(&bytes).collect::<Vec<_>>().into_iter();
    while let Some(first) = lines.next() {
        let mut span = first.span.clone();
        let mut parts = vec![first.content];
        // Apache joins lines before it looks for comments.
        while parts.last().is_some_and(|last| bytes.get(last.clone()).is_some_and(|text| text.ends_with(b"\\"))) {
            if let Some(last) = parts.last_mut() {
                last.end -= 1;
            }
            let Some(next) = lines.next() else { break };
            span.end = next.span.end;
            parts.push(next.content);
        }
        parts.retain(|part| !settings::trimmed(&bytes, part.clone()).is_empty());
        let Some(begin) = parts.first().map(|part| part.start) else { continue };
        match bytes.get(begin) {
            Some(b'#') => {}
            Some(b'<') => section(&bytes, span, &parts, &mut entries),
            _ => {
                let what = What::Setting(named(&bytes, &parts, begin));
                entries.add(span, what);
            }
        }
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

/// The name that begins at an octet, and what follows it.
fn named(bytes: &[u8], parts: &[Range<usize>], begin: usize) -> Setting {
    let end = parts.last().map_or(begin, |last| last.end);
    let first = parts.iter().find(|part| part.contains(&begin)).cloned().unwrap_or(begin..end);
    let text = bytes.get(begin..first.end).unwrap_or_default();
    let length = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    let name = settings::text(bytes, begin..begin + length);
    let value = settings::trimmed(bytes, begin + length..end);
    let pieces = parts
        .iter()
        .filter(|part| part.end > value.start)
        .map(|part| settings::text(bytes, part.start.max(value.start)..part.end.min(value.end)));
    let text = pieces.map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ");
    Setting { name, text, value }
}

fn section(bytes: &[u8], span: Range<usize>, parts: &[Range<usize>], entries: &mut Entries<'_>) {
    let begin = parts.first().map_or(span.start, |part| part.start);
    let end = parts.last().map_or(span.end, |part| part.end);
    let text = bytes.get(begin..end).unwrap_or_default();
    if text.starts_with(b"</") {
        let close = text.iter().position(|octet| *octet == b'>');
        let Some(close) = close else {
            return entries.add(span, What::Unknown("The end of a section has no >.".to_owned()));
        };
        let name = settings::text(bytes, settings::trimmed(bytes, begin + 2..begin + close));
        let after = settings::trimmed(bytes, begin + close + 1..end);
        if after.is_empty() {
            return entries.add(span, What::Close(name));
        }
        // Apache passes over what follows in the line.
        entries.add(span.start..after.start, What::Close(name));
        return entries
            .add(after.start..span.end, What::Unknown("Apache passes over what follows the end of a section in its line.".to_owned()));
    }
    let Some(close) = text.iter().rposition(|octet| *octet == b'>') else {
        return entries.add(span, What::Unknown("The begin of a section has no >.".to_owned()));
    };
    let mut parts = parts.to_vec();
    parts.retain(|part| part.start < begin + close);
    if let Some(last) = parts.last_mut() {
        last.end = last.end.min(begin + close);
    }
    let setting = named(bytes, &parts, begin + 1);
    if setting.name.is_empty() {
        return entries.add(span, What::Unknown("A section has no name.".to_owned()));
    }
    entries.add(span, What::Open(setting));
}

/// The arguments of a directive, without their quotes.
#[must_use]
pub fn arguments(text: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(first) = letters.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut argument = String::new();
        if first == '"' || first == '\'' {
            while let Some(letter) = letters.next() {
                match letter {
                    '\\' if matches!(letters.peek(), Some(next) if *next == first || *next == '\\') => argument.extend(letters.next()),
                    letter if letter == first => break,
                    letter => argument.push(letter),
                }
            }
        } else {
            argument.push(first);
            while let Some(letter) = letters.next_if(|letter| !letter.is_whitespace()) {
                argument.push(letter);
            }
        }
        arguments.push(argument);
    }
    arguments
}

/// A word as an argument, in quotes where it needs them; nothing when Apache would take it for something else.
#[must_use]
pub fn written(word: &str) -> Option<String> {
    if word.is_empty() || word.contains("${") || word.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) {
        return None;
    }
    let plain = !word.contains(char::is_whitespace) && !word.starts_with(['\'', '<', '#']);
    Some(if plain { word.to_owned() } else { format!("\"{word}\"") })
}
