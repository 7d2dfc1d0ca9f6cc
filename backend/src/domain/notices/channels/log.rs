//! The log of the host: lines of RFC 5424 for syslog, fields for systemd's journal.

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::notice::{Message, Occasion, SyslogKind, Told, Urgency};

use crate::domain::notices::message::{line, subject};
use crate::domain::syslog::{self, Priority};
use crate::host::datagram;

/// Where the journal listens (systemd.io/JOURNAL_NATIVE_PROTOCOL).
const JOURNAL: &str = "/run/systemd/journal/socket";
/// Octets of text; an identifier follows it.
const LONGEST: usize = 1_600;
/// Facility daemon (RFC 5424 section 6.2.1).
const FACILITY: u8 = 3;

/// Writes one entry for each notice.
pub(super) async fn write(way: SyslogKind, socket: Option<&str>, message: &Message, limit: Duration) -> Result<String, String> {
    let socket = socket.unwrap_or(match way {
        SyslogKind::Rfc5424 => syslog::SOCKET,
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
    let text = syslog::one_line(&text, LONGEST);
    let kind = told.map_or("test", |told| told.notice.kind.name());
    let severity = severity(told);
    match way {
        SyslogKind::Rfc5424 => {
            let text = format!("{text} [{}]", message.id);
            syslog::message(Priority { facility: FACILITY, severity }, message.at, &message.host, kind, &text)
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
