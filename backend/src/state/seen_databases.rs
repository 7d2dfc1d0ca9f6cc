//! What the databases held when they were looked at last: what is different now, somebody changed.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};

use super::{StateError, Store};

/// A certificate as it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenCertificate {
    /// Its nickname; else the name people use.
    pub name: String,
    /// Its trust, without `u`.
    pub trust: String,
}

/// A database as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDatabase {
    /// Its identifier.
    pub database: String,
    /// Its revision then.
    pub revision: String,
    /// Its certificates by fingerprint.
    pub certificates: BTreeMap<String, SeenCertificate>,
}

/// The table of databases as they were seen.
pub struct SeenDatabases<'a>(pub(super) &'a Store);

impl SeenDatabases<'_> {
    /// How a database was seen last; none when it never was.
    pub async fn of(&self, database: &str) -> Result<Option<SeenDatabase>, StateError> {
        let database = database.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT revision, contents FROM seen_databases WHERE database = ?1";
                let found: Option<(String, String)> = state.query_row(sql, [&database], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
                let Some((revision, contents)) = found else { return Ok(None) };
                Ok(Some(SeenDatabase { database, revision, certificates: serde_json::from_str(&contents)? }))
            })
            .await
    }

    /// Notes how a database was seen.
    pub async fn note(&self, seen: SeenDatabase) -> Result<(), StateError> {
        self.0.call(move |state| write(state, &seen)).await
    }
}

/// Notes it in the transaction of what is told of it. A database that was forgotten meanwhile is not seen.
pub(super) fn write(state: &Transaction<'_>, seen: &SeenDatabase) -> Result<(), StateError> {
    state.execute(
        "INSERT INTO seen_databases (database, revision, contents) SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM databases WHERE id = ?1) \
         ON CONFLICT (database) DO UPDATE SET revision = excluded.revision, contents = excluded.contents",
        (&seen.database, &seen.revision, serde_json::to_string(&seen.certificates)?),
    )?;
    Ok(())
}
