//! Messages on their way. A row is there before the first try, and says what became of it after each.

use certdeck_shared::api::notice::{Delivery, DeliveryState, Message};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, to_column, to_word};

/// How many deliveries that have ended are kept.
const KEPT: i64 = 2_000;

/// A delivery with its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// What is told of it.
    pub delivery: Delivery,
    /// What is sent.
    pub message: Message,
}

/// The table of deliveries.
pub struct Deliveries<'a>(pub(super) &'a Store);

impl Deliveries<'_> {
    /// The newest first, of one channel or of all.
    pub async fn list(&self, channel: Option<String>, limit: u32) -> Result<Vec<Delivery>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached(
                    "SELECT delivery FROM deliveries WHERE ?1 IS NULL OR channel = ?1 ORDER BY created_at DESC, rowid DESC LIMIT ?2",
                )?;
                statement
                    .query_and_then(params![channel, limit], |row| Ok(serde_json::from_str(&row.get::<_, String>("delivery")?)?))?
                    .collect()
            })
            .await
    }

    /// The oldest one of a channel that is to be tried by now; also one whose time lies later than `latest`, which no clock of now wrote.
    pub async fn next(&self, channel: &str, now: OffsetDateTime, latest: OffsetDateTime) -> Result<Option<DeliveryRecord>, StateError> {
        let channel = channel.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM deliveries WHERE channel = ?1 AND (next_try_at <= ?2 OR next_try_at > ?3) \
                           ORDER BY created_at, rowid LIMIT 1";
                let values = params![channel, to_column(now), to_column(latest)];
                state.query_row(sql, values, |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// The channels that have something to try, and when: at once where the time lies later than `latest`.
    pub async fn to_try(&self, latest: OffsetDateTime) -> Result<Vec<(String, OffsetDateTime)>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached(
                    "SELECT channel, min(iif(next_try_at > ?1, 0, next_try_at)) FROM deliveries WHERE next_try_at IS NOT NULL GROUP BY channel",
                )?;
                let found = statement.query_map([to_column(latest)], |row| Ok((row.get(0)?, from_column(row.get(1)?))))?;
                Ok(found.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Adds one.
    pub async fn insert(&self, record: DeliveryRecord) -> Result<(), StateError> {
        self.0.call(move |state| insert(state, &record)).await
    }

    /// Writes what became of one. One that has ended meanwhile stays as it is.
    pub async fn update(&self, delivery: Delivery) -> Result<(), StateError> {
        self.0.call(move |state| update(state, &delivery)).await
    }

    /// What waits for a channel is tried no more.
    pub async fn give_up(&self, channel: &str) -> Result<(), StateError> {
        let channel = channel.to_owned();
        self.0
            .call(move |state| {
                let mut statement = state.prepare_cached("SELECT delivery FROM deliveries WHERE channel = ?1 AND state = 'waiting'")?;
                let waiting: Vec<Delivery> = statement
                    .query_and_then([channel], |row| Ok(serde_json::from_str(&row.get::<_, String>("delivery")?)?))?
                    .collect::<Result<_, StateError>>()?;
                for delivery in waiting {
                    update(state, &Delivery { state: DeliveryState::GivenUp, next_try_at: None, ..delivery })?;
                }
                Ok(())
            })
            .await
    }

    /// How many wait for a channel, its last try, and when something was delivered last.
    pub async fn standing(&self, channel: &str) -> Result<(u32, Option<Delivery>, Option<OffsetDateTime>), StateError> {
        let channel = channel.to_owned();
        self.0
            .read(move |state| {
                let waiting = "SELECT count(*) FROM deliveries WHERE channel = ?1 AND state = 'waiting'";
                let waiting = state.query_row(waiting, [&channel], |row| row.get(0))?;
                let last = |with: &str| -> Result<Option<Delivery>, StateError> {
                    let sql = format!(
                        "SELECT delivery FROM deliveries WHERE channel = ?1 AND {with} \
                         ORDER BY json_extract(delivery, '$.tries[#-1].at') DESC, rowid DESC LIMIT 1"
                    );
                    let text: Option<String> = state.query_row(&sql, [&channel], |row| row.get(0)).optional()?;
                    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
                };
                let tried = last("json_array_length(delivery, '$.tries') > 0")?;
                let delivered = last("state = 'delivered'")?;
                Ok((waiting, tried, delivered.and_then(|delivery| Some(delivery.tries.last()?.at))))
            })
            .await
    }
}

pub(super) fn insert(state: &Transaction<'_>, record: &DeliveryRecord) -> Result<(), StateError> {
    let delivery = &record.delivery;
    state.execute(
        "INSERT INTO deliveries (id, channel, created_at, state, next_try_at, delivery, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            delivery.id,
            delivery.channel,
            to_column(delivery.created_at),
            to_word(delivery.state)?,
            delivery.next_try_at.map(to_column),
            serde_json::to_string(delivery)?,
            serde_json::to_string(&record.message)?
        ],
    )?;
    state.execute(
        "DELETE FROM deliveries WHERE state <> 'waiting' AND rowid NOT IN (SELECT rowid FROM deliveries ORDER BY created_at DESC LIMIT ?1)",
        [KEPT],
    )?;
    Ok(())
}

fn update(state: &Transaction<'_>, delivery: &Delivery) -> Result<(), StateError> {
    state.execute(
        "UPDATE deliveries SET state = ?2, next_try_at = ?3, delivery = ?4 WHERE id = ?1 AND state = 'waiting'",
        params![delivery.id, to_word(delivery.state)?, delivery.next_try_at.map(to_column), serde_json::to_string(delivery)?],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<DeliveryRecord, StateError> {
    Ok(DeliveryRecord {
        delivery: serde_json::from_str(&row.get::<_, String>("delivery")?)?,
        message: serde_json::from_str(&row.get::<_, String>("message")?)?,
    })
}
