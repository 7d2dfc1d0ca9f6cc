//! Sessions of the browser, by the SHA-256 of their token: who reads the file cannot sign in with it.

use std::net::IpAddr;

use certdeck_shared::api::role::Grants;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, to_column};
use crate::host::networks;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The address.
    pub peer: IpAddr,
    /// What the program calls itself: anything that somebody chose to write.
    pub user_agent: Option<String>,
}

/// A session and the account it belongs to, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// SHA-256 of its token.
    pub token_sha256: [u8; 32],
    /// The account.
    pub user_name: String,
    /// What the account may do now.
    pub grants: Grants,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub last_seen_at: OffsetDateTime,
    /// The address that it began from.
    pub began_from: Option<String>,
    /// The address that it was last used from.
    pub last_seen_from: Option<String>,
    /// What the program that began it called itself.
    pub user_agent: Option<String>,
    /// When its holder last proved who they are.
    pub confirmed_at: OffsetDateTime,
    /// Whether the account has an authenticator program.
    pub one_time_codes: bool,
    /// Whether it has passkeys.
    pub passkeys: bool,
}

/// The table of sessions.
pub struct Sessions<'a>(pub(super) &'a Store);

impl Sessions<'_> {
    /// Begins one, notes the sign-in at the account, and records it.
    pub async fn begin(&self, token_sha256: [u8; 32], user_name: &str, visitor: &Visitor, audit: AuditDraft) -> Result<(), StateError> {
        let (user_name, visitor, now) = (user_name.to_owned(), visitor.clone(), self.0.clock().now());
        self.0
            .call(move |state| {
                insert(state, token_sha256, &user_name, &visitor, now)?;
                state.execute("UPDATE users SET last_sign_in_at = ?2 WHERE user_name = ?1", params![user_name, to_column(now)])?;
                audit.write(state, now)?;
                Ok(())
            })
            .await
    }

    /// Ends one and records it; false when it has ended already.
    pub async fn end(&self, token_sha256: [u8; 32], audit: AuditDraft) -> Result<bool, StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                let ended = state.execute("DELETE FROM sessions WHERE token_sha256 = ?1", [token_sha256])? > 0;
                if ended {
                    audit.write(state, now)?;
                }
                Ok(ended)
            })
            .await
    }

    /// All, good or past, of one account or of everybody; the last used first.
    pub async fn list(&self, user_name: Option<&str>) -> Result<Vec<SessionRecord>, StateError> {
        let user_name = user_name.map(str::to_owned);
        self.0
            .read(move |state| {
                let sql = format!("{SELECT} WHERE ?1 IS NULL OR sessions.user_name = ?1 ORDER BY last_seen_at DESC, created_at DESC");
                state.prepare_cached(&sql)?.query_and_then([user_name], read)?.collect()
            })
            .await
    }

    /// One by its token's hash, good or past.
    pub async fn by_hash(&self, token_sha256: [u8; 32]) -> Result<Option<SessionRecord>, StateError> {
        self.0
            .glance(move |state| {
                let sql = format!("{SELECT} WHERE token_sha256 = ?1");
                state.prepare_cached(&sql)?.query_row([token_sha256], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Notes that it was used now, and from where.
    pub async fn touch(&self, token_sha256: [u8; 32], peer: Option<IpAddr>) -> Result<(), StateError> {
        let (now, peer) = (to_column(self.0.clock().now()), peer.map(networks::text));
        self.0
            .call(move |state| {
                let sql = "UPDATE sessions SET last_seen_at = ?2, last_seen_from = ?3 WHERE token_sha256 = ?1";
                state.execute(sql, params![token_sha256, now, peer])?;
                Ok(())
            })
            .await
    }

    /// Notes that its holder proved now who they are, and records it.
    pub async fn confirm(&self, token_sha256: [u8; 32], audit: AuditDraft) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                state.execute("UPDATE sessions SET confirmed_at = ?2 WHERE token_sha256 = ?1", params![token_sha256, to_column(now)])?;
                audit.write(state, now)?;
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

/// A session with the account as it is now.
const SELECT: &str = "SELECT sessions.*, users.user_name AS account, users.grants, \
     EXISTS (SELECT 1 FROM second_factors WHERE user_name = users.user_name AND active_since IS NOT NULL) AS one_time_codes, \
     EXISTS (SELECT 1 FROM passkeys WHERE user_name = users.user_name) AS passkeys \
     FROM sessions JOIN users USING (user_name)";

fn read(row: &Row<'_>) -> Result<SessionRecord, StateError> {
    Ok(SessionRecord {
        token_sha256: row.get("token_sha256")?,
        // As the account is spelled, whatever was typed.
        user_name: row.get("account")?,
        grants: serde_json::from_str(&row.get::<_, String>("grants")?)?,
        created_at: from_column(row.get("created_at")?),
        last_seen_at: from_column(row.get("last_seen_at")?),
        began_from: row.get("began_from")?,
        last_seen_from: row.get("last_seen_from")?,
        user_agent: row.get("user_agent")?,
        confirmed_at: from_column(row.get("confirmed_at")?),
        one_time_codes: row.get("one_time_codes")?,
        passkeys: row.get("passkeys")?,
    })
}

pub(super) fn insert(
    state: &Transaction<'_>,
    token_sha256: [u8; 32],
    user_name: &str,
    visitor: &Visitor,
    now: OffsetDateTime,
) -> Result<(), StateError> {
    state.execute(
        "INSERT INTO sessions (token_sha256, user_name, created_at, last_seen_at, began_from, last_seen_from, user_agent, confirmed_at) \
         VALUES (?1, ?2, ?3, ?3, ?4, ?4, ?5, ?3)",
        params![token_sha256, user_name, to_column(now), networks::text(visitor.peer), visitor.user_agent],
    )?;
    Ok(())
}
