//! Changes of a configuration file that leave every other byte as it is: a value, a line more, a line less. New lines are indented and
//! ended as those beside them. Whether a text means in its format what it should is the adapter's to know.

use std::ops::Range;

/// Another text for a span.
#[must_use]
pub fn replaced(bytes: &[u8], span: &Range<usize>, text: &str) -> Vec<u8> {
    let before = bytes.get(..span.start).unwrap_or(bytes);
    let after = bytes.get(span.end.max(span.start)..).unwrap_or_default();
    [before, text.as_bytes(), after].concat()
}

/// Lines of their own behind those of an anchor, indented as the anchor. Where something follows the anchor in its line, the text goes
/// between the two.
#[must_use]
pub fn with_line_after(bytes: &[u8], anchor: &Range<usize>, text: &str) -> Vec<u8> {
    let end = line_end(bytes, anchor.end);
    let behind = bytes.get(anchor.end..end).unwrap_or_default().trim_ascii();
    if !behind.is_empty() && !behind.starts_with(b"#") {
        return replaced(bytes, &(anchor.end..anchor.end), &format!(" {text}"));
    }
    let lines = indented(text, indent(bytes, anchor.start), ending(bytes));
    let last_is_open = bytes.get(..end).is_some_and(|before| !before.is_empty() && !before.ends_with(b"\n"));
    let lines = if last_is_open { format!("{}{lines}", ending(bytes)) } else { lines };
    replaced(bytes, &(end..end), &lines)
}

/// Lines of their own before those of an anchor, indented as the anchor. Where something stands before the anchor in its line, the text
/// goes between the two.
#[must_use]
pub fn with_line_before(bytes: &[u8], anchor: &Range<usize>, text: &str) -> Vec<u8> {
    let start = line_start(bytes, anchor.start);
    if !bytes.get(start..anchor.start).unwrap_or_default().trim_ascii().is_empty() {
        return replaced(bytes, &(anchor.start..anchor.start), &format!("{text} "));
    }
    let lines = indented(text, indent(bytes, anchor.start), ending(bytes));
    replaced(bytes, &(start..start), &lines)
}

/// Lines at the end of a block, indented as the last line in it; in an empty block, by `step` more than its begin.
#[must_use]
pub fn with_line_in_block(bytes: &[u8], open: &Range<usize>, close: &Range<usize>, step: &str, text: &str) -> Vec<u8> {
    let start = line_start(bytes, close.start);
    let before = bytes.get(start..close.start).unwrap_or_default();
    if start < open.end || !before.trim_ascii().is_empty() {
        // The end shares its line with what is before it.
        let begin = close.start - (before.len() - before.trim_ascii_end().len());
        return replaced(bytes, &(begin..close.start), &format!(" {text} "));
    }
    let content = bytes.get(open.end..start).unwrap_or_default();
    let width = content.trim_ascii_end().len();
    let within = if content.trim_ascii().is_empty() {
        format!("{}{step}", indent(bytes, open.start))
    } else {
        indent(bytes, open.end + width - 1).to_owned()
    };
    replaced(bytes, &(start..start), &indented(text, &within, ending(bytes)))
}

/// Lines at the end of a file.
#[must_use]
pub fn with_line_at_end(bytes: &[u8], text: &str) -> Vec<u8> {
    let ending = ending(bytes);
    let open = !bytes.is_empty() && !bytes.ends_with(b"\n");
    [bytes, if open { ending.as_bytes() } else { b"" }, indented(text, "", ending).as_bytes()].concat()
}

/// A text behind an anchor that is no line of its own, such as an attribute: in the next line where the anchor begins one, with a space
/// otherwise.
#[must_use]
pub fn with_beside(bytes: &[u8], anchor: &Range<usize>, text: &str) -> Vec<u8> {
    let before = bytes.get(line_start(bytes, anchor.start)..anchor.start).unwrap_or_default();
    let between = if before.trim_ascii().is_empty() { format!("{}{}", ending(bytes), indent(bytes, anchor.start)) } else { " ".to_owned() };
    replaced(bytes, &(anchor.end..anchor.end), &format!("{between}{text}"))
}

/// Without a span, and without its lines where nothing else stands in them; otherwise the space before it goes as well.
#[must_use]
pub fn without(bytes: &[u8], span: &Range<usize>) -> Vec<u8> {
    let (start, end) = (line_start(bytes, span.start), line_end(bytes, span.end));
    let blank = |part: Range<usize>| bytes.get(part).unwrap_or_default().trim_ascii().is_empty();
    if blank(start..span.start) && blank(span.end..end) {
        return replaced(bytes, &(start..end), "");
    }
    let before = bytes.get(start..span.start).unwrap_or_default();
    let begin = if before.trim_ascii().is_empty() { span.start } else { start + before.trim_ascii_end().len() };
    replaced(bytes, &(begin..span.end), "")
}

/// How lines of a file end: as its first.
#[must_use]
pub fn ending(bytes: &[u8]) -> &'static str {
    let first = bytes.split_inclusive(|octet| *octet == b'\n').next().unwrap_or_default();
    if first.ends_with(b"\r\n") { "\r\n" } else { "\n" }
}

/// By how much a file indents what is in a block: the space that its first indented line begins with.
#[must_use]
pub fn step(bytes: &[u8]) -> &str {
    let mut lines = bytes.split(|octet| *octet == b'\n');
    let indented = lines.find(|line| line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t')) && !line.trim_ascii().is_empty());
    indented.map_or("    ", |line| indent(line, 0))
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes.get(..at).and_then(|before| before.iter().rposition(|octet| *octet == b'\n')).map_or(0, |feed| feed + 1)
}

/// Behind the end of the line that a span ends in.
fn line_end(bytes: &[u8], at: usize) -> usize {
    if at > 0 && bytes.get(at - 1) == Some(&b'\n') {
        return at;
    }
    bytes.get(at..).and_then(|after| after.iter().position(|octet| *octet == b'\n')).map_or(bytes.len(), |feed| at + feed + 1)
}

/// The space that the line of an octet begins with.
#[must_use]
pub fn indent(bytes: &[u8], at: usize) -> &str {
    let line = bytes.get(line_start(bytes, at)..).unwrap_or_default();
    let width = line.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    line.get(..width).and_then(|space| std::str::from_utf8(space).ok()).unwrap_or_default()
}

fn indented(text: &str, indent: &str, ending: &str) -> String {
    text.lines().map(|line| if line.is_empty() { ending.to_owned() } else { format!("{indent}{line}{ending}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str, part: &str) -> Range<usize> {
        let start = text.find(part).unwrap();
        start..start + part.len()
    }

    fn told(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_comes_behind_its_anchor_with_the_same_space_and_end() {
        let text = "a 1\r\n\tb 2 # two\r\nc 3";
        assert_eq!(told(with_line_after(text.as_bytes(), &span(text, "b 2"), "d 4")), "a 1\r\n\tb 2 # two\r\n\td 4\r\nc 3");
        assert_eq!(told(with_line_after(text.as_bytes(), &span(text, "c 3"), "d 4\ne 5")), "a 1\r\n\tb 2 # two\r\nc 3\r\nd 4\r\ne 5\r\n");
        assert_eq!(told(with_line_before(text.as_bytes(), &span(text, "b 2"), "d 4")), "a 1\r\n\td 4\r\n\tb 2 # two\r\nc 3");
        assert_eq!(told(with_line_at_end(text.as_bytes(), "d 4")), "a 1\r\n\tb 2 # two\r\nc 3\r\nd 4\r\n");
    }

    #[test]
    fn a_line_comes_at_the_end_of_a_block() {
        for (text, expected) in [
            ("s {\n  a 1;\n}\n", "s {\n  a 1;\n  n;\n}\n"),
            ("  s {\n  }\n", "  s {\n    n;\n  }\n"),
            ("s { a 1; }\n", "s { a 1; n; }\n"),
            ("s {}\n", "s { n; }\n"),
            ("s {\n  a 1; }", "s {\n  a 1; n; }"),
        ] {
            let bytes = with_line_in_block(text.as_bytes(), &span(text, "s {"), &span(text, "}"), "  ", "n;");
            assert_eq!(told(bytes), expected);
        }
    }

    #[test]
    fn what_shares_a_line_stays() {
        let text = "  a 1; b 2;\n  c 3;\n";
        assert_eq!(told(without(text.as_bytes(), &span(text, "b 2;"))), "  a 1;\n  c 3;\n");
        assert_eq!(told(without(text.as_bytes(), &span(text, "c 3;"))), "  a 1; b 2;\n");
        assert_eq!(told(with_line_after(text.as_bytes(), &span(text, "a 1;"), "n;")), "  a 1; n; b 2;\n  c 3;\n");
        assert_eq!(told(with_beside(text.as_bytes(), &span(text, "b 2;"), "n")), "  a 1; b 2; n\n  c 3;\n");
        assert_eq!(told(with_beside(text.as_bytes(), &span(text, "c 3;"), "n")), "  a 1; b 2;\n  c 3;\n  n\n");
    }
}
