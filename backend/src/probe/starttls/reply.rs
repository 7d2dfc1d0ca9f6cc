//! Lines of text protocols, taken out of what arrives piece by piece.

/// Most octets of a line. RFC 5321 has 512, RFC 3501 none; capabilities are the longest there are.
pub const LONGEST_LINE: usize = 8_192;
/// Most characters of a line that are shown.
const LONGEST_SHOWN: usize = 200;

/// A line that does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

/// Takes the first line out of the input, without its end; nothing while it is not whole. Some servers end lines with LF alone.
///
/// # Errors
/// When it is longer than a line may be.
pub fn take_line(input: &mut Vec<u8>) -> Result<Option<String>, TooLong> {
    let Some(end) = input.iter().take(LONGEST_LINE).position(|octet| *octet == b'\n') else {
        return if input.len() < LONGEST_LINE { Ok(None) } else { Err(TooLong) };
    };
    let line: Vec<u8> = input.drain(..=end).collect();
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(Some(String::from_utf8_lossy(line).into_owned()))
}

/// The code of a line of SMTP (RFC 5321 section 4.2) or FTP (RFC 959 section 4.2), and whether more lines follow.
#[must_use]
pub fn numbered(line: &str) -> Option<(u16, bool)> {
    let (digits, rest) = line.split_at_checked(3)?;
    let code = digits.parse().ok().filter(|code| (100..600).contains(code))?;
    match rest.bytes().next() {
        None | Some(b' ') => Some((code, false)),
        Some(b'-') => Some((code, true)),
        Some(_) => None,
    }
}

/// A line as it can be shown: control characters escaped, and cut.
#[must_use]
pub fn shown(line: &str) -> String {
    let mut shown = String::new();
    for (count, letter) in line.chars().enumerate() {
        if count == LONGEST_SHOWN {
            shown.push('…');
            break;
        }
        // Also what turns the direction of writing, which could make a line look like another.
        if letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let whole = b"220-one\r\n220 two\nrest";
        for split in 0..whole.len() {
            let (first, second) = whole.split_at(split);
            let (mut input, mut lines) = (Vec::new(), Vec::new());
            for piece in [first, second] {
                input.extend_from_slice(piece);
                while let Some(line) = take_line(&mut input).unwrap() {
                    lines.push(line);
                }
            }
            assert_eq!(lines, ["220-one", "220 two"], "{split}");
            assert_eq!(input, b"rest");
        }
    }

    #[test]
    fn a_line_that_does_not_end_is_refused_when_it_is_too_long() {
        assert_eq!(take_line(&mut vec![b'x'; LONGEST_LINE - 1]), Ok(None));
        assert_eq!(take_line(&mut vec![b'x'; LONGEST_LINE]), Err(TooLong));
    }

    #[test]
    fn codes_are_three_digits_and_a_blank_or_hyphen() {
        assert_eq!(numbered("220 ready"), Some((220, false)));
        assert_eq!(numbered("250-SIZE"), Some((250, true)));
        assert_eq!(numbered("250"), Some((250, false)));
        for none in ["", "25", "2500", "+OK", "\u{fc}\u{fc}", "099 x", " 21 x", "+21 x"] {
            assert_eq!(numbered(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_shown_has_no_control_characters() {
        assert_eq!(shown("a\u{1b}[2Jb\0\u{202e}"), "a\\u{1b}[2Jb\\u{0}\\u{202e}");
        assert_eq!(shown(&"x".repeat(300)).chars().count(), 201);
    }
}
