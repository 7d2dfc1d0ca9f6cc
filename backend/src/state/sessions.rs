//! Sessions of the browser, by the SHA-256 of their token: who reads the file cannot sign in with it.

use certdeck_shared::api::role::Grants;
use rusqlite::{OptionalExtension as _, Transaction, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, to_column};

/// A session and the account it belongs to, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The account.
    pub user_name: String,
    /// What the account may do now.
    pub grants: Grants,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub last_seen_at: OffsetDateTime,
}

/// The table of sessions.
pub struct Sessions<'a>(pub(super) &'a Store);

impl Sessions<'_> {
    /// Begins one, notes the sign-in at the account, and records it.
    pub async fn begin(&self, token_sha256: [u8; 32], user_name: &str, audit: AuditDraft) -> Result<(), StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                insert(state, token_sha256, &user_name, now)?;
                state.execute("UPDATE users SET last_sign_in_at = ?2 WHERE user_name = ?1", params![user_name, to_column(now)])?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// Ends one and records it.
    pub async fn end(&self, token_sha256: [u8; 32], audit: AuditDraft) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                state.execute("DELETE FROM sessions WHERE token_sha256 = ?1", [token_sha256])?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// One by its token's hash, good or past.
    pub async fn by_hash(&self, token_sha256: [u8; 32]) -> Result<Option<SessionRecord>, StateError> {
        self.0
            .call(move |state| {
                let sql = "SELECT users.user_name, users.grants, sessions.created_at, sessions.last_seen_at \
                           FROM sessions JOIN users USING (user_name) WHERE token_sha256 = ?1";
                let found = state
                    .prepare_cached(sql)?
                    .query_row([token_sha256], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?)))
                    .optional()?;
                found
                    .map(|(user_name, grants, created_at, last_seen_at)| {
                        Ok(SessionRecord {
                            user_name,
                            grants: serde_json::from_str(&grants)?,
                            created_at: from_column(created_at),
                            last_seen_at: from_column(last_seen_at),
                        })
                    })
                    .transpose()
            })
            .await
    }

    /// Notes that it was used now.
    pub async fn touch(&self, token_sha256: [u8; 32]) -> Result<(), StateError> {
        let now = to_column(self.0.clock().now());
        self.0
            .call(move |state| {
                state.execute("UPDATE sessions SET last_seen_at = ?2 WHERE token_sha256 = ?1", params![token_sha256, now])?;
                Ok(())
            })
            .await
    }

    /// Removes one that is past.
    pub async fn remove(&self, token_sha256: [u8; 32]) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute("DELETE FROM sessions WHERE token_sha256 = ?1", [token_sha256])?;
                Ok(())
            })
            .await
    }

    /// Ends all of an account.
    pub async fn remove_all_of(&self, user_name: &str) -> Result<(), StateError> {
        let user_name = user_name.to_owned();
        self.0
            .call(move |state| {
                state.execute("DELETE FROM sessions WHERE user_name = ?1", [user_name])?;
                Ok(())
            })
            .await
    }

    /// Removes those that began before one moment or were last used before the other.
    pub async fn remove_past(&self, began_before: OffsetDateTime, used_before: OffsetDateTime) -> Result<usize, StateError> {
        let (began, used) = (to_column(began_before), to_column(used_before));
        self.0
            .call(move |state| Ok(state.execute("DELETE FROM sessions WHERE created_at <= ?1 OR last_seen_at <= ?2", [began, used])?))
            .await
    }
}

pub(super) fn insert(state: &Transaction<'_>, token_sha256: [u8; 32], user_name: &str, now: OffsetDateTime) -> Result<(), StateError> {
    state.execute(
        "INSERT INTO sessions (token_sha256, user_name, created_at, last_seen_at) VALUES (?1, ?2, ?3, ?3)",
        params![token_sha256, user_name, to_column(now)],
    )?;
    Ok(())
}
