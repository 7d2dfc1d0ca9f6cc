//! Second factors of accounts. The secret is kept as it is, because codes are made from it; recovery codes by their SHA-256.

use rusqlite::{OptionalExtension as _, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, to_column};

/// The second factor of an account.
#[derive(Clone)]
pub struct SecondFactorRecord {
    /// What codes are made from.
    pub secret: Vec<u8>,
    /// Since when it counts; nothing before the first code came.
    pub active_since: Option<OffsetDateTime>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: u32,
}

/// The table of second factors.
pub struct SecondFactors<'a>(pub(super) &'a Store);

impl SecondFactors<'_> {
    /// That of an account, also one that does not count yet.
    pub async fn of(&self, user_name: &str) -> Result<Option<SecondFactorRecord>, StateError> {
        let user_name = user_name.to_owned();
        self.0
            .call(move |state| {
                let sql = "SELECT secret, active_since, (SELECT count(*) FROM recovery_codes WHERE user_name = ?1) \
                           FROM second_factors WHERE user_name = ?1";
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(SecondFactorRecord {
                        secret: row.get(0)?,
                        active_since: row.get::<_, Option<i64>>(1)?.map(from_column),
                        recovery_codes_left: row.get(2)?,
                    })
                };
                Ok(state.query_row(sql, [user_name], read).optional()?)
            })
            .await
    }

    /// Keeps a secret that does not count yet, in the place of another one of that kind; false when one counts.
    pub async fn begin(&self, user_name: &str, secret: Vec<u8>, audit: AuditDraft) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                state.execute("DELETE FROM second_factors WHERE user_name = ?1 AND active_since IS NULL", [&user_name])?;
                let sql = "INSERT INTO second_factors (user_name, secret, last_step) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING";
                let begun = state.execute(sql, params![user_name, secret])? > 0;
                if begun {
                    audit.write(state, now)?;
                }
                Ok(begun)
            })
            .await
    }

    /// From now on it counts, with these recovery codes; false when it did already, or there is none.
    pub async fn activate(&self, user_name: &str, step: i64, codes_sha256: Vec<[u8; 32]>, audit: AuditDraft) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let sql = "UPDATE second_factors SET active_since = ?2, last_step = ?3 WHERE user_name = ?1 AND active_since IS NULL";
                let activated = state.execute(sql, params![user_name, to_column(now), step])? > 0;
                if activated {
                    for code in codes_sha256 {
                        state.execute("INSERT INTO recovery_codes (user_name, sha256) VALUES (?1, ?2)", params![user_name, code])?;
                    }
                    audit.write(state, now)?;
                }
                Ok(activated)
            })
            .await
    }

    /// Uses up the code of a step; false when it, or a later one, was used before.
    pub async fn spend_step(&self, user_name: &str, step: i64) -> Result<bool, StateError> {
        let user_name = user_name.to_owned();
        self.0
            .call(move |state| {
                let sql = "UPDATE second_factors SET last_step = ?2 WHERE user_name = ?1 AND last_step < ?2";
                Ok(state.execute(sql, params![user_name, step])? > 0)
            })
            .await
    }

    /// Uses up a recovery code; false when there is no such.
    pub async fn spend_recovery_code(&self, user_name: &str, code_sha256: [u8; 32]) -> Result<bool, StateError> {
        let user_name = user_name.to_owned();
        let sql = "DELETE FROM recovery_codes WHERE user_name = ?1 AND sha256 = ?2";
        self.0.call(move |state| Ok(state.execute(sql, params![user_name, code_sha256])? > 0)).await
    }

    /// Takes it away with its recovery codes, and records it; false when there was none.
    pub async fn remove(&self, user_name: &str, audit: AuditDraft) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                state.execute("DELETE FROM recovery_codes WHERE user_name = ?1", [&user_name])?;
                let removed = state.execute("DELETE FROM second_factors WHERE user_name = ?1", [&user_name])? > 0;
                if removed {
                    audit.write(state, now)?;
                }
                Ok(removed)
            })
            .await
    }
}
