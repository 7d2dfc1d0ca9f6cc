//! Certificates that CAs of the databases issued, what they revoked, and which request renews what.
//!
//! A CA must know what it signed, also what never was in its database. Revocations are kept here beside the list in the database itself:
//! a list that is put together anew takes both, so that a restored snapshot takes nothing back.

use certdeck_shared::api::revocation::RevocationReason;
use certdeck_shared::x509::revocation_list::Revoked;
use rusqlite::{OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, from_word, to_column, to_word};

/// A certificate that was issued here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificateRecord {
    /// The database of the CA.
    pub database: String,
    /// SHA-256 of the certificate, lower-case hex.
    pub fingerprint_sha256: String,
    /// SHA-256 of the CA's name, lower-case hex.
    pub authority: String,
    /// Content octets of the serial number, lower-case hex.
    pub serial_number: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// Who issued it.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
}

/// The tables of issuing.
pub struct Issued<'a>(pub(super) &'a Store);

impl Issued<'_> {
    /// All of a database, the newest first.
    pub async fn list(&self, database: &str) -> Result<Vec<IssuedCertificateRecord>, StateError> {
        let database = database.to_owned();
        self.0
            .read(move |state| {
                let mut statement =
                    state.prepare_cached("SELECT * FROM issued WHERE database = ?1 ORDER BY created_at DESC, fingerprint_sha256")?;
                Ok(statement.query_map([database], read)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Remembers one.
    pub async fn insert(&self, record: IssuedCertificateRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT OR REPLACE INTO issued (database, fingerprint_sha256, authority, serial_number, der, created_by, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        record.database,
                        record.fingerprint_sha256,
                        record.authority,
                        record.serial_number,
                        record.der,
                        record.created_by,
                        to_column(record.created_at)
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// What a CA has revoked.
    pub async fn revoked(&self, database: &str, authority: &str) -> Result<Vec<Revoked>, StateError> {
        let key = [database.to_owned(), authority.to_owned()];
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM revocations WHERE database = ?1 AND authority = ?2")?;
                let read = |row: &Row<'_>| {
                    Ok(Revoked {
                        serial_number: row.get("serial_number")?,
                        revoked_at: from_column(row.get("revoked_at")?),
                        reason: from_word::<RevocationReason>(row.get("reason")?)?,
                        invalidity_date: row.get::<_, Option<i64>>("invalidity_date")?.map(from_column),
                    })
                };
                statement.query_and_then(key, read)?.collect()
            })
            .await
    }

    /// The number of the last list of a CA; 0 when there was none.
    pub async fn last_number(&self, database: &str, authority: &str) -> Result<u64, StateError> {
        let key = [database.to_owned(), authority.to_owned()];
        self.0
            .read(move |state| {
                let sql = "SELECT number FROM revocation_lists WHERE database = ?1 AND authority = ?2";
                let number: Option<i64> = state.query_row(sql, key, |row| row.get(0)).optional()?;
                Ok(number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0))
            })
            .await
    }

    /// Remembers a list of a CA, its number and all that it revokes, in the place of what was there.
    pub async fn set_revoked(&self, database: &str, authority: &str, number: u64, revoked: Vec<Revoked>) -> Result<(), StateError> {
        let (database, authority) = (database.to_owned(), authority.to_owned());
        self.0
            .call(move |state| {
                let number = i64::try_from(number).unwrap_or(i64::MAX);
                state.execute(
                    "INSERT OR REPLACE INTO revocation_lists (database, authority, number) VALUES (?1, ?2, ?3)",
                    params![database, authority, number],
                )?;
                state.execute("DELETE FROM revocations WHERE database = ?1 AND authority = ?2", [&database, &authority])?;
                for one in revoked {
                    state.execute(
                        "INSERT INTO revocations (database, authority, serial_number, revoked_at, reason, invalidity_date) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        params![
                            database,
                            authority,
                            one.serial_number,
                            to_column(one.revoked_at),
                            to_word(one.reason)?,
                            one.invalidity_date.map(to_column)
                        ],
                    )?;
                }
                Ok(())
            })
            .await
    }

    /// The certificate that a request renews.
    pub async fn renews(&self, request: &str) -> Result<Option<String>, StateError> {
        let request = request.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT fingerprint_sha256 FROM renewals WHERE request = ?1";
                Ok(state.query_row(sql, [request], |row| row.get(0)).optional()?)
            })
            .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<IssuedCertificateRecord> {
    Ok(IssuedCertificateRecord {
        database: row.get("database")?,
        fingerprint_sha256: row.get("fingerprint_sha256")?,
        authority: row.get("authority")?,
        serial_number: row.get("serial_number")?,
        der: row.get("der")?,
        created_by: row.get("created_by")?,
        created_at: from_column(row.get("created_at")?),
    })
}
