//! API tokens, by the SHA-256 of their secret.

use std::net::IpAddr;

use certdeck_shared::api::account::ApiToken;
use certdeck_shared::api::role::Grants;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, to_column};
use crate::host::networks;

/// A token, and what the account that made it may do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenRecord {
    /// What is shown.
    pub token: ApiToken,
    /// When it was found by the secret that a rotation replaced: until when that is good.
    pub replaced_until: Option<OffsetDateTime>,
    /// Absent when the local administrator made it on the command line.
    pub creator_grants: Option<Grants>,
}

/// The table of API tokens.
pub struct ApiTokens<'a>(pub(super) &'a Store);

impl ApiTokens<'_> {
    /// All, the newest first.
    pub async fn list(&self) -> Result<Vec<ApiToken>, StateError> {
        self.0
            .read(|state| {
                let mut statement = state.prepare_cached("SELECT * FROM api_tokens ORDER BY created_at DESC, id")?;
                statement.query_and_then([], read)?.collect()
            })
            .await
    }

    /// One by the hash of its secret or of the secret before, good or past.
    pub async fn by_hash(&self, secret_sha256: [u8; 32]) -> Result<Option<ApiTokenRecord>, StateError> {
        self.0
            .glance(move |state| match one(state, "secret_sha256 = ?1", secret_sha256)? {
                Some(found) => Ok(Some(found)),
                None => Ok(one(state, "previous_sha256 = ?1", secret_sha256)?
                    .map(|record| ApiTokenRecord { replaced_until: record.token.previous_good_until, ..record })),
            })
            .await
    }

    /// One by its identifier, good or past.
    pub async fn by_id(&self, id: &str) -> Result<Option<ApiTokenRecord>, StateError> {
        let id = id.to_owned();
        self.0.read(move |state| one(state, "id = ?1", id)).await
    }

    /// Adds one and records it.
    pub async fn insert(&self, token: ApiToken, secret_sha256: [u8; 32], audit: AuditDraft) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO api_tokens (id, secret_sha256, label, grants, created_by, created_at, expires_at, unattended) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                    params![
                        token.id,
                        secret_sha256,
                        token.label,
                        serde_json::to_string(&token.grants)?,
                        token.created_by,
                        to_column(token.created_at),
                        token.expires_at.map(to_column),
                        token.unattended
                    ],
                )?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// Notes that it was used now, and from where: by its secret, or by the one that a rotation replaced.
    pub async fn touch(&self, record: &ApiTokenRecord, peer: Option<IpAddr>) -> Result<(), StateError> {
        let (id, replaced) = (record.token.id.clone(), record.replaced_until.is_some());
        let (now, peer) = (to_column(self.0.clock().now()), peer.map(networks::text));
        self.0
            .call(move |state| {
                let sql = if replaced {
                    "UPDATE api_tokens SET previous_last_used_at = ?2, previous_last_used_from = ?3 WHERE id = ?1"
                } else {
                    "UPDATE api_tokens SET last_used_at = ?2, last_used_from = ?3 WHERE id = ?1"
                };
                state.execute(sql, params![id, now, peer])?;
                Ok(())
            })
            .await
    }

    /// Gives one the secret and the end that it has from now on, and records it; the present secret stays good until `overlap_until`. False
    /// when there is none.
    pub async fn rotate(
        &self,
        id: &str,
        secret_sha256: [u8; 32],
        overlap_until: Option<OffsetDateTime>,
        expires_at: Option<OffsetDateTime>,
        audit: AuditDraft,
    ) -> Result<bool, StateError> {
        let (id, now) = (id.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let sql = "UPDATE api_tokens SET \
                             previous_sha256 = CASE WHEN ?3 IS NULL THEN NULL ELSE secret_sha256 END, previous_good_until = ?3, \
                             previous_last_used_at = CASE WHEN ?3 IS NULL THEN NULL ELSE last_used_at END, \
                             previous_last_used_from = CASE WHEN ?3 IS NULL THEN NULL ELSE last_used_from END, \
                             secret_sha256 = ?2, last_used_at = NULL, last_used_from = NULL, rotated_at = ?4, expires_at = ?5 \
                           WHERE id = ?1";
                let (until, end) = (overlap_until.map(to_column), expires_at.map(to_column));
                let rotated = state.execute(sql, params![id, secret_sha256, until, to_column(now), end])? > 0;
                if rotated {
                    audit.write(state, now)?;
                }
                Ok(rotated)
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

fn one(state: &Connection, which: &str, value: impl ToSql) -> Result<Option<ApiTokenRecord>, StateError> {
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
    Ok(Some(ApiTokenRecord { token: token?, replaced_until: None, creator_grants }))
}

fn read(row: &Row<'_>) -> Result<ApiToken, StateError> {
    let moment = |column: &str| Ok::<_, StateError>(row.get::<_, Option<i64>>(column)?.map(from_column));
    Ok(ApiToken {
        id: row.get("id")?,
        label: row.get("label")?,
        grants: serde_json::from_str(&row.get::<_, String>("grants")?)?,
        created_by: row.get("created_by")?,
        created_at: from_column(row.get("created_at")?),
        expires_at: moment("expires_at")?,
        last_used_at: moment("last_used_at")?,
        last_used_from: row.get("last_used_from")?,
        rotated_at: moment("rotated_at")?,
        previous_good_until: moment("previous_good_until")?,
        previous_last_used_at: moment("previous_last_used_at")?,
        previous_last_used_from: row.get("previous_last_used_from")?,
        unattended: row.get("unattended")?,
    })
}
