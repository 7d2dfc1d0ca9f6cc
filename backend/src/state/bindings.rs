//! Which certificate of which database a service serves.

use certdeck_shared::api::binding::Layout;
use rusqlite::{OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, from_word, to_column, to_word};

/// A certificate joined to a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingRecord {
    /// Identifier in paths.
    pub id: String,
    /// Identifier of the service.
    pub service: String,
    /// Identifier of the database.
    pub database: String,
    /// Label of the token, when it is not the database's own.
    pub token: Option<String>,
    /// Nickname of the certificate.
    pub nickname: String,
    /// Names of endpoints; all with TLS when empty.
    pub endpoints: Vec<String>,
    /// Where its files lie.
    pub layout: Layout,
    /// Directory of the own layout, when it is not the service's.
    pub directory: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
}

/// The table of bindings. Those of a service or database that is forgotten go with it.
pub struct Bindings<'a>(pub(super) &'a Store);

impl Bindings<'_> {
    /// Those of a service, the oldest first; all when no service is given.
    pub async fn list(&self, service: Option<&str>) -> Result<Vec<BindingRecord>, StateError> {
        let service = service.map(str::to_owned);
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM bindings WHERE ?1 IS NULL OR service = ?1 ORDER BY created_at, id";
                let mut statement = state.prepare_cached(sql)?;
                statement.query_and_then([service], read)?.collect()
            })
            .await
    }

    /// One of a service.
    pub async fn by_id(&self, service: &str, id: &str) -> Result<Option<BindingRecord>, StateError> {
        let key = [service.to_owned(), id.to_owned()];
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM bindings WHERE service = ?1 AND id = ?2";
                state.query_row(sql, key, |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Adds one.
    pub async fn insert(&self, record: BindingRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO bindings (id, service, database, token, nickname, endpoints, layout, directory, created_by, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        record.id,
                        record.service,
                        record.database,
                        record.token,
                        record.nickname,
                        serde_json::to_string(&record.endpoints)?,
                        to_word(record.layout)?,
                        record.directory,
                        record.created_by,
                        to_column(record.created_at)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Forgets one. False when there is none.
    pub async fn remove(&self, service: &str, id: &str) -> Result<bool, StateError> {
        let key = [service.to_owned(), id.to_owned()];
        self.0.call(move |state| Ok(state.execute("DELETE FROM bindings WHERE service = ?1 AND id = ?2", key)? > 0)).await
    }
}

fn read(row: &Row<'_>) -> Result<BindingRecord, StateError> {
    Ok(BindingRecord {
        id: row.get("id")?,
        service: row.get("service")?,
        database: row.get("database")?,
        token: row.get("token")?,
        nickname: row.get("nickname")?,
        endpoints: serde_json::from_str(&row.get::<_, String>("endpoints")?)?,
        layout: from_word(row.get("layout")?)?,
        directory: row.get("directory")?,
        created_by: row.get("created_by")?,
        created_at: from_column(row.get("created_at")?),
    })
}
