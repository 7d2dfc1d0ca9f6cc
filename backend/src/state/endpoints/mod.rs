//! Endpoints that are watched, what was seen of each last, and their days.

mod derived;
mod record;
mod seen;

use certdeck_shared::api::endpoint::WatchSettings;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde_json::Value;
use time::OffsetDateTime;

use super::{StateError, Store, from_column, to_column, to_word};
pub use record::EndpointRecord;
use record::read;
pub use seen::{SeenEndpoint, day_text};

/// Rows whose identifiers are in a JSON array, which is the first parameter; and all rows, whatever that is.
const CHOSEN: &str = "WHERE id IN (SELECT value FROM json_each(?1))";
const ALL: &str = "WHERE ?1 IS NULL";

/// The tables of endpoints.
pub struct Endpoints<'a>(pub(super) &'a Store);

impl Endpoints<'_> {
    /// Those with one of these identifiers, or all, with what their rows show; by host and port.
    pub async fn list(&self, of: Option<&[String]>) -> Result<Vec<(EndpointRecord, Option<Value>)>, StateError> {
        let of = of.map(serde_json::to_string).transpose()?;
        self.0
            .read(move |state| {
                let chosen = if of.is_some() { CHOSEN } else { ALL };
                let mut statement =
                    state.prepare_cached(&format!("SELECT * FROM endpoints {chosen} ORDER BY host, port, server_name, id"))?;
                statement.query_and_then([of], |row| Ok((read(row)?, json(row, "seen_row")?)))?.collect()
            })
            .await
    }

    /// One by its identifier, with what its row and its page show.
    pub async fn by_id(&self, id: &str) -> Result<Option<(EndpointRecord, Option<Value>, Option<Value>)>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT endpoints.*, detail FROM endpoints LEFT JOIN endpoint_details ON endpoint = number WHERE id = ?1";
                let read = |row: &Row<'_>| Ok((read(row)?, json(row, "seen_row")?, json(row, "detail")?));
                state.query_row(sql, [id], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Those that are due with what their rows show, the longest waiting first; a time further away than `latest` is one from before the clock was set back.
    pub async fn due(
        &self,
        now: OffsetDateTime,
        latest: OffsetDateTime,
        most: u32,
    ) -> Result<Vec<(EndpointRecord, Option<Value>)>, StateError> {
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM endpoints WHERE NOT paused AND (next_probe_at <= ?1 OR next_probe_at > ?2) \
                           ORDER BY next_probe_at LIMIT ?3";
                let mut statement = state.prepare_cached(sql)?;
                statement
                    .query_and_then(params![to_column(now), to_column(latest), most], |row| Ok((read(row)?, json(row, "seen_row")?)))?
                    .collect()
            })
            .await
    }

    /// When the next one is due; absent when none is watched.
    pub async fn next_due(&self) -> Result<Option<OffsetDateTime>, StateError> {
        self.0
            .read(|state| {
                let sql = "SELECT min(next_probe_at) FROM endpoints WHERE NOT paused";
                Ok(state.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.map(from_column))
            })
            .await
    }

    /// Adds one. [`StateError::Exists`] when the same port is watched for the same name.
    pub async fn insert(&self, record: EndpointRecord) -> Result<(), StateError> {
        self.0.call(move |state| insert(state, &record)).await
    }

    /// Writes what people decide of one: label, tags, paused, snoozed, and when it is probed next.
    pub async fn update(&self, record: EndpointRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "UPDATE endpoints SET label = ?2, tags = ?3, paused = ?4, snoozed_until = ?5, next_probe_at = ?6 WHERE id = ?1",
                    params![
                        record.id,
                        record.label,
                        serde_json::to_string(&record.tags)?,
                        record.paused,
                        record.snoozed_until.map(to_column),
                        record.next_probe_at.map_or(0, to_column)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Forgets one with its history. False when there is no such endpoint.
    pub async fn remove(&self, id: &str) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.execute("DELETE FROM endpoints WHERE id = ?1", [id])? > 0)).await
    }

    /// Makes endpoints due at once; all when none is named.
    pub async fn hasten(&self, service: Option<&str>) -> Result<(), StateError> {
        let service = service.map(str::to_owned);
        self.0
            .call(move |state| {
                state.execute("UPDATE endpoints SET next_probe_at = 0 WHERE ?1 IS NULL OR service = ?1", [service])?;
                Ok(())
            })
            .await
    }

    /// How endpoints are watched; absent until somebody decides it.
    pub async fn settings(&self) -> Result<Option<WatchSettings>, StateError> {
        self.0
            .read(|state| {
                let text: Option<String> = state.query_row("SELECT settings FROM watch_settings", [], |row| row.get(0)).optional()?;
                Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
            })
            .await
    }

    /// Decides how endpoints are watched.
    pub async fn set_settings(&self, settings: WatchSettings) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                let sql = "INSERT INTO watch_settings (one, settings) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET settings = ?1";
                state.execute(sql, [serde_json::to_string(&settings)?])?;
                Ok(())
            })
            .await
    }
}

fn insert(state: &Transaction<'_>, record: &EndpointRecord) -> Result<(), StateError> {
    let (service, name) = record.service.as_ref().map_or((None, None), |(service, name)| (Some(service), Some(name)));
    state.execute(
        "INSERT INTO endpoints (id, service, name, host, port, protocol, tls, server_name, label, tags, expected, paused, state, next_probe_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 0)",
        params![
            record.id,
            service,
            name,
            record.host,
            record.port,
            to_word(record.protocol)?,
            to_word(record.tls)?,
            record.server_name.as_deref().unwrap_or_default(),
            record.label,
            serde_json::to_string(&record.tags)?,
            record.expected.as_ref().map(serde_json::to_string).transpose()?,
            record.paused,
            to_word(record.state)?,
        ],
    )?;
    Ok(())
}

fn json(row: &Row<'_>, column: &str) -> Result<Option<Value>, StateError> {
    Ok(row.get::<_, Option<String>>(column)?.map(|text| serde_json::from_str(&text)).transpose()?)
}
