//! Whom notices go to.

use certdeck_shared::api::notice::{ChannelTarget, NoticeKind, Urgency};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{StateError, Store, from_column, to_column};

/// A channel with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelRecord {
    /// Identifier in paths.
    pub id: String,
    /// What is told of it.
    pub setting: ChannelSetting,
    /// Password of a mail account, or what a webhook is signed with.
    pub secret: Option<Zeroizing<String>>,
    /// Whether it is used.
    pub enabled: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// What is told of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelSetting {
    /// Name for people.
    pub label: String,
    /// Where it leads.
    pub target: ChannelTarget,
    /// What goes there; everything when empty.
    pub kinds: Vec<NoticeKind>,
    /// Only what hurries at least so much.
    pub at_least: Urgency,
}

impl std::fmt::Debug for ChannelRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ChannelRecord({}, {:?})", self.id, self.setting)
    }
}

/// The table of channels.
pub struct Channels<'a>(pub(super) &'a Store);

impl Channels<'_> {
    /// All, the oldest first.
    pub async fn list(&self) -> Result<Vec<ChannelRecord>, StateError> {
        self.0.read(|state| all(state, "SELECT * FROM channels ORDER BY created_at, rowid")).await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<ChannelRecord>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| state.query_row("SELECT * FROM channels WHERE id = ?1", [id], |row| Ok(read(row))).optional()?.transpose())
            .await
    }

    /// Writes one, new or changed.
    pub async fn write(&self, record: ChannelRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO channels (id, channel, secret, enabled, created_at) VALUES (?1, ?2, ?3, ?4, ?5) \
                     ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, secret = excluded.secret, enabled = excluded.enabled",
                    params![
                        record.id,
                        serde_json::to_string(&record.setting)?,
                        record.secret.as_ref().map(|secret| secret.as_str()),
                        record.enabled,
                        to_column(record.created_at)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Forgets one. False when there is none.
    pub async fn remove(&self, id: &str) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.execute("DELETE FROM channels WHERE id = ?1", [id])? > 0)).await
    }
}

/// Those that are used.
pub(super) fn used(state: &Transaction<'_>) -> Result<Vec<ChannelRecord>, StateError> {
    all(state, "SELECT * FROM channels WHERE enabled ORDER BY created_at, rowid")
}

fn all(state: &Transaction<'_>, query: &str) -> Result<Vec<ChannelRecord>, StateError> {
    state.prepare_cached(query)?.query_and_then([], read)?.collect()
}

fn read(row: &Row<'_>) -> Result<ChannelRecord, StateError> {
    Ok(ChannelRecord {
        id: row.get("id")?,
        setting: serde_json::from_str(&row.get::<_, String>("channel")?)?,
        secret: row.get::<_, Option<String>>("secret")?.map(Zeroizing::new),
        enabled: row.get("enabled")?,
        created_at: from_column(row.get("created_at")?),
    })
}
