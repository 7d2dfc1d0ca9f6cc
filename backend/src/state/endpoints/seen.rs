//! What probes saw: the last of each endpoint, its days, and what changed.

use certdeck_shared::api::endpoint::{EndpointDay, EndpointEvent, EndpointState};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde_json::Value;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::{ALL, CHOSEN, Endpoints};
use crate::state::{StateError, from_column, from_word, to_column, to_word};

/// What a probe of an endpoint left.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenEndpoint {
    /// The endpoint.
    pub id: String,
    /// When it was probed.
    pub at: OffsetDateTime,
    /// How it stands.
    pub state: EndpointState,
    /// What changed since the last probe, as a sentence; absent when nothing did.
    pub change: Option<String>,
    /// SHA-256 of its leaf, lower-case hex.
    pub leaf: Option<String>,
    /// Milliseconds of the handshake, when one was completed.
    pub milliseconds: Option<u32>,
    /// Probes without a connection since the last that had one.
    pub failures: u32,
    /// When it is probed next.
    pub next_probe_at: OffsetDateTime,
    /// Its row, as far as a probe tells it.
    pub row: Value,
    /// Everything else that its page shows.
    pub detail: Value,
}

impl Endpoints<'_> {
    /// Keeps what probes saw, all of it at once.
    pub async fn keep(&self, seen: Vec<SeenEndpoint>) -> Result<(), StateError> {
        self.0.call(move |state| seen.iter().try_for_each(|one| keep(state, one))).await
    }

    /// The days of these endpoints, or of all, from one on, each with the identifier of its endpoint, the oldest first.
    pub async fn days_since(&self, first: Date, of: Option<&[String]>) -> Result<Vec<(String, EndpointDay)>, StateError> {
        let of = of.map(serde_json::to_string).transpose()?;
        self.0
            .read(move |state| {
                let chosen = if of.is_some() { CHOSEN } else { ALL };
                // Crossed, so that the days of each are a range of the primary key, however long the history of all is.
                let sql = format!(
                    "SELECT id, endpoint_days.* FROM (SELECT id, number FROM endpoints {chosen}) \
                     CROSS JOIN endpoint_days ON endpoint = number AND day >= ?2 ORDER BY endpoint, day"
                );
                let mut statement = state.prepare_cached(&sql)?;
                statement.query_and_then(params![of, first.to_julian_day()], |row| Ok((row.get("id")?, day(row)?)))?.collect()
            })
            .await
    }

    /// The days of one from one on, the oldest first.
    pub async fn days(&self, id: &str, first: Date) -> Result<Vec<EndpointDay>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT endpoint_days.* FROM endpoint_days JOIN endpoints ON number = endpoint WHERE id = ?1 AND day >= ?2 ORDER BY day";
                let mut statement = state.prepare_cached(sql)?;
                statement.query_and_then(params![id, first.to_julian_day()], day)?.collect()
            })
            .await
    }

    /// What changed at one, the newest first.
    pub async fn changes(&self, id: &str, most: u32) -> Result<Vec<EndpointEvent>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT endpoint_changes.* FROM endpoint_changes JOIN endpoints ON number = endpoint \
                           WHERE id = ?1 ORDER BY at DESC, endpoint_changes.rowid DESC LIMIT ?2";
                let mut statement = state.prepare_cached(sql)?;
                statement
                    .query_and_then(params![id, most], |row| {
                        Ok(EndpointEvent {
                            at: from_column(row.get("at")?),
                            state: from_word(row.get("state")?)?,
                            words: row.get("words")?,
                            leaf: row.get("leaf")?,
                        })
                    })?
                    .collect()
            })
            .await
    }

    /// Forgets days and changes from before a day.
    pub async fn prune(&self, before: Date) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute("DELETE FROM endpoint_days WHERE day < ?1", [before.to_julian_day()])?;
                state.execute("DELETE FROM endpoint_changes WHERE at < ?1", [to_column(before.midnight().assume_utc())])?;
                Ok(())
            })
            .await
    }
}

fn keep(state: &Transaction<'_>, seen: &SeenEndpoint) -> Result<(), StateError> {
    let sql = "SELECT number FROM endpoints WHERE id = ?1";
    // Removed while it was being probed.
    let Some(number) = state.query_row(sql, [&seen.id], |row| row.get::<_, i64>(0)).optional()? else { return Ok(()) };
    let at = to_column(seen.at);
    state.execute(
        "UPDATE endpoints SET since = CASE WHEN state = ?2 AND since IS NOT NULL THEN since ELSE ?3 END, state = ?2, probed_at = ?3, \
         failures = ?4, next_probe_at = ?5, seen_row = ?6 WHERE number = ?1",
        params![number, to_word(seen.state)?, at, seen.failures, to_column(seen.next_probe_at), seen.row.to_string()],
    )?;
    state.execute(
        "INSERT INTO endpoint_details (endpoint, detail) VALUES (?1, ?2) ON CONFLICT (endpoint) DO UPDATE SET detail = ?2",
        params![number, seen.detail.to_string()],
    )?;
    // A smaller number is a worse state.
    let worst = EndpointState::ALL.iter().position(|state| *state == seen.state).unwrap_or(0);
    state.execute(
        "INSERT INTO endpoint_days (endpoint, day, probes, failed, worst, milliseconds_sum, milliseconds_most) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?5) \
         ON CONFLICT (endpoint, day) DO UPDATE SET probes = probes + 1, failed = failed + ?3, worst = min(worst, ?4), \
         milliseconds_sum = milliseconds_sum + ?5, milliseconds_most = max(milliseconds_most, ?5)",
        params![number, seen.at.date().to_julian_day(), seen.milliseconds.is_none(), worst, seen.milliseconds.unwrap_or(0)],
    )?;
    if let Some(words) = &seen.change {
        state.execute(
            "INSERT INTO endpoint_changes (endpoint, at, state, words, leaf) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![number, at, to_word(seen.state)?, words, seen.leaf],
        )?;
    }
    Ok(())
}

fn day(row: &Row<'_>) -> Result<EndpointDay, StateError> {
    let date = Date::from_julian_day(row.get("day")?).unwrap_or(Date::MIN);
    let (probes, failed): (u32, u32) = (row.get("probes")?, row.get("failed")?);
    let sum: u64 = row.get("milliseconds_sum")?;
    let worst = EndpointState::ALL.get(row.get::<_, usize>("worst")?).copied().unwrap_or(EndpointState::Unknown);
    Ok(EndpointDay {
        day: day_text(date),
        probes,
        failed,
        worst,
        milliseconds_mean: sum.checked_div(u64::from(probes.saturating_sub(failed))).and_then(|mean| u32::try_from(mean).ok()).unwrap_or(0),
        milliseconds_most: row.get("milliseconds_most")?,
    })
}

/// A day as it stands in JSON.
#[must_use]
pub fn day_text(date: Date) -> String {
    date.format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}
