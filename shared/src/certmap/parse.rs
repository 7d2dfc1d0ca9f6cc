//! Taking `certmap.conf` apart by lines, as the servers' reader does.

use std::ops::Range;

use super::{LONGEST_LINE, Map, MapFile, NotUnderstood, Property};

/// What the servers take for a blank (isspace in the C locale); the end of a line aside.
pub(super) fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}')
}

/// A piece of the text.
#[derive(Clone)]
struct Piece<'a> {
    text: &'a str,
    span: Range<usize>,
}

impl<'a> Piece<'a> {
    fn part(text: &'a str, span: Range<usize>) -> Self {
        Self { text: text.get(span.clone()).unwrap_or_default(), span }
    }

    fn trimmed(&self, extra: &[char]) -> Self {
        let passed = |letter: char| is_blank(letter) || extra.contains(&letter);
        let begun = self.text.trim_start_matches(passed);
        let start = self.span.end - begun.len();
        let text = begun.trim_end_matches(is_blank);
        Self { text, span: start..start + text.len() }
    }

    /// The word up to the next space or tab, and what follows.
    fn word(&self) -> (Self, Self) {
        let end = self.text.find([' ', '\t']).unwrap_or(self.text.len());
        let (word, rest) = self.text.split_at(end);
        let middle = self.span.start + end;
        (Self { text: word, span: self.span.start..middle }, Self { text: rest, span: middle..self.span.end }.trimmed(&[]))
    }
}

impl MapFile {
    /// Takes a file apart.
    ///
    /// # Errors
    /// A line that is neither a map, nor a property of the map above it, nor quiet: no server reads such a file.
    pub fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let mut maps: Vec<Map> = Vec::new();
        let mut start = 0;
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            let span = start..start + line.len();
            start = span.end;
            let content = Piece::part(text, span.start..span.start + line.trim_end_matches('\n').len()).trimmed(&[]);
            if content.text.is_empty() || content.text.starts_with('#') {
                continue;
            }
            let refused = |words: &str| NotUnderstood { line: number, words: words.to_owned() };
            if line.len() > LONGEST_LINE {
                return Err(refused(&format!(
                    "It has more than {LONGEST_LINE} octets, and the servers take what follows for another line."
                )));
            }
            if let Some(map) = maps.last_mut()
                && let Some(rest) = content.text.strip_prefix(map.name.as_str())
                && rest.starts_with(|letter| letter == ':' || is_blank(letter))
            {
                let begin = content.span.end - rest.len();
                let rest = Piece::part(text, begin..content.span.end).trimmed(&[':']);
                map.properties.push(property(&rest, span, number)?);
                continue;
            }
            let Some(rest) = content.text.strip_prefix("certmap").filter(|rest| rest.is_empty() || rest.starts_with(is_blank)) else {
                return Err(refused("It is neither a map (certmap NAME ISSUER) nor a property (NAME:PROPERTY VALUE) of the map above it."));
            };
            let rest = Piece::part(text, content.span.end - rest.len()..content.span.end).trimmed(&[]);
            let (name, issuer) = rest.word();
            match (name.text, issuer.text) {
                ("", _) => return Err(refused("The map has no name: it is certmap NAME ISSUER.")),
                ("certmap", _) => return Err(refused("A map cannot be called certmap: the next map would be its property.")),
                (_, "") => return Err(refused("The map names no issuer. For the default map it is: certmap default default.")),
                _ => {}
            }
            maps.push(Map {
                name: name.text.to_owned(),
                issuer: issuer.text.to_owned(),
                line: number,
                properties: Vec::new(),
                span,
                issuer_span: issuer.span,
            });
        }
        Ok(Self { text: text.to_owned(), maps })
    }
}

fn property(rest: &Piece<'_>, span: Range<usize>, line: u32) -> Result<Property, NotUnderstood> {
    let (name, value) = rest.word();
    if name.text.is_empty() {
        return Err(NotUnderstood { line, words: "The property has no name: it is NAME:PROPERTY VALUE.".to_owned() });
    }
    if name.text == "encoded" && value.text.contains([' ', '\t']) {
        return Err(NotUnderstood { line, words: "The value is encoded, which the console does not read.".to_owned() });
    }
    Ok(Property { name: name.text.to_owned(), value: value.text.to_owned(), line, span, name_end: name.span.end })
}
