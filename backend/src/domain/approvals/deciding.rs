//! Asking somebody, deciding, and thinking better of it.

use certdeck_shared::api::approval::{Approval, ApprovalDecision, ApprovalRequest, ApprovalState, Verdict};
use certdeck_shared::glass::Action;
use serde_json::json;
use time::OffsetDateTime;

use super::{ApprovalError, Approvals, has_right, is_own, sees};
use crate::domain::accounts::{Access, Credential, LOCAL_ADMINISTRATOR};
use crate::domain::command_lines::of_console;
use crate::state::{ApprovalRecord, AuditDraft};

/// Characters of a reason.
const LONGEST_REASON: usize = 500;

/// Who decides.
#[derive(Debug, Clone, Copy)]
pub enum Decider<'a> {
    /// Somebody over REST, who proved lately who they are.
    Caller(&'a Access),
    /// Whoever may run the program as the owner of the data directory.
    LocalAdministrator,
}

impl Approvals {
    /// Asks for approval of a call that was turned away, with the reason; asked again, the reason is the new one.
    pub async fn request(&self, access: &Access, id: &str, reason: &str) -> Result<Approval, ApprovalError> {
        let reason = checked_reason(reason, true)?;
        let record = self.present(id).await?;
        if record.caller != super::gate::caller(access) {
            return Err(if sees(access, &record) { ApprovalError::RightMissing } else { ApprovalError::NotFound });
        }
        let state = record.approval.state;
        if !matches!(state, ApprovalState::Noted | ApprovalState::Waiting) {
            return Err(ApprovalError::Over(state));
        }
        let now = self.store.clock().now();
        let ends_at = Some(now + self.settings.approval_wait);
        let draft = draft(&access.actor, "approval.request", &record)
            .after(json!({"words": record.approval.words, "breaks": record.approval.breaks, "reason": reason}))
            .standing_for(of_console(&Action::RequestApproval {
                approval: id.to_owned(),
                body: ApprovalRequest { reason: reason.clone() },
            }));
        let asked = move |approval: &mut Approval| {
            (approval.state, approval.reason, approval.requested_at, approval.ends_at) =
                (ApprovalState::Waiting, reason, Some(now), ends_at);
        };
        let record =
            self.store.approvals().change(id, state, None, draft, asked).await?.ok_or(ApprovalError::Over(ApprovalState::Expired))?;
        self.tell();
        self.shown(access, record).await
    }

    /// Approves or refuses.
    ///
    /// # Errors
    /// Whoever asked does not decide, by no account, session or token of theirs; nor does a token, or who may not do it themselves.
    pub async fn decide(&self, decider: Decider<'_>, id: &str, decision: &ApprovalDecision) -> Result<Approval, ApprovalError> {
        let reason = checked_reason(&decision.reason, decision.verdict == Verdict::Refuse)?;
        let record = self.present(id).await?;
        let (name, account) = match decider {
            Decider::LocalAdministrator => (LOCAL_ADMINISTRATOR, LOCAL_ADMINISTRATOR),
            Decider::Caller(access) => {
                self.check(access, &record).await?;
                (access.actor.as_str(), access.account.as_str())
            }
        };
        if record.approval.state != ApprovalState::Waiting {
            return Err(ApprovalError::Over(record.approval.state));
        }
        let now = self.store.clock().now();
        let (action, state, ends_at, approver) = match decision.verdict {
            Verdict::Approve => {
                ("approval.approve", ApprovalState::Approved, Some(now + self.settings.approval_use), Some(account.to_owned()))
            }
            Verdict::Refuse => ("approval.refuse", ApprovalState::Refused, None, None),
        };
        let before = json!({"requested_by": record.approval.requested_by, "reason": record.approval.reason});
        let after = json!({"words": record.approval.words, "breaks": record.approval.breaks, "reason": reason});
        let lines = of_console(&Action::DecideApproval { approval: id.to_owned(), body: decision.clone() });
        let draft = draft(name, action, &record).before(before).after(after).standing_for(lines);
        let decided = decided(name.to_owned(), now, state, ends_at, reason);
        let changed = self.store.approvals().change(id, ApprovalState::Waiting, approver, draft, decided).await?;
        let record = changed.ok_or(ApprovalError::Over(ApprovalState::Expired))?;
        self.tell();
        match decider {
            Decider::Caller(access) => self.shown(access, record).await,
            Decider::LocalAdministrator => Ok(record.approval),
        }
    }

    /// Withdraws what one asked for, also when it was approved already.
    pub async fn withdraw(&self, access: &Access, id: &str) -> Result<(), ApprovalError> {
        let record = self.present(id).await?;
        if !is_own(access, &record) {
            return Err(if sees(access, &record) { ApprovalError::RightMissing } else { ApprovalError::NotFound });
        }
        let state = record.approval.state;
        if !state.is_open() {
            return Err(ApprovalError::Over(state));
        }
        let draft = draft(&access.actor, "approval.withdraw", &record)
            .after(json!({"words": record.approval.words}))
            .standing_for(of_console(&Action::WithdrawApproval { approval: id.to_owned() }));
        let withdrawn = |approval: &mut Approval| (approval.state, approval.ends_at) = (ApprovalState::Withdrawn, None);
        let changed = self.store.approvals().change(id, state, None, draft, withdrawn).await?;
        changed.ok_or(ApprovalError::Over(ApprovalState::Expired))?;
        self.tell();
        Ok(())
    }

    async fn present(&self, id: &str) -> Result<ApprovalRecord, ApprovalError> {
        self.expire().await?;
        self.store.approvals().by_id(id).await?.ok_or(ApprovalError::NotFound)
    }

    /// Refuses who may not decide, and records that.
    async fn check(&self, access: &Access, record: &ApprovalRecord) -> Result<(), ApprovalError> {
        let error = if !sees(access, record) {
            return Err(ApprovalError::NotFound);
        } else if is_own(access, record) {
            ApprovalError::Own
        } else if !matches!(access.credential, Credential::Session(_)) {
            ApprovalError::Token
        } else if !has_right(&access.grants, record) {
            ApprovalError::RightMissing
        } else {
            return Ok(());
        };
        let mut draft = draft(&access.actor, "approval.decide", record);
        error.problem().code.name().clone_into(&mut draft.outcome);
        self.store.audit().record(draft).await?;
        Err(error)
    }
}

fn decided(
    name: String,
    now: OffsetDateTime,
    state: ApprovalState,
    ends_at: Option<OffsetDateTime>,
    reason: String,
) -> impl FnOnce(&mut Approval) + Send + 'static {
    move |approval| {
        (approval.state, approval.ends_at) = (state, ends_at);
        (approval.decided_by, approval.decided_at, approval.decision_reason) = (Some(name), Some(now), reason);
    }
}

fn draft(actor: &str, action: &str, record: &ApprovalRecord) -> AuditDraft {
    let mut draft = AuditDraft::success(actor, action).subject(&record.approval.id);
    draft.database.clone_from(&record.approval.database);
    draft
}

fn checked_reason(reason: &str, needed: bool) -> Result<String, ApprovalError> {
    let reason: String = reason.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let length = reason.chars().count();
    if length > LONGEST_REASON || needed && length == 0 { Err(ApprovalError::Reason(length)) } else { Ok(reason) }
}
