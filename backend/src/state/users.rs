//! Accounts.

use certdeck_shared::api::account::User;
use certdeck_shared::api::role::{Grants, Right, Subject};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{AuditDraft, StateError, Store, Visitor, approvals, from_column, sessions, to_column};

/// An account with the hash of its password.
#[derive(Clone)]
pub struct UserRecord {
    /// What is shown.
    pub user: User,
    /// Argon2id hash, PHC text.
    pub password_hash: String,
}

/// The table of accounts.
pub struct Users<'a>(pub(super) &'a Store);

impl Users<'_> {
    /// How many there are.
    pub async fn count(&self) -> Result<u64, StateError> {
        self.0.read(|state| Ok(state.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?)).await
    }

    /// All, by name.
    pub async fn list(&self) -> Result<Vec<User>, StateError> {
        self.0
            .read(|state| {
                let mut statement = state.prepare_cached("SELECT * FROM users ORDER BY user_name")?;
                statement.query_and_then([], |row| Ok(read(row)?.user))?.collect()
            })
            .await
    }

    /// One by its name, whatever its case.
    pub async fn by_name(&self, user_name: &str) -> Result<Option<UserRecord>, StateError> {
        let user_name = user_name.to_owned();
        self.0
            .read(move |state| {
                state.query_row("SELECT * FROM users WHERE user_name = ?1", [user_name], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Adds one and records it. [`StateError::Exists`] when the name is taken.
    pub async fn insert(&self, record: UserRecord, audit: AuditDraft) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                insert(state, &record)?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// Adds the very first one with its first session, and records it; false when there is one already. One transaction, so two
    /// set-ups at once make one account.
    pub async fn insert_first(
        &self,
        record: UserRecord,
        session_sha256: [u8; 32],
        visitor: &Visitor,
        audit: AuditDraft,
    ) -> Result<bool, StateError> {
        let (visitor, now) = (visitor.clone(), self.0.clock().now());
        self.0
            .call(move |state| {
                let count: u64 = state.query_row("SELECT count(*) FROM users", [], |row| row.get(0))?;
                if count == 0 {
                    insert(state, &record)?;
                    sessions::insert(state, session_sha256, &record.user.user_name, &visitor, now)?;
                    audit.write(state, now)?;
                }
                Ok(count == 0)
            })
            .await
    }

    /// Sets new grants, a new password or both, and records it; a new password ends the sessions of the account but `keep`. False,
    /// and nothing done, when that would leave no administrator.
    pub async fn change(
        &self,
        user_name: &str,
        grants: Option<Grants>,
        password_hash: Option<String>,
        keep: Option<[u8; 32]>,
        audit: AuditDraft,
    ) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                if let Some(grants) = grants {
                    if !grants.may(Right::Administrate, Subject::Console) && is_last_administrator(state, &user_name)? {
                        return Ok(false);
                    }
                    let grants = serde_json::to_string(&grants)?;
                    state.execute("UPDATE users SET grants = ?2 WHERE user_name = ?1", params![user_name, grants])?;
                }
                if let Some(hash) = password_hash {
                    state.execute("UPDATE users SET password_hash = ?2 WHERE user_name = ?1", params![user_name, hash])?;
                    state.execute(
                        "DELETE FROM sessions WHERE user_name = ?1 AND token_sha256 IS NOT ?2",
                        params![user_name, keep.map(|hash| hash.to_vec())],
                    )?;
                }
                audit.write(state, now)?;
                Ok(true)
            })
            .await
    }

    /// Removes one with its sessions and the API tokens it made, and records it; false when that would leave no administrator.
    pub async fn remove(&self, user_name: &str, audit: AuditDraft) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                if is_last_administrator(state, &user_name)? {
                    return Ok(false);
                }
                state.execute("DELETE FROM api_tokens WHERE created_by = ?1", [&user_name])?;
                state.execute("DELETE FROM users WHERE user_name = ?1", [&user_name])?;
                approvals::end_of_account(state, &user_name, now)?;
                audit.write(state, now)?;
                Ok(true)
            })
            .await
    }
}

fn insert(state: &rusqlite::Transaction<'_>, record: &UserRecord) -> Result<(), StateError> {
    state.execute(
        "INSERT INTO users (user_name, password_hash, grants, created_at, last_sign_in_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            record.user.user_name,
            record.password_hash,
            serde_json::to_string(&record.user.grants)?,
            to_column(record.user.created_at),
            record.user.last_sign_in_at.map(to_column)
        ],
    )?;
    Ok(())
}

fn is_last_administrator(state: &rusqlite::Transaction<'_>, user_name: &str) -> Result<bool, StateError> {
    let sql = "WITH administrators AS (SELECT user_name FROM users, json_each(users.grants) WHERE value ->> 'role' = 'administrator') \
               SELECT EXISTS (SELECT 1 FROM administrators WHERE user_name = ?1) \
               AND NOT EXISTS (SELECT 1 FROM administrators WHERE user_name <> ?1)";
    Ok(state.query_row(sql, [user_name], |row| row.get(0))?)
}

fn read(row: &Row<'_>) -> Result<UserRecord, StateError> {
    Ok(UserRecord {
        user: User {
            user_name: row.get("user_name")?,
            grants: serde_json::from_str(&row.get::<_, String>("grants")?)?,
            created_at: from_column(row.get("created_at")?),
            last_sign_in_at: row.get::<_, Option<i64>>("last_sign_in_at")?.map(from_column),
        },
        password_hash: row.get("password_hash")?,
    })
}
