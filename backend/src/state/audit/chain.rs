//! The chain of the audit log: each entry holds the digest of the one before it, so that none can be changed, taken out, put in or moved
//! without all later ones changing as well.
//!
//! What is digested is the entry as its line of the export, without the field `hash` at the end. The three values that are JSON already
//! stand there as they are stored, so that every stored byte counts. Anybody can do the same to an exported line with `sed` and `sha256sum`.
//!
//! A digest without a secret proves nothing against somebody who can write the file and digests everything anew from the place of the change
//! on. That shows only beside a digest that was kept elsewhere: the console writes the head to its own log and shows it.

use certdeck_shared::api::activity::AuditHead;
use certdeck_shared::hex::hex;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::de::IgnoredAny;
use serde::ser::Error as _;
use sha2::{Digest as _, Sha256};
use time::format_description::FormatItem;
use time::macros::format_description;

use super::StateError;
use crate::state::from_column;

/// Stands for the entry before the first.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Always three digits of the second: what is digested does not depend on how a library shortens.
const MOMENT: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// An entry as it is stored, but for its digest.
#[derive(Debug, Clone, Default)]
pub(super) struct Link {
    pub id: i64,
    pub at: i64,
    pub actor: String,
    pub credential: Option<String>,
    pub peer: Option<String>,
    pub request_id: Option<String>,
    pub action: String,
    pub database: Option<String>,
    pub subject: Option<String>,
    pub outcome: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub command_lines: Option<String>,
    pub previous: String,
}

impl Link {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            credential: row.get("credential")?,
            peer: row.get("peer")?,
            request_id: row.get("request_id")?,
            action: row.get("action")?,
            database: row.get("database")?,
            subject: row.get("subject")?,
            outcome: row.get("outcome")?,
            before: row.get("before")?,
            after: row.get("after")?,
            command_lines: row.get("command_lines")?,
            previous: row.get("previous")?,
        })
    }

    /// What is digested. A field that is absent is left out; a later version may add others.
    pub(super) fn text(&self) -> Result<String, StateError> {
        let at = from_column(self.at).format(MOMENT).map_err(serde_json::Error::custom)?;
        let mut text = format!("{{\"id\":{},\"at\":\"{at}\"", self.id);
        let words = [
            ("actor", Some(&self.actor)),
            ("credential", self.credential.as_ref()),
            ("peer", self.peer.as_ref()),
            ("request_id", self.request_id.as_ref()),
            ("action", Some(&self.action)),
            ("database", self.database.as_ref()),
            ("subject", self.subject.as_ref()),
            ("outcome", Some(&self.outcome)),
        ];
        for (name, word) in words {
            if let Some(word) = word {
                text.push_str(&format!(",\"{name}\":{}", serde_json::to_string(word)?));
            }
        }
        for (name, value) in [("before", &self.before), ("after", &self.after), ("command_lines", &self.command_lines)] {
            if let Some(value) = value {
                text.push_str(&format!(",\"{name}\":{value}"));
            }
        }
        text.push_str(&format!(",\"previous\":{}}}", serde_json::to_string(&self.previous)?));
        Ok(text)
    }

    /// The line of the export, with this digest.
    pub(super) fn line(&self, hash: &str) -> Result<String, StateError> {
        let text = self.text()?;
        Ok(format!("{},\"hash\":{}}}\n", text.strip_suffix('}').unwrap_or(&text), serde_json::to_string(hash)?))
    }

    /// The digest.
    pub(super) fn hash(&self) -> Result<String, StateError> {
        for value in [&self.before, &self.after, &self.command_lines].into_iter().flatten() {
            // One value and nothing behind it: two columns cannot share the bytes of one in another way.
            serde_json::from_str::<IgnoredAny>(value)?;
        }
        Ok(digest(&self.text()?))
    }
}

/// SHA-256 of what is digested, lower-case hex.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The head before the first entry.
pub(super) fn no_head() -> AuditHead {
    AuditHead { entry: 0, hash: NOTHING.to_owned() }
}

/// The head as it is kept.
pub(super) fn head(state: &rusqlite::Connection) -> Result<Option<AuditHead>, StateError> {
    let mut statement = state.prepare_cached("SELECT entry, hash FROM audit_head")?;
    Ok(statement.query_row([], |row| Ok(AuditHead { entry: row.get(0)?, hash: row.get(1)? })).optional()?)
}

/// Adds an entry behind the last one and moves the head, both in the transaction of what the entry tells of.
pub(super) fn append(state: &Transaction<'_>, mut link: Link) -> Result<i64, StateError> {
    let head = head(state)?.unwrap_or_else(no_head);
    // Also where rows were added past the console: it goes on, and the verification tells.
    let last: Option<i64> = state.query_row("SELECT max(id) FROM audit", [], |row| row.get(0))?;
    link.id = head.entry.max(last.unwrap_or_default()) + 1;
    link.previous = head.hash;
    let hash = link.hash()?;
    state
        .prepare_cached(
            "INSERT INTO audit (id, at, actor, credential, peer, request_id, action, database, subject, outcome, before, after, \
             command_lines, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            link.id,
            link.at,
            link.actor,
            link.credential,
            link.peer,
            link.request_id,
            link.action,
            link.database,
            link.subject,
            link.outcome,
            link.before,
            link.after,
            link.command_lines,
            link.previous,
            hash
        ])?;
    move_head(state, link.id, &hash)?;
    Ok(link.id)
}

fn move_head(state: &Transaction<'_>, entry: i64, hash: &str) -> Result<(), StateError> {
    state.prepare_cached("INSERT OR REPLACE INTO audit_head (one, entry, hash) VALUES (1, ?1, ?2)")?.execute(params![entry, hash])?;
    Ok(())
}

/// Chains the entries that an older console wrote, which had no digests.
pub(in crate::state) fn adopt(state: &Transaction<'_>) -> Result<(), StateError> {
    let mut head = no_head();
    let mut rows = state.prepare("SELECT * FROM audit ORDER BY id")?;
    let mut change = state.prepare("UPDATE audit SET previous = ?2, hash = ?3 WHERE id = ?1")?;
    for link in rows.query_map([], Link::read)? {
        let link = Link { previous: head.hash, ..link? };
        let hash = link.hash()?;
        change.execute(params![link.id, link.previous, hash])?;
        head = AuditHead { entry: link.id, hash };
    }
    move_head(state, head.entry, &head.hash)
}
