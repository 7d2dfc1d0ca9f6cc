//! Services the console knows.

use certdeck_shared::api::service::{ServiceControl, ServiceKind};
use rusqlite::{OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, from_word, to_column, to_word};

/// A registered service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Identifier in paths.
    pub id: String,
    /// Which program.
    pub kind: ServiceKind,
    /// Name for people.
    pub label: String,
    /// Its configuration, absolute; unique for its kind.
    pub config: String,
    /// Programs that the administrator gave for it.
    pub control: ServiceControl,
    /// When it was registered.
    pub registered_at: OffsetDateTime,
}

/// The table of services.
pub struct Services<'a>(pub(super) &'a Store);

impl Services<'_> {
    /// All, the oldest first.
    pub async fn list(&self) -> Result<Vec<ServiceRecord>, StateError> {
        self.0
            .read(|state| {
                let mut statement = state.prepare_cached("SELECT * FROM services ORDER BY registered_at, id")?;
                statement.query_and_then([], read)?.collect()
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<ServiceRecord>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| state.query_row("SELECT * FROM services WHERE id = ?1", [id], |row| Ok(read(row))).optional()?.transpose())
            .await
    }

    /// Adds one. [`StateError::Exists`] when the configuration is registered for its kind.
    pub async fn insert(&self, record: ServiceRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO services (id, kind, label, config, control, registered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        record.id,
                        to_word(record.kind)?,
                        record.label,
                        record.config,
                        serde_json::to_string(&record.control)?,
                        to_column(record.registered_at)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Writes label and control of one.
    pub async fn update(&self, record: ServiceRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "UPDATE services SET label = ?2, control = ?3 WHERE id = ?1",
                    params![record.id, record.label, serde_json::to_string(&record.control)?],
                )?;
                Ok(())
            })
            .await
    }

    /// Forgets one. False when there is no such service.
    pub async fn remove(&self, id: &str) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.execute("DELETE FROM services WHERE id = ?1", [id])? > 0)).await
    }
}

fn read(row: &Row<'_>) -> Result<ServiceRecord, StateError> {
    Ok(ServiceRecord {
        id: row.get("id")?,
        kind: from_word(row.get("kind")?)?,
        label: row.get("label")?,
        config: row.get("config")?,
        control: serde_json::from_str(&row.get::<_, String>("control")?)?,
        registered_at: from_column(row.get("registered_at")?),
    })
}
