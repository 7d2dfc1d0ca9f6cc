//! The ends of certificates as a calendar (RFC 5545) that calendar programs subscribe to. They cannot sign in: whoever has the address reads.

use std::fmt::Write as _;

use certdeck_shared::api::notice::{CalendarMade, CalendarStatus, ExpiryPolicy};
use certdeck_shared::api::paths;
use certdeck_shared::expiry;
use certdeck_shared::glass::Action;
use certdeck_shared::hex::hex;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime, UtcOffset};

use super::Notices;
use super::certificates::{Watched, watched};
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, blocking, record};
use crate::host::randomness;
use crate::state::{AuditDraft, CalendarRecord};

/// Octets of a line, its end not counted (section 3.1).
const LINE: usize = 75;
/// What ended longer ago is left out.
const PAST: Duration = Duration::days(30);

impl Notices {
    /// Whether there is a calendar.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn calendar(&self) -> Result<CalendarStatus, OperationError> {
        Ok(CalendarStatus { since: self.environment.store.notice_settings().calendar().await?.map(|calendar| calendar.since) })
    }

    /// Makes an address; the one before it ends.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn make_calendar(&self, actor: &str) -> Result<CalendarMade, OperationError> {
        let token = randomness::secret_text();
        let calendar = CalendarRecord { token_sha256: digest(&token), since: self.environment.clock.now() };
        self.environment.store.notice_settings().set_calendar(Some(&calendar)).await?;
        let draft = AuditDraft::success(actor, "calendar.make").after(json!({"since": calendar.since}));
        record(&self.environment, draft.standing_for(of_console(&Action::MakeCalendar))).await;
        Ok(CalendarMade { path: paths::calendar_feed(&token) })
    }

    /// Ends the address.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub async fn end_calendar(&self, actor: &str) -> Result<(), OperationError> {
        self.environment.store.notice_settings().set_calendar(None).await?;
        record(&self.environment, AuditDraft::success(actor, "calendar.end").standing_for(of_console(&Action::EndCalendar))).await;
        Ok(())
    }

    /// The calendar, for whoever has its token.
    ///
    /// # Errors
    /// `NotFound` when it is not the token.
    pub async fn calendar_feed(&self, token: &str) -> Result<String, OperationError> {
        let calendar = self.environment.store.notice_settings().calendar().await?;
        // The digests are compared: how long that takes tells nothing of the token.
        if calendar.is_none_or(|calendar| calendar.token_sha256 != digest(token)) {
            return Err(OperationError::not_found("calendar", "of this address"));
        }
        let (policy, now) = (self.policy().await?, self.environment.clock.now());
        let mut entries = Vec::new();
        for database in self.databases.all() {
            let Ok(listing) = database.listing().await else { continue };
            let (id, label, policy) = (database.id.clone(), database.label(), policy.clone());
            let of_database = move || {
                let all = watched(&listing);
                all.iter()
                    .filter(|one| one.view.not_after >= now - PAST)
                    .filter_map(|one| entry(&policy, (&id, &label), one, now))
                    .collect()
            };
            let of_database: Vec<String> = blocking(of_database).await?;
            entries.extend(of_database);
        }
        Ok(feed(&entries))
    }
}

fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn feed(entries: &[String]) -> String {
    let mut feed = String::new();
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Certdeck//Certificates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Certificates",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ] {
        line(&mut feed, text);
    }
    feed.extend(entries.iter().map(String::as_str));
    line(&mut feed, "END:VCALENDAR");
    feed
}

/// The end of a certificate, with an alarm when its first notice is due; none when the policy leaves it alone.
fn entry(policy: &ExpiryPolicy, (database, label): (&str, &str), one: &Watched, now: OffsetDateTime) -> Option<String> {
    let timing = expiry::timing(policy, &one.dated(database))?;
    let (name, view) = (one.name(), &one.view);
    let lead = expiry::length(&timing.first_notice, view.not_after - view.not_before);
    let summary = escaped(&format!("{name} in {label} expires"));
    let description = escaped(&format!("{}\nIssued by {}\nSHA-256 {}", view.subject, view.issuer, one.fingerprint));
    let mut entry = String::new();
    for text in [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}-{database}@certdeck", one.fingerprint),
        format!("DTSTAMP:{}", moment(now)),
        format!("DTSTART:{}", moment(view.not_after)),
        format!("SUMMARY:{summary}"),
        format!("DESCRIPTION:{description}"),
        "TRANSP:TRANSPARENT".to_owned(),
        "BEGIN:VALARM".to_owned(),
        "ACTION:DISPLAY".to_owned(),
        format!("DESCRIPTION:{summary}"),
        format!("TRIGGER:-{}", duration(lead)),
        "END:VALARM".to_owned(),
        "END:VEVENT".to_owned(),
    ] {
        line(&mut entry, &text);
    }
    Some(entry)
}

/// A content line, folded between characters where it is longer than 75 octets (section 3.1).
fn line(text: &mut String, content: &str) {
    let mut length = 0;
    for character in content.chars() {
        if length + character.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(character);
        length += character.len_utf8();
    }
    text.push_str("\r\n");
}

/// A value of type TEXT (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A moment in UTC (section 3.3.5). What lies after the year 9999 has no form there.
fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (date, clock) = (at.date(), at.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// A length of time (section 3.3.6).
fn duration(length: Duration) -> String {
    let seconds = length.whole_seconds().max(0);
    let mut text = format!("P{}D", seconds / 86_400);
    let rest = seconds % 86_400;
    if rest > 0 {
        // A number that is left out in the middle is not allowed; zeros are.
        let _ = write!(text, "T{}H{}M{}S", rest / 3_600, rest % 3_600 / 60, rest % 60);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        let content = format!("SUMMARY:{}", "ü€🔒x".repeat(60));
        line(&mut text, &content);
        assert!(text.lines().all(|line| line.len() <= LINE) && text.lines().count() > 5);
        assert_eq!(text.replace("\r\n ", ""), format!("{content}\r\n"));
    }

    #[test]
    fn values_cannot_begin_a_line_of_their_own() {
        assert_eq!(escaped("a\r\nEND:VEVENT;b,c\\"), "a \\nEND:VEVENT\\;b\\,c\\\\");
        assert_eq!(duration(Duration::days(30)), "P30D");
        assert_eq!(duration(Duration::seconds(86_400 + 3_600 + 62)), "P1DT1H1M2S");
    }
}
