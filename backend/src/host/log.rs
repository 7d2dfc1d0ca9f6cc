//! What the console writes to standard error: a line for each event, as text or as JSON.
//!
//! A line is one event and nothing else. Names in certificates, files and answers of daemons come from anybody, so whatever could begin a new
//! line, move a cursor or turn the direction of the text is written as its number.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A JSON object.
    Json,
}

impl LogFormat {
    /// Begins the log of this process. Which events are written says `RUST_LOG`, and without it those of the level `info` and above.
    pub fn begin(self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
        // A line of the log that cannot be written (its disk is full, its reader gone) is lost; to complain of that where it was to go would be a panic.
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Lines(self)).with_ansi(false).log_internal_errors(false);
        match self {
            Self::Text => log.init(),
            Self::Json => log.json().with_current_span(false).init(),
        }
    }
}

/// Standard error, a line at a time.
struct Lines(LogFormat);

impl MakeWriter<'_> for Lines {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line(self.0)
    }
}

/// Writes one event.
struct Line(LogFormat);

impl Write for Line {
    /// The formatter gives a whole event at once, with the end of its line.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(harmless(event, self.0).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// An event as one line: every letter that would be obeyed instead of shown is written as its number.
fn harmless(event: &[u8], format: LogFormat) -> String {
    let text = String::from_utf8_lossy(event);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut line = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        match format {
            _ if !is_obeyed(letter) => line.push(letter),
            // All of them are in the Basic Multilingual Plane, so one escape is enough (RFC 8259, section 7).
            LogFormat::Json => line.push_str(&format!("\\u{:04x}", u32::from(letter))),
            LogFormat::Text => line.extend(letter.escape_default()),
        }
    }
    line.push('\n');
    line
}

/// A text of others for a terminal: shown, and not obeyed.
#[must_use]
pub fn visible(text: &str) -> String {
    text.chars().map(|letter| if is_obeyed(letter) { letter.escape_default().to_string() } else { letter.to_string() }).collect()
}

/// Control characters (C0, DEL, C1), separators of lines and paragraphs, and what turns the direction of text (Unicode TR 36, section 2.5).
fn is_obeyed(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let hostile = "a\n2026-01-01 forged\r\u{1b}[2J\u{9b}31m\u{202e}b\u{2028}c\u{7f}";
        let text = harmless(format!("{hostile}\n").as_bytes(), LogFormat::Text);
        assert_eq!(text, "a\\n2026-01-01 forged\\r\\u{1b}[2J\\u{9b}31m\\u{202e}b\\u{2028}c\\u{7f}\n");
        let json = serde_json::to_string(hostile).unwrap();
        let line = harmless(json.as_bytes(), LogFormat::Json);
        assert!(line.trim_end().chars().all(|letter| !is_obeyed(letter)), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
    }
}
