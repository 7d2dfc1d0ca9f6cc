//! What people are told. What is written to a notice and the messages that tell of it are one transaction: there is never one without the
//! other, whenever the console is killed.

use certdeck_shared::api::notice::{Notice, NoticeState};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::deliveries::{self, DeliveryRecord};
use super::seen_databases::{self, SeenDatabase};
use super::{ChannelRecord, StateError, Store, channels, to_column};

/// How many notices that are over are kept.
const KEPT: i64 = 5_000;

/// A notice with what it is told apart by: of one subject and kind there is at most one that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// What it is about: `certificate:DATABASE:FINGERPRINT`, `database:DATABASE`, `endpoint:ENDPOINT`.
    pub subject: String,
    /// The notice.
    pub notice: Notice,
}

/// What is so when it is decided what to tell.
#[derive(Debug)]
pub struct Situation {
    /// The notices that are open.
    pub open: Vec<NoticeRecord>,
    /// The channels that are used.
    pub channels: Vec<ChannelRecord>,
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Settled {
    /// Notices that are new or different.
    pub notices: Vec<NoticeRecord>,
    /// Messages that tell of them.
    pub deliveries: Vec<DeliveryRecord>,
    /// What a database was seen to hold.
    pub seen: Option<SeenDatabase>,
}

/// The table of notices.
pub struct Notices<'a>(pub(super) &'a Store);

impl Notices<'_> {
    /// Decides on the notices whose subject begins so, and writes what was decided with its messages, all or nothing. True when anything was
    /// told or changed.
    pub async fn settle<F>(&self, subjects: &str, decide: F) -> Result<bool, StateError>
    where
        F: FnOnce(Situation) -> Settled + Send + 'static,
    {
        let subjects = subjects.to_owned();
        self.0
            .call(move |state| {
                let situation = Situation { open: open(state, &subjects)?, channels: channels::used(state)? };
                let settled = decide(situation);
                let anything = !settled.notices.is_empty() || !settled.deliveries.is_empty();
                for record in &settled.notices {
                    write(state, record)?;
                }
                for delivery in settled.deliveries {
                    deliveries::insert(state, &delivery)?;
                }
                if let Some(seen) = &settled.seen {
                    seen_databases::write(state, seen)?;
                }
                if anything {
                    forget_old(state)?;
                }
                Ok(anything)
            })
            .await
    }

    /// The open ones, and of those that are over so many: open ones first, then the newest first.
    pub async fn list(&self, over: u32) -> Result<Vec<Notice>, StateError> {
        self.0
            .read(move |state| {
                let mut found: Vec<Notice> = open(state, "")?.into_iter().map(|record| record.notice).collect();
                found.reverse();
                let mut statement = state.prepare_cached(
                    "SELECT subject, notice FROM notices WHERE over_at IS NOT NULL ORDER BY over_at DESC, rowid DESC LIMIT ?1",
                )?;
                let past = statement.query_and_then([over], read)?.collect::<Result<Vec<_>, StateError>>()?;
                found.extend(past.into_iter().map(|record| record.notice));
                Ok(found)
            })
            .await
    }

    /// The open ones whose subject begins so, the oldest first.
    pub async fn open(&self, subjects: &str) -> Result<Vec<NoticeRecord>, StateError> {
        let subjects = subjects.to_owned();
        self.0.read(move |state| open(state, &subjects)).await
    }

    /// One.
    pub async fn by_id(&self, id: &str) -> Result<Option<Notice>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let found = state.query_row("SELECT subject, notice FROM notices WHERE id = ?1", [id], |row| Ok(read(row))).optional()?;
                Ok(found.transpose()?.map(|record| record.notice))
            })
            .await
    }

    /// Changes one, when it is there. What it has become.
    pub async fn change<F>(&self, id: &str, change: F) -> Result<Option<Notice>, StateError>
    where
        F: FnOnce(&mut Notice) + Send + 'static,
    {
        let id = id.to_owned();
        self.0
            .call(move |state| {
                let found = state.query_row("SELECT subject, notice FROM notices WHERE id = ?1", [id], |row| Ok(read(row))).optional()?;
                let Some(mut record) = found.transpose()? else { return Ok(None) };
                change(&mut record.notice);
                write(state, &record)?;
                Ok(Some(record.notice))
            })
            .await
    }
}

fn open(state: &Transaction<'_>, subjects: &str) -> Result<Vec<NoticeRecord>, StateError> {
    let mut statement = state.prepare_cached(
        "SELECT subject, notice FROM notices WHERE over_at IS NULL AND substr(subject, 1, length(?1)) = ?1 ORDER BY began_at, rowid",
    )?;
    statement.query_and_then([subjects], read)?.collect()
}

fn write(state: &Transaction<'_>, record: &NoticeRecord) -> Result<(), StateError> {
    let notice = &record.notice;
    let over_at = notice.over_at.filter(|_| notice.state == NoticeState::Over).map(to_column);
    state.execute(
        "INSERT INTO notices (id, subject, kind, began_at, over_at, notice) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (id) DO UPDATE SET over_at = excluded.over_at, notice = excluded.notice",
        params![notice.id, record.subject, notice.kind.name(), to_column(notice.began_at), over_at, serde_json::to_string(notice)?],
    )?;
    Ok(())
}

fn forget_old(state: &Transaction<'_>) -> Result<(), StateError> {
    state.execute(
        "DELETE FROM notices WHERE over_at IS NOT NULL AND rowid NOT IN \
         (SELECT rowid FROM notices WHERE over_at IS NOT NULL ORDER BY over_at DESC, rowid DESC LIMIT ?1)",
        [KEPT],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<NoticeRecord, StateError> {
    Ok(NoticeRecord { subject: row.get("subject")?, notice: serde_json::from_str(&row.get::<_, String>("notice")?)? })
}
