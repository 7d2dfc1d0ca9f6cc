//! Databases the console knows.

use certdeck_shared::api::database::DatabaseFormat;
use rusqlite::{OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, from_word, to_column, to_word};

/// A registered database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseRecord {
    /// Identifier in paths.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Directory, absolute and canonical; unique together with the prefix.
    pub path: String,
    /// What the names of its files begin with; empty for most.
    pub prefix: String,
    /// On-disk format.
    pub format: DatabaseFormat,
    /// Whether it is the console's own.
    pub embedded: bool,
    /// When it was registered.
    pub registered_at: OffsetDateTime,
}

/// The table of databases.
pub struct Databases<'a>(pub(super) &'a Store);

impl Databases<'_> {
    /// All, the oldest first.
    pub async fn list(&self) -> Result<Vec<DatabaseRecord>, StateError> {
        self.0
            .read(|state| {
                let mut statement = state.prepare_cached("SELECT * FROM databases ORDER BY registered_at, id")?;
                statement.query_and_then([], read)?.collect()
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<DatabaseRecord>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| state.query_row("SELECT * FROM databases WHERE id = ?1", [id], |row| Ok(read(row))).optional()?.transpose())
            .await
    }

    /// Adds one. [`StateError::Exists`] when id or place are taken.
    pub async fn insert(&self, record: DatabaseRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO databases (id, label, path, prefix, format, embedded, registered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        record.id,
                        record.label,
                        record.path,
                        record.prefix,
                        to_word(record.format)?,
                        record.embedded,
                        to_column(record.registered_at)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Changes the label; false when there is no such database.
    pub async fn rename(&self, id: &str, label: &str) -> Result<bool, StateError> {
        let (id, label) = (id.to_owned(), label.to_owned());
        self.0.call(move |state| Ok(state.execute("UPDATE databases SET label = ?2 WHERE id = ?1", [id, label])? > 0)).await
    }

    /// Changes the format, after a conversion; false when there is no such database.
    pub async fn set_format(&self, id: &str, format: DatabaseFormat) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0
            .call(move |state| Ok(state.execute("UPDATE databases SET format = ?2 WHERE id = ?1", params![id, to_word(format)?])? > 0))
            .await
    }

    /// Forgets one with its requests; the files stay. False when there is no such database.
    pub async fn remove(&self, id: &str) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.execute("DELETE FROM databases WHERE id = ?1", [id])? > 0)).await
    }
}

fn read(row: &Row<'_>) -> Result<DatabaseRecord, StateError> {
    Ok(DatabaseRecord {
        id: row.get("id")?,
        label: row.get("label")?,
        path: row.get("path")?,
        prefix: row.get("prefix")?,
        format: from_word(row.get("format")?)?,
        embedded: row.get("embedded")?,
        registered_at: from_column(row.get("registered_at")?),
    })
}
