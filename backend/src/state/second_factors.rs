//! Second factors of accounts: secrets of authenticator programs, kept as they are, because codes are made from them; recovery codes by their
//! SHA-256. Passkeys are the other part ([`super::passkeys`]).

use rusqlite::{OptionalExtension as _, Transaction, params};
use time::OffsetDateTime;

use super::{AuditDraft, Removal, StateError, Store, from_column, passkeys, to_column};

/// The authenticator program of an account.
#[derive(Clone)]
pub struct SecondFactorRecord {
    /// What codes are made from.
    pub secret: Vec<u8>,
    /// Since when it counts; nothing before the first code came.
    pub active_since: Option<OffsetDateTime>,
}

/// The table of second factors.
pub struct SecondFactors<'a>(pub(super) &'a Store);

impl SecondFactors<'_> {
    /// That of an account, also one that does not count yet.
    pub async fn of(&self, user_name: &str) -> Result<Option<SecondFactorRecord>, StateError> {
        let user_name = user_name.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT secret, active_since FROM second_factors WHERE user_name = ?1";
                let read = |row: &rusqlite::Row<'_>| {
                    Ok(SecondFactorRecord { secret: row.get(0)?, active_since: row.get::<_, Option<i64>>(1)?.map(from_column) })
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

    /// Recovery codes that were not used.
    pub async fn recovery_codes_left(&self, user_name: &str) -> Result<u32, StateError> {
        let user_name = user_name.to_owned();
        let sql = "SELECT count(*) FROM recovery_codes WHERE user_name = ?1";
        self.0.read(move |state| Ok(state.query_row(sql, [user_name], |row| row.get(0))?)).await
    }

    /// From now on it counts, with these recovery codes if it is the first second factor of the account, which is answered; nothing when it
    /// counted already, or there is none.
    pub async fn activate(
        &self,
        user_name: &str,
        step: i64,
        codes_sha256: Vec<[u8; 32]>,
        audit: AuditDraft,
    ) -> Result<Option<bool>, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let first = !is_any(state, &user_name)?;
                let sql = "UPDATE second_factors SET active_since = ?2, last_step = ?3 WHERE user_name = ?1 AND active_since IS NULL";
                if state.execute(sql, params![user_name, to_column(now), step])? == 0 {
                    return Ok(None);
                }
                if first {
                    replace_codes(state, &user_name, &codes_sha256)?;
                }
                audit.write(state, now)?;
                Ok(Some(first))
            })
            .await
    }

    /// Puts other recovery codes in the place of those that are there; false when the account has no second factor.
    pub async fn replace_recovery_codes(
        &self,
        user_name: &str,
        codes_sha256: Vec<[u8; 32]>,
        audit: AuditDraft,
    ) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let present = is_any(state, &user_name)?;
                if present {
                    replace_codes(state, &user_name, &codes_sha256)?;
                    audit.write(state, now)?;
                }
                Ok(present)
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

    /// Takes the authenticator program away and records it; with the last of the second factor the recovery codes go as well, unless
    /// `one_stays`.
    pub async fn remove(&self, user_name: &str, one_stays: bool, audit: AuditDraft) -> Result<Removal, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                remove_part(state, &user_name, one_stays, &audit, now, |state| {
                    Ok(state.execute("DELETE FROM second_factors WHERE user_name = ?1", [&user_name])? > 0)
                })
            })
            .await
    }

    /// Takes all of it away, passkeys included, and records it; false when there was nothing.
    pub async fn remove_all(&self, user_name: &str, audit: AuditDraft) -> Result<bool, StateError> {
        let (user_name, now) = (user_name.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let mut removed = 0;
                for table in ["second_factors", "passkeys"] {
                    removed += state.execute(&format!("DELETE FROM {table} WHERE user_name = ?1"), [&user_name])?;
                }
                replace_codes(state, &user_name, &[])?;
                if removed > 0 {
                    audit.write(state, now)?;
                }
                Ok(removed > 0)
            })
            .await
    }
}

/// Whether an account has any second factor that counts.
pub(super) fn is_any(state: &Transaction<'_>, user_name: &str) -> Result<bool, StateError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM second_factors WHERE user_name = ?1 AND active_since IS NOT NULL)";
    Ok(state.query_row(sql, [user_name], |row| row.get(0))? || passkeys::are_any(state, user_name)?)
}

/// Puts recovery codes in the place of those that are there.
pub(super) fn replace_codes(state: &Transaction<'_>, user_name: &str, codes_sha256: &[[u8; 32]]) -> Result<(), StateError> {
    state.execute("DELETE FROM recovery_codes WHERE user_name = ?1", [user_name])?;
    for code in codes_sha256 {
        state.execute("INSERT INTO recovery_codes (user_name, sha256) VALUES (?1, ?2)", params![user_name, code])?;
    }
    Ok(())
}

/// Takes a part of a second factor away: with the last one the recovery codes go, or it stays after all.
pub(super) fn remove_part(
    state: &Transaction<'_>,
    user_name: &str,
    one_stays: bool,
    audit: &AuditDraft,
    now: OffsetDateTime,
    remove: impl FnOnce(&Transaction<'_>) -> Result<bool, StateError>,
) -> Result<Removal, StateError> {
    let present = is_any(state, user_name)?;
    state.execute_batch("SAVEPOINT removal")?;
    let outcome = if !remove(state)? {
        Removal::Absent
    } else if is_any(state, user_name)? {
        Removal::Done
    } else if one_stays && present {
        state.execute_batch("ROLLBACK TO removal")?;
        Removal::Last
    } else {
        replace_codes(state, user_name, &[])?;
        Removal::Done
    };
    state.execute_batch("RELEASE removal")?;
    if outcome == Removal::Done {
        audit.clone().write(state, now)?;
    }
    Ok(outcome)
}
