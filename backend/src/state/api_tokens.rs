//! API tokens, by the SHA-256 of their secret.

use certdeck_shared::api::account::ApiToken;
use certdeck_shared::api::role::Grants;
use rusqlite::{OptionalExtension as _, Row, ToSql, Transaction, params};

use super::{AuditDraft, StateError, Store, from_column, to_column};

/// A token, and what the account that made it may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenRecord {
    /// What is shown.
    pub token: ApiToken,
    /// Absent when the local administrator made it on the command line.
    pub creator_grants: Option<Grants>,
}

/// The table of API tokens.
pub struct ApiTokens<'a>(pub(super) &'a Store);

impl ApiTokens<'_> {
    /// All, the newest first.
    pub async fn list(&self) -> Result<Vec<ApiToken>, StateError> {
        self.0
            .call(|state| {
                let mut statement = state.prepare_cached("SELECT * FROM api_tokens ORDER BY created_at DESC, id")?;
                statement.query_and_then([], read)?.collect()
            })
            .await
    }

    /// One by the hash of its secret, good or past.
    pub async fn by_hash(&self, secret_sha256: [u8; 32]) -> Result<Option<ApiTokenRecord>, StateError> {
        self.0.call(move |state| one(state, "secret_sha256 = ?1", secret_sha256)).await
    }

    /// One by its identifier, good or past.
    pub async fn by_id(&self, id: &str) -> Result<Option<ApiTokenRecord>, StateError> {
        let id = id.to_owned();
        self.0.call(move |state| one(state, "id = ?1", id)).await
    }

    /// Adds one and records it.
    pub async fn insert(&self, token: ApiToken, secret_sha256: [u8; 32], audit: AuditDraft) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO api_tokens (id, secret_sha256, label, grants, created_by, created_at, expires_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        token.id,
                        secret_sha256,
                        token.label,
                        serde_json::to_string(&token.grants)?,
                        token.created_by,
                        to_column(token.created_at),
                        token.expires_at.map(to_column)
                    ],
                )?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// Notes that it was used now.
    pub async fn touch(&self, id: &str) -> Result<(), StateError> {
        let (id, now) = (id.to_owned(), to_column(self.0.clock().now()));
        self.0
            .call(move |state| {
                state.execute("UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1", params![id, now])?;
                Ok(())
            })
            .await
    }

    /// Revokes one and records it; false when there is none.
    pub async fn remove(&self, id: &str, audit: AuditDraft) -> Result<bool, StateError> {
        let (id, now) = (id.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let removed = state.execute("DELETE FROM api_tokens WHERE id = ?1", [&id])? > 0;
                if removed {
                    audit.write(state, now)?;
                }
                Ok(removed)
            })
            .await
    }
}

fn one(state: &Transaction<'_>, which: &str, value: impl ToSql) -> Result<Option<ApiTokenRecord>, StateError> {
    let sql = format!(
        "SELECT api_tokens.*, users.grants AS creator_grants FROM api_tokens \
         LEFT JOIN users ON users.user_name = api_tokens.created_by WHERE {which}"
    );
    let found = state
        .prepare_cached(&sql)?
        .query_row([value], |row| Ok((read(row), row.get::<_, Option<String>>("creator_grants")?)))
        .optional()?;
    let Some((token, grants)) = found else { return Ok(None) };
    let creator_grants = grants.map(|grants| serde_json::from_str(&grants)).transpose()?;
    Ok(Some(ApiTokenRecord { token: token?, creator_grants }))
}

fn read(row: &Row<'_>) -> Result<ApiToken, StateError> {
    Ok(ApiToken {
        id: row.get("id")?,
        label: row.get("label")?,
        grants: serde_json::from_str(&row.get::<_, String>("grants")?)?,
        created_by: row.get("created_by")?,
        created_at: from_column(row.get("created_at")?),
        expires_at: row.get::<_, Option<i64>>("expires_at")?.map(from_column),
        last_used_at: row.get::<_, Option<i64>>("last_used_at")?.map(from_column),
    })
}
