//! The log of the host: lines of RFC 5424 for syslog, fields for systemd's journal.

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::notice::{Message, Occasion, SyslogKind, Told, Urgency};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::notices::message::{line, subject};
use crate::host::datagram;

/// Where syslog listens.
const SYSLOG: &str = "/dev/log";
/// Where the journal listens (systemd.io/JOURNAL_NATIVE_PROTOCOL).
const JOURNAL: &str = "/run/systemd/journal/socket";
/// Facility daemon (RFC 5424 section 6.2.1).
const FACILITY: u8 = 3;
/// Octets of text that every receiver must take (RFC 5424 section 6.1 asks for 2,048 altogether).
const LONGEST: usize = 1_600;

/// Writes one entry for each notice.
pub(super) async fn write(way: SyslogKind, socket: Option<&str>, message: &Message, limit: Duration) -> Result<String, String> {
    let socket = socket.unwrap_or(match way {
        SyslogKind::Rfc5424 => SYSLOG,
        SyslogKind::Journal => JOURNAL,
    });
    let entries = entries(way, message);
    for entry in &entries {
        datagram::send(Path::new(socket), entry.as_bytes(), limit).await.map_err(|error| format!("{socket}: {error}"))?;
    }
    Ok(format!("{} written to {socket}", entries.len()))
}

fn entries(way: SyslogKind, message: &Message) -> Vec<String> {
    if message.notices.is_empty() {
        return vec![entry(way, message, None)];
    }
    message.notices.iter().map(|told| entry(way, message, Some(told))).collect()
}

fn entry(way: SyslogKind, message: &Message, told: Option<&Told>) -> String {
    let text = told.map_or_else(|| subject(message), |told| format!("{}: {}", line(told), told.notice.words));
    let text = one_line(&text);
    let kind = told.map_or("test", |told| told.notice.kind.name());
    let severity = severity(told);
    match way {
        SyslogKind::Rfc5424 => {
            let (priority, at, host) = (FACILITY * 8 + severity, moment(message.at), header(&message.host));
            // MSG in UTF-8 begins with a mark (section 6.4).
            format!("<{priority}>1 {at} {host} certdeck {} {kind} - \u{feff}{text} [{}]", std::process::id(), message.id)
        }
        SyslogKind::Journal => {
            let (notice, stage) = told.map_or(("", ""), |told| (told.notice.id.as_str(), told.notice.stage.as_str()));
            format!(
                "MESSAGE={text}\nPRIORITY={severity}\nSYSLOG_FACILITY={FACILITY}\nSYSLOG_IDENTIFIER=certdeck\nCERTDECK_KIND={kind}\n\
                 CERTDECK_STAGE={stage}\nCERTDECK_NOTICE={notice}\nCERTDECK_DELIVERY={}\n",
                message.id
            )
        }
    }
}

/// RFC 5424 section 6.2.1: critical, warning, notice, informational.
fn severity(told: Option<&Told>) -> u8 {
    match told.map(|told| (told.occasion, told.notice.urgency)) {
        None | Some((Occasion::Over, _)) => 6,
        Some((_, Urgency::Urgent)) => 2,
        Some((_, Urgency::Soon)) => 4,
        Some((_, Urgency::Note)) => 5,
    }
}

/// Without line ends and other control characters, which would begin a new entry or field; cut between two characters.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(LONGEST));
    for character in text.chars().map(|one| if one.is_control() { ' ' } else { one }) {
        if line.len() + character.len_utf8() > LONGEST {
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

fn moment(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_else(|_| "-".to_owned())
}
