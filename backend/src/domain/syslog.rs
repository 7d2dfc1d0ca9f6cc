//! Lines for the log of the host (RFC 5424).

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Where syslog listens.
pub const SOCKET: &str = "/dev/log";
/// Octets of text that every receiver must take: RFC 5424 section 6.1 asks for 2,048 altogether.
const LONGEST: usize = 1_800;

/// Numerical codes of RFC 5424 section 6.2.1.
#[derive(Debug, Clone, Copy)]
pub struct Priority {
    /// 3 is for daemons, 13 for audit logs.
    pub facility: u8,
    /// 2 is critical, 4 warning, 5 notice, 6 informational.
    pub severity: u8,
}

/// One message: `kind` is its MSGID. The text is cut at 1,800 octets, and never begins another line.
#[must_use]
pub fn message(priority: Priority, at: OffsetDateTime, host: &str, kind: &str, text: &str) -> String {
    let at = at.format(&Rfc3339).unwrap_or_else(|_| "-".to_owned());
    let (code, host, process) = (u16::from(priority.facility) * 8 + u16::from(priority.severity), header(host), std::process::id());
    // MSG in UTF-8 begins with a mark (section 6.4).
    format!("<{code}>1 {at} {host} certdeck {process} {kind} - \u{feff}{}", one_line(text, LONGEST))
}

/// Without line ends and other control characters, which would begin a new entry or field; at most so many octets, cut between two characters.
#[must_use]
pub fn one_line(text: &str, longest: usize) -> String {
    let mut line = String::with_capacity(text.len().min(longest));
    for character in text.chars().map(|one| if one.is_control() { ' ' } else { one }) {
        if line.len() + character.len_utf8() > longest {
            break;
        }
        line.push(character);
    }
    line
}

/// A field of the header: printable ASCII without spaces, at most 255 characters.
fn header(text: &str) -> String {
    let field: String = text.chars().filter(char::is_ascii_graphic).take(255).collect();
    if field.is_empty() { "-".to_owned() } else { field }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_text_is_one_line_of_bearable_length_and_the_host_one_word() {
        let hostile = format!("a\n<10>1 forged\u{1b}[31m{}", "\u{e4}".repeat(2000));
        let line = message(Priority { facility: 13, severity: 5 }, datetime!(2026-11-22 12:00 UTC), "mail host\n", "audit", &hostile);
        assert!(line.starts_with("<109>1 2026-11-22T12:00:00Z mailhost certdeck "), "{line}");
        assert!(!line.contains(['\n', '\u{1b}']) && line.len() < 2048, "{}", line.len());
    }
}
