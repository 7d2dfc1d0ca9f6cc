//! Requests for approval by a second person. What a call says is kept as its digest and as what whoever decides is shown; neither has a
//! secret in it.

use certdeck_shared::api::approval::{Approval, ApprovalState};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use time::OffsetDateTime;

use super::{AuditDraft, StateError, Store, from_column, to_column, to_word};

/// What is over is kept for so long; the audit log has it for ever.
const KEPT: time::Duration = time::Duration::days(90);

/// A request for approval with what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRecord {
    /// What is told of it.
    pub approval: Approval,
    /// Who made the call: an account's session, or one API token.
    pub caller: String,
    /// What the call was, its secrets left out.
    pub digest: [u8; 32],
    /// The right that whoever decides needs, by its name.
    pub right: String,
    /// The account that approved.
    pub approver: Option<String>,
}

/// The table of requests for approval.
pub struct Approvals<'a>(pub(super) &'a Store);

impl Approvals<'_> {
    /// The one of a caller for a call from which something can still come.
    pub async fn open(&self, caller: &str, digest: [u8; 32]) -> Result<Option<ApprovalRecord>, StateError> {
        let caller = caller.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT * FROM approvals WHERE caller = ?1 AND digest = ?2 AND state IN ('noted', 'waiting', 'approved') \
                           ORDER BY created_at DESC LIMIT 1";
                state.query_row(sql, params![caller, digest], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }

    /// Notes a call that was turned away. Of an account so many are kept that nobody was asked about.
    pub async fn note(&self, record: ApprovalRecord, most: u32) -> Result<(), StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                let sql = "INSERT INTO approvals (id, caller, account, digest, needs, approver, state, created_at, changed_at, ends_at, approval) \
                           VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7, ?7, ?8, ?9)";
                let approval = &record.approval;
                let (ends_at, json) = (approval.ends_at.map(to_column), serde_json::to_string(approval)?);
                let (state_word, account) = (to_word(approval.state)?, &approval.account);
                let (id, caller, right) = (&approval.id, &record.caller, &record.right);
                state.execute(sql, params![id, caller, account, record.digest, right, state_word, to_column(now), ends_at, json])?;
                let beyond = "DELETE FROM approvals WHERE account = ?1 AND state = 'noted' AND rowid NOT IN \
                              (SELECT rowid FROM approvals WHERE account = ?1 AND state = 'noted' ORDER BY created_at DESC, rowid DESC LIMIT ?2)";
                state.execute(beyond, params![account, most])?;
                Ok(())
            })
            .await
    }

    /// One.
    pub async fn by_id(&self, id: &str) -> Result<Option<ApprovalRecord>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| state.query_row("SELECT * FROM approvals WHERE id = ?1", [id], |row| Ok(read(row))).optional()?.transpose())
            .await
    }

    /// The newest.
    pub async fn list(&self, most: u32) -> Result<Vec<ApprovalRecord>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM approvals ORDER BY created_at DESC, rowid DESC LIMIT ?1")?;
                statement.query_and_then([most], read)?.collect()
            })
            .await
    }

    /// Those that wait.
    pub async fn waiting(&self) -> Result<Vec<ApprovalRecord>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM approvals WHERE state = 'waiting'")?;
                statement.query_and_then([], read)?.collect()
            })
            .await
    }

    /// When one changed last.
    pub async fn changed_at(&self) -> Result<Option<OffsetDateTime>, StateError> {
        let sql = "SELECT max(changed_at) FROM approvals";
        self.0.read(move |state| Ok(state.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?.map(from_column))).await
    }

    /// Changes one that stands as expected and has not ended by itself, and records it. What it has become; nothing when it was too late.
    pub async fn change<F>(
        &self,
        id: &str,
        expected: ApprovalState,
        approver: Option<String>,
        audit: AuditDraft,
        change: F,
    ) -> Result<Option<ApprovalRecord>, StateError>
    where
        F: FnOnce(&mut Approval) + Send + 'static,
    {
        let (id, now) = (id.to_owned(), self.0.clock().now());
        self.0
            .call(move |state| {
                let found = state.query_row("SELECT * FROM approvals WHERE id = ?1", [id], |row| Ok(read(row))).optional()?.transpose()?;
                let Some(mut record) = found.filter(|found| found.approval.state == expected) else { return Ok(None) };
                if expected.is_open() && record.approval.ends_at.is_none_or(|end| now >= end) {
                    return Ok(None);
                }
                change(&mut record.approval);
                record.approver = approver.or(record.approver);
                write(state, &record, now)?;
                audit.write(state, now)?;
                Ok(Some(record))
            })
            .await
    }

    /// Ends one that was approved by somebody who may not do so any more.
    pub async fn void(&self, id: &str) -> Result<bool, StateError> {
        let (id, now) = (id.to_owned(), self.0.clock().now());
        self.0.call(move |state| end(state, "SELECT * FROM approvals WHERE id = ?1 AND state = 'approved'", &id, "right", now)).await
    }

    /// Ends what nobody decided or used in time, with an entry for each that somebody was asked about, and forgets what was over long ago.
    /// Whether there was any.
    pub async fn expire(&self) -> Result<bool, StateError> {
        let now = self.0.clock().now();
        self.0
            .call(move |state| {
                let past = "state IN ('noted', 'waiting', 'approved') AND ends_at <= ?1";
                let any = end(state, &format!("SELECT * FROM approvals WHERE {past}"), &to_column(now), "time", now)?;
                state.execute(
                    "DELETE FROM approvals WHERE changed_at <= ?1 AND state NOT IN ('noted', 'waiting', 'approved')",
                    [to_column(now - KEPT)],
                )?;
                Ok(any)
            })
            .await
    }
}

/// Ends what an account asked for, and what it approved and was not used: neither counts when the account is gone.
pub(super) fn end_of_account(state: &Transaction<'_>, account: &str, now: OffsetDateTime) -> Result<(), StateError> {
    let sql = "SELECT * FROM approvals WHERE account = ?1 AND state IN ('noted', 'waiting', 'approved')";
    end(state, sql, &account, "account", now)?;
    let sql = "SELECT * FROM approvals WHERE approver = ?1 AND state = 'approved'";
    end(state, sql, &account, "account", now)?;
    Ok(())
}

fn end(state: &Transaction<'_>, sql: &str, argument: &dyn rusqlite::ToSql, why: &str, now: OffsetDateTime) -> Result<bool, StateError> {
    let found: Vec<ApprovalRecord> = state.prepare(sql)?.query_and_then([argument], read)?.collect::<Result<_, StateError>>()?;
    let any = !found.is_empty();
    for mut record in found {
        let approval = &mut record.approval;
        if approval.state == ApprovalState::Noted {
            state.execute("DELETE FROM approvals WHERE id = ?1", [&approval.id])?;
            continue;
        }
        let before = approval.state;
        (approval.state, approval.ends_at) = (ApprovalState::Expired, None);
        let mut draft = AuditDraft::success("console", "approval.expire").subject(&approval.id);
        draft.database.clone_from(&approval.database);
        let after = serde_json::json!({"words": approval.words, "requested_by": approval.requested_by, "because_of": why});
        let draft = draft.before(serde_json::json!({"state": before})).after(after);
        write(state, &record, now)?;
        draft.write(state, now)?;
    }
    Ok(any)
}

fn write(state: &Transaction<'_>, record: &ApprovalRecord, now: OffsetDateTime) -> Result<(), StateError> {
    let approval = &record.approval;
    state.execute(
        "UPDATE approvals SET state = ?2, approver = ?3, changed_at = ?4, ends_at = ?5, approval = ?6 WHERE id = ?1",
        params![
            approval.id,
            to_word(approval.state)?,
            record.approver,
            to_column(now),
            approval.ends_at.map(to_column),
            serde_json::to_string(approval)?
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<ApprovalRecord, StateError> {
    Ok(ApprovalRecord {
        approval: serde_json::from_str(&row.get::<_, String>("approval")?)?,
        caller: row.get("caller")?,
        digest: row.get("digest")?,
        right: row.get("needs")?,
        approver: row.get("approver")?,
    })
}
