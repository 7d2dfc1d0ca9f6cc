//! Endpoints that are watched, what was seen of each last, and their days.

use certdeck_shared::api::endpoint::{EndpointDay, EndpointEvent, EndpointState, ExpectedCertificate, WatchSettings};
use certdeck_shared::api::service::{Protocol, TlsMode};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde_json::Value;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use super::{StateError, Store, from_column, from_word, to_column, to_word};

/// An endpoint, without what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRecord {
    /// Identifier in paths.
    pub id: String,
    /// The service whose configuration has it, and its name there; absent when somebody added it.
    pub service: Option<(String, String)>,
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for.
    pub server_name: Option<String>,
    /// Name for people.
    pub label: Option<String>,
    /// Words by which people group endpoints.
    pub tags: Vec<String>,
    /// What it should serve.
    pub expected: Option<ExpectedCertificate>,
    /// Whether it is left alone.
    pub paused: bool,
    /// Until when nobody is told of it.
    pub snoozed_until: Option<OffsetDateTime>,
    /// How it stood at the last probe.
    pub state: EndpointState,
    /// Since when.
    pub since: Option<OffsetDateTime>,
    /// When it was probed last.
    pub probed_at: Option<OffsetDateTime>,
    /// When it is probed next.
    pub next_probe_at: Option<OffsetDateTime>,
    /// Probes without a connection since the last that had one.
    pub failures: u32,
}

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
            .call(move |state| {
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
            .call(move |state| {
                let sql = "SELECT endpoints.*, detail FROM endpoints LEFT JOIN endpoint_details ON endpoint = number WHERE id = ?1";
                let read = |row: &Row<'_>| Ok((read(row)?, json(row, "seen_row")?, json(row, "detail")?));
                state.query_row(sql, [id], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Those that are due, the longest waiting first; a time further away than `latest` is one from before the clock was set back.
    pub async fn due(&self, now: OffsetDateTime, latest: OffsetDateTime, most: u32) -> Result<Vec<EndpointRecord>, StateError> {
        self.0
            .call(move |state| {
                let sql = "SELECT * FROM endpoints WHERE NOT paused AND (next_probe_at <= ?1 OR next_probe_at > ?2) \
                           ORDER BY next_probe_at LIMIT ?3";
                let mut statement = state.prepare_cached(sql)?;
                statement.query_and_then(params![to_column(now), to_column(latest), most], read)?.collect()
            })
            .await
    }

    /// When the next one is due; absent when none is watched.
    pub async fn next_due(&self) -> Result<Option<OffsetDateTime>, StateError> {
        self.0
            .call(|state| {
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

    /// Makes the endpoints of a service these: what is the same stays with its history, what is gone goes, what is new is due at once.
    pub async fn of_service(&self, service: &str, wanted: Vec<EndpointRecord>) -> Result<bool, StateError> {
        let service = service.to_owned();
        self.0
            .call(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM endpoints WHERE service = ?1")?;
                let known: Vec<EndpointRecord> = statement.query_and_then([&service], read)?.collect::<Result<_, _>>()?;
                let mut changed = false;
                for gone in known.iter().filter(|known| !wanted.iter().any(|one| same_question(one, known))) {
                    state.execute("DELETE FROM endpoints WHERE id = ?1", [&gone.id])?;
                    changed = true;
                }
                for new in wanted.iter().filter(|one| !known.iter().any(|known| same_question(one, known))) {
                    insert(state, new)?;
                    changed = true;
                }
                Ok(changed)
            })
            .await
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

    /// Keeps what probes saw, all of it at once.
    pub async fn keep(&self, seen: Vec<SeenEndpoint>) -> Result<(), StateError> {
        self.0.call(move |state| seen.iter().try_for_each(|one| keep(state, one))).await
    }

    /// The days of these endpoints, or of all, from one on, each with the identifier of its endpoint, the oldest first.
    pub async fn days_since(&self, first: Date, of: Option<&[String]>) -> Result<Vec<(String, EndpointDay)>, StateError> {
        let of = of.map(serde_json::to_string).transpose()?;
        self.0
            .call(move |state| {
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
            .call(move |state| {
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
            .call(move |state| {
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

    /// How endpoints are watched; absent until somebody decides it.
    pub async fn settings(&self) -> Result<Option<WatchSettings>, StateError> {
        self.0
            .call(|state| {
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

/// Whether two are probed in the same way, for the same endpoint of a configuration.
fn same_question(one: &EndpointRecord, other: &EndpointRecord) -> bool {
    let question = |record: &EndpointRecord| {
        (record.service.clone(), record.host.clone(), record.port, record.protocol, record.tls, record.server_name.clone())
    };
    question(one) == question(other)
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

fn json(row: &Row<'_>, column: &str) -> Result<Option<Value>, StateError> {
    Ok(row.get::<_, Option<String>>(column)?.map(|text| serde_json::from_str(&text)).transpose()?)
}

fn read(row: &Row<'_>) -> Result<EndpointRecord, StateError> {
    let service: Option<String> = row.get("service")?;
    let name: Option<String> = row.get("name")?;
    let moment = |column: &str| Ok::<_, StateError>(row.get::<_, Option<i64>>(column)?.map(from_column));
    Ok(EndpointRecord {
        id: row.get("id")?,
        service: service.zip(name),
        host: row.get("host")?,
        port: row.get("port")?,
        protocol: from_word(row.get("protocol")?)?,
        tls: from_word(row.get("tls")?)?,
        server_name: Some(row.get::<_, String>("server_name")?).filter(|name| !name.is_empty()),
        label: row.get("label")?,
        tags: serde_json::from_str(&row.get::<_, String>("tags")?)?,
        expected: row.get::<_, Option<String>>("expected")?.map(|text| serde_json::from_str(&text)).transpose()?,
        paused: row.get("paused")?,
        snoozed_until: moment("snoozed_until")?,
        state: from_word(row.get("state")?)?,
        since: moment("since")?,
        probed_at: moment("probed_at")?,
        next_probe_at: moment("next_probe_at")?,
        failures: row.get("failures")?,
    })
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
