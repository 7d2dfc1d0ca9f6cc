//! Certification requests and what has become of them.

use rusqlite::{OptionalExtension as _, Row, params};
use time::OffsetDateTime;

use super::{StateError, Store, from_column, to_column};

/// A request the console remembers. It is answered when it has a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// Identifier in paths.
    pub id: String,
    /// The database of its key.
    pub database: String,
    /// Nickname for the certificate to come.
    pub nickname: String,
    /// Subject, RFC 4514.
    pub subject: String,
    /// CKA_ID of the key, lower-case hex.
    pub key_id: String,
    /// The request, PEM.
    pub pem: String,
    /// A note for people.
    pub note: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: OffsetDateTime,
    /// SHA-256 of the certificate that answered it.
    pub certificate_fingerprint_sha256: Option<String>,
}

/// The table of requests.
pub struct Requests<'a>(pub(super) &'a Store);

impl Requests<'_> {
    /// All of a database, the newest first.
    pub async fn list(&self, database: &str) -> Result<Vec<RequestRecord>, StateError> {
        let database = database.to_owned();
        self.0
            .call(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM requests WHERE database = ?1 ORDER BY created_at DESC, id DESC")?;
                Ok(statement.query_map([database], read)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<RequestRecord>, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.query_row("SELECT * FROM requests WHERE id = ?1", [id], read).optional()?)).await
    }

    /// Adds one.
    pub async fn insert(&self, record: RequestRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO requests (id, database, nickname, subject, key_id, pem, note, created_by, created_at, \
                     certificate_fingerprint_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        record.id,
                        record.database,
                        record.nickname,
                        record.subject,
                        record.key_id,
                        record.pem,
                        record.note,
                        record.created_by,
                        to_column(record.created_at),
                        record.certificate_fingerprint_sha256
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// Notes the certificate that answered it; false when there is no such request.
    pub async fn set_answered(&self, id: &str, certificate_fingerprint_sha256: &str) -> Result<bool, StateError> {
        let (id, fingerprint) = (id.to_owned(), certificate_fingerprint_sha256.to_owned());
        self.0
            .call(move |state| {
                let sql = "UPDATE requests SET certificate_fingerprint_sha256 = ?2 WHERE id = ?1";
                Ok(state.execute(sql, [id, fingerprint])? > 0)
            })
            .await
    }

    /// Forgets one; false when there is no such request.
    pub async fn remove(&self, id: &str) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| Ok(state.execute("DELETE FROM requests WHERE id = ?1", [id])? > 0)).await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<RequestRecord> {
    Ok(RequestRecord {
        id: row.get("id")?,
        database: row.get("database")?,
        nickname: row.get("nickname")?,
        subject: row.get("subject")?,
        key_id: row.get("key_id")?,
        pem: row.get("pem")?,
        note: row.get("note")?,
        created_by: row.get("created_by")?,
        created_at: from_column(row.get("created_at")?),
        certificate_fingerprint_sha256: row.get("certificate_fingerprint_sha256")?,
    })
}
