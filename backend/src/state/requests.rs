//! Certification requests and what has become of them.

use certdeck_shared::api::request::RequestKeyPlace;
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
    /// SHA-256 of the certificate that answered it, of several the latest.
    pub certificate_fingerprint_sha256: Option<String>,
    /// The CA it went to.
    pub ca_name: Option<String>,
    /// Telephone number of whoever asks.
    pub phone: Option<String>,
    /// Where its key is.
    pub key_place: RequestKeyPlace,
}

/// An answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRecord {
    /// SHA-256 of the certificate.
    pub certificate_fingerprint_sha256: String,
    /// The nickname it got, or would have got.
    pub nickname: String,
    /// The certificate and the issuers known then, leaf first, PEM.
    pub pem: String,
    /// Who brought it.
    pub answered_by: String,
    /// When.
    pub answered_at: OffsetDateTime,
}

/// What may be changed of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestEdit {
    /// Nickname for the certificate to come.
    pub nickname: String,
    /// A note for people.
    pub note: Option<String>,
    /// The CA it went to.
    pub ca_name: Option<String>,
}

/// The table of requests.
pub struct Requests<'a>(pub(super) &'a Store);

impl Requests<'_> {
    /// All of a database, the newest first.
    pub async fn list(&self, database: &str) -> Result<Vec<RequestRecord>, StateError> {
        let database = database.to_owned();
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM requests WHERE database = ?1 ORDER BY created_at DESC, id DESC")?;
                Ok(statement.query_map([database], read)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<RequestRecord>, StateError> {
        let id = id.to_owned();
        self.0.read(move |state| Ok(state.query_row("SELECT * FROM requests WHERE id = ?1", [id], read).optional()?)).await
    }

    /// Adds one; `renews` is the certificate, by its SHA-256, that its answer will succeed.
    pub async fn insert(&self, record: RequestRecord, renews: Option<String>) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO requests (id, database, nickname, subject, key_id, pem, note, created_by, created_at, \
                     certificate_fingerprint_sha256, ca_name, phone, key_place) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
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
                        record.certificate_fingerprint_sha256,
                        record.ca_name,
                        record.phone,
                        record.key_place.name()
                    ],
                )?;
                if let Some(renews) = renews {
                    state.execute("INSERT INTO renewals (request, fingerprint_sha256) VALUES (?1, ?2)", [record.id, renews])?;
                }
                Ok(())
            })
            .await
    }

    /// Notes an answer, which becomes the latest; false when there is no such request.
    pub async fn add_answer(&self, id: &str, answer: AnswerRecord) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0
            .call(move |state| {
                let sql = "UPDATE requests SET certificate_fingerprint_sha256 = ?2 WHERE id = ?1";
                let there = state.execute(sql, [&id, &answer.certificate_fingerprint_sha256])? > 0;
                if there {
                    // The same answer again keeps when it came first.
                    state.execute(
                        "INSERT OR IGNORE INTO request_answers (request, certificate_fingerprint_sha256, nickname, pem, answered_by, \
                         answered_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        params![
                            id,
                            answer.certificate_fingerprint_sha256,
                            answer.nickname,
                            answer.pem,
                            answer.answered_by,
                            to_column(answer.answered_at)
                        ],
                    )?;
                }
                Ok(there)
            })
            .await
    }

    /// The answers to all requests of a database, by request, the first one first.
    pub async fn answers(&self, database: &str) -> Result<Vec<(String, AnswerRecord)>, StateError> {
        let database = database.to_owned();
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached(
                    "SELECT request_answers.* FROM request_answers JOIN requests ON requests.id = request \
                     WHERE database = ?1 ORDER BY answered_at, request_answers.rowid",
                )?;
                Ok(statement.query_map([database], |row| Ok((row.get("request")?, read_answer(row)?)))?.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Changes what may be changed; false when there is no such request.
    pub async fn edit(&self, id: &str, edit: RequestEdit) -> Result<bool, StateError> {
        let id = id.to_owned();
        self.0
            .call(move |state| {
                let sql = "UPDATE requests SET nickname = ?2, note = ?3, ca_name = ?4 WHERE id = ?1";
                Ok(state.execute(sql, params![id, edit.nickname, edit.note, edit.ca_name])? > 0)
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
        ca_name: row.get("ca_name")?,
        phone: row.get("phone")?,
        key_place: RequestKeyPlace::named(&row.get::<_, String>("key_place")?),
    })
}

fn read_answer(row: &Row<'_>) -> rusqlite::Result<AnswerRecord> {
    Ok(AnswerRecord {
        certificate_fingerprint_sha256: row.get("certificate_fingerprint_sha256")?,
        nickname: row.get("nickname")?,
        pem: row.get("pem")?,
        answered_by: row.get("answered_by")?,
        answered_at: from_column(row.get("answered_at")?),
    })
}
