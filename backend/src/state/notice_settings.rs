//! How it is told: when certificates are due, and the address of the calendar.

use certdeck_shared::api::notice::ExpiryPolicy;
use rusqlite::{OptionalExtension as _, Transaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{StateError, Store};

const POLICY: &str = "policy";
const CALENDAR: &str = "calendar";

/// The address of the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRecord {
    /// SHA-256 of its token, lower-case hex.
    pub token_sha256: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

/// The table of settings.
pub struct NoticeSettings<'a>(pub(super) &'a Store);

impl NoticeSettings<'_> {
    /// When certificates are due.
    pub async fn policy(&self) -> Result<ExpiryPolicy, StateError> {
        Ok(self.0.read(|state| value(state, POLICY)).await?.unwrap_or_default())
    }

    /// Writes when certificates are due.
    pub async fn set_policy(&self, policy: &ExpiryPolicy) -> Result<(), StateError> {
        let text = serde_json::to_string(policy)?;
        self.0.call(move |state| set(state, POLICY, Some(text))).await
    }

    /// The address of the calendar; none when there is none.
    pub async fn calendar(&self) -> Result<Option<CalendarRecord>, StateError> {
        self.0.read(|state| value(state, CALENDAR)).await
    }

    /// Sets or ends the address of the calendar.
    pub async fn set_calendar(&self, calendar: Option<&CalendarRecord>) -> Result<(), StateError> {
        let text = calendar.map(serde_json::to_string).transpose()?;
        self.0.call(move |state| set(state, CALENDAR, text)).await
    }
}

fn value<T: DeserializeOwned>(state: &Transaction<'_>, name: &str) -> Result<Option<T>, StateError> {
    let text: Option<String> = state.query_row("SELECT value FROM notice_settings WHERE name = ?1", [name], |row| row.get(0)).optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

fn set(state: &Transaction<'_>, name: &str, text: Option<String>) -> Result<(), StateError> {
    match text {
        Some(text) => state.execute(
            "INSERT INTO notice_settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, &text],
        )?,
        None => state.execute("DELETE FROM notice_settings WHERE name = ?1", [name])?,
    };
    Ok(())
}
