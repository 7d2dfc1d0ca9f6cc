//! `master.cf`: one logical line a service, with `-o name=value` for what differs from `main.cf`. Each `-o` is a setting of its own.

use std::ops::Range;
use std::path::PathBuf;

use super::logical::{self, Logical};
use crate::deploy::settings::{self, Document, Entries, Setting, What};

/// Takes `master.cf` apart: a block for each service, with its overrides.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    for line in logical::lines(&bytes) {
        service(&bytes, &line, &mut entries);
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

fn service(bytes: &[u8], line: &Logical, entries: &mut Entries<'_>) {
    let words = words(bytes, line);
    if line.lines.first().is_some_and(settings::Line::is_indented) || words.len() < 8 {
        let what = What::Unknown("A service has eight fields: name, type, private, unpriv, chroot, wakeup, maxproc, command.".to_owned());
        entries.add(line.span.clone(), what);
        return;
    }
    let word = |at: usize| words.get(at).map(|span| settings::text(bytes, span.clone())).unwrap_or_default();
    let options: Vec<usize> = (8..words.len()).filter(|at| word(*at).starts_with("-o")).collect();
    let start = |at: usize| words.get(at).map_or(line.span.end, |span| span.start);
    let end = options.first().map_or(line.span.end, |at| start(*at));
    let fields = words.get(1).map_or(line.span.end, |span| span.start)..words.get(7).map_or(end, |span| span.end);
    let text = (1..8).map(word).collect::<Vec<_>>().join(" ");
    entries.add(line.span.start..end, What::Open(Setting { name: word(0), text, value: fields }));
    for (at, next) in options.iter().zip(options.iter().skip(1).map(|at| start(*at)).chain([line.span.end])) {
        entries.add(start(*at)..next, overridden(bytes, &words, *at));
    }
}

fn overridden(bytes: &[u8], words: &[Range<usize>], at: usize) -> What {
    let own = words.get(at).cloned().unwrap_or_default();
    // `-o name=value`, `-oname=value`, `-o { name = value }`
    let span = if own.len() > 2 { own.start + 2..own.end } else { words.get(at + 1).cloned().unwrap_or(own.end..own.end) };
    let braced = bytes.get(span.start) == Some(&b'{') && bytes.get(span.end.saturating_sub(1)) == Some(&b'}');
    let inside = settings::trimmed(bytes, if braced { span.start + 1..span.end - 1 } else { span });
    let text = bytes.get(inside.clone()).unwrap_or_default();
    match text.iter().position(|octet| *octet == b'=') {
        Some(equals) if equals > 0 => {
            let name = settings::text(bytes, settings::trimmed(bytes, inside.start..inside.start + equals));
            let value = settings::trimmed(bytes, inside.start + equals + 1..inside.end);
            What::Setting(Setting { name, text: settings::text(bytes, value.clone()), value })
        }
        _ => What::Unknown("-o without name=value.".to_owned()),
    }
}

/// The words of a logical line; what stands in braces is one.
fn words(bytes: &[u8], line: &Logical) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut depth = 0_usize;
    for line in &line.lines {
        let mut start = None;
        for at in line.content.clone() {
            let octet = bytes.get(at).copied().unwrap_or(b' ');
            if octet.is_ascii_whitespace() && depth == 0 {
                words.extend(start.take().map(|start| start..at));
                continue;
            }
            start = start.or(Some(at));
            match octet {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        // A brace that is still open at the end of a line is not read over it: the words stay apart, and are refused.
        depth = 0;
        words.extend(start.map(|start| start..line.content.end));
    }
    words
}
