//! Logical lines of Postfix (postconf(5)): text at the left edge begins one, space before text continues it, and neither comments nor
//! empty lines end it.

use std::ops::Range;

use crate::deploy::settings::{self, Line};

/// A logical line.
pub(super) struct Logical {
    /// From its first line to the end of its last one.
    pub span: Range<usize>,
    /// Its lines without comments.
    pub lines: Vec<Line>,
}

impl Logical {
    /// From the first to the last octet that counts.
    pub fn content(&self) -> Range<usize> {
        match (self.lines.first(), self.lines.last()) {
            (Some(first), Some(last)) => first.content.start..last.content.end,
            _ => self.span.clone(),
        }
    }
}

/// The logical lines of a file; an indented line with nothing before it stands alone.
pub(super) fn lines(bytes: &[u8]) -> Vec<Logical> {
    let mut found: Vec<Logical> = Vec::new();
    for line in settings::lines(bytes) {
        let content = line.of(bytes);
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        match found.last_mut().filter(|_| line.is_indented()) {
            Some(open) => {
                open.span.end = line.span.end;
                open.lines.push(line);
            }
            None => found.push(Logical { span: line.span.clone(), lines: vec![line] }),
        }
    }
    found
}

/// The parts of a span that count: one a line, comments left out.
pub(super) fn pieces(bytes: &[u8], span: &Range<usize>) -> Vec<Range<usize>> {
    let lines = lines(bytes).into_iter().flat_map(|logical| logical.lines);
    let parts = lines.map(|line| line.content.start.max(span.start)..line.content.end.min(span.end));
    parts.filter(|part| part.start < part.end).map(|part| settings::trimmed(bytes, part)).filter(|part| !part.is_empty()).collect()
}

/// What stands in lines from an octet on, joined by single spaces.
pub(super) fn joined(bytes: &[u8], lines: &[Line], from: usize) -> String {
    let parts = lines.iter().filter(|line| line.content.end > from);
    let parts = parts.map(|line| settings::text(bytes, line.content.start.max(from)..line.content.end));
    parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
