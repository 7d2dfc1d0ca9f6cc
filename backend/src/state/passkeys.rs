//! Passkeys of accounts: public keys, and how often each has signed.

use certdeck_shared::api::passkey::Passkey;
use rusqlite::{Row, Transaction, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, second_factors, to_column};

/// A passkey of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRecord {
    /// Identifier.
    pub id: String,
    /// Whose it is.
    pub user_name: String,
    /// What they call it.
    pub name: String,
    /// The relying party's id.
    pub host: String,
    /// What the authenticator knows it by.
    pub credential_id: Vec<u8>,
    /// What stands for the account in it.
    pub user_handle: Vec<u8>,
    /// COSE_Key.
    pub public_key: Vec<u8>,
    /// Signatures that it had made when it was last used; 0 where that is not counted.
    pub counter: u32,
    /// Whether it may be copied to other devices.
    pub may_be_copied: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub last_used_at: Option<OffsetDateTime>,
}

impl PasskeyRecord {
    /// What is told of it.
    #[must_use]
    pub fn told(&self) -> Passkey {
        Passkey {
            id: self.id.clone(),
            name: self.name.clone(),
            host: self.host.clone(),
            created_at: self.created_at,
            last_used_at: self.last_used_at,
        }
    }
}

/// What became of taking part of a second factor away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Done,
    /// There was none.
    Absent,
    /// It is all that the account has, and something has to stay.
    Last,
}

/// The table of passkeys.
pub struct Passkeys<'a>(pub(super) &'a Store);

impl Passkeys<'_> {
    /// Those of an account, the oldest first.
    pub async fn of(&self, user_name: &str) -> Result<Vec<PasskeyRecord>, StateError> {
        let user_name = user_name.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM passkeys WHERE user_name = ?1 ORDER BY created_at, id";
                Ok(state.prepare_cached(sql)?.query_map([user_name], read)?.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Keeps a new one, with recovery codes if it is the first second factor of its account; says whether it is.
    ///
    /// # Errors
    /// [`StateError::Exists`]: some account has it already.
    pub async fn insert(&self, record: PasskeyRecord, codes_sha256: Vec<[u8; 32]>, audit: AuditDraft) -> Result<bool, StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                let first = !second_factors::is_any(state, &record.user_name)?;
                state.execute(
                    "INSERT INTO passkeys (id, user_name, name, host, credential_id, user_handle, public_key, counter, may_be_copied, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        record.id,
                        record.user_name,
                        record.name,
                        record.host,
                        record.credential_id,
                        record.user_handle,
                        record.public_key,
                        record.counter,
                        record.may_be_copied,
                        to_column(record.created_at)
                    ],
                )?;
                if first {
                    second_factors::replace_codes(state, &record.user_name, &codes_sha256)?;
                }
                audit.write(state, now)?;
                Ok(first)
            })
            .await
    }

    /// Notes that one was used now, with the counter that it showed; false when that is not higher than before. Authenticators that do not
    /// count always show 0.
    pub async fn used(&self, id: &str, counter: u32) -> Result<bool, StateError> {
        let (id, now) = (id.to_owned(), to_column(self.0.clock().now()));
        self.0
            .call(move |state| {
                let sql =
                    "UPDATE passkeys SET counter = ?2, last_used_at = ?3 WHERE id = ?1 AND (counter < ?2 OR (counter = 0 AND ?2 = 0))";
                Ok(state.execute(sql, params![id, counter, now])? > 0)
            })
            .await
    }

    /// Takes one away and records it; with the last of the second factor the recovery codes go as well, unless `one_stays`.
    pub async fn remove(&self, user_name: &str, id: &str, one_stays: bool, audit: AuditDraft) -> Result<Removal, StateError> {
        let (user_name, id, now) = (user_name.to_owned(), id.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let sql = "DELETE FROM passkeys WHERE user_name = ?1 AND id = ?2";
                second_factors::remove_part(state, &user_name, one_stays, &audit, now, |state| {
                    Ok(state.execute(sql, params![user_name, id])? > 0)
                })
            })
            .await
    }
}

/// Whether an account has any.
pub(super) fn are_any(state: &Transaction<'_>, user_name: &str) -> Result<bool, StateError> {
    Ok(state.query_row("SELECT EXISTS (SELECT 1 FROM passkeys WHERE user_name = ?1)", [user_name], |row| row.get(0))?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<PasskeyRecord> {
    Ok(PasskeyRecord {
        id: row.get("id")?,
        user_name: row.get("user_name")?,
        name: row.get("name")?,
        host: row.get("host")?,
        credential_id: row.get("credential_id")?,
        user_handle: row.get("user_handle")?,
        public_key: row.get("public_key")?,
        counter: row.get("counter")?,
        may_be_copied: row.get("may_be_copied")?,
        created_at: from_column(row.get("created_at")?),
        last_used_at: row.get::<_, Option<i64>>("last_used_at")?.map(from_column),
    })
}
