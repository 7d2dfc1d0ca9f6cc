//! The gate before one call: closed until a second person approved exactly that call, and then open once.

use std::sync::{Arc, Mutex, PoisonError};

use certdeck_shared::api::approval::{Approval, ApprovalState, Guarded};
use certdeck_shared::api::role::{Right, Subject};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::content::Content;
use super::{ApprovalError, Approvals, right_named};
use crate::domain::accounts::{Access, Credential, LOCAL_ADMINISTRATOR};
use crate::host::randomness;
use crate::state::{ApprovalRecord, AuditDraft};

/// Requests of one account that nobody was asked about; the oldest beyond are forgotten.
const MOST_NOTED: u32 = 30;

/// A call that may need approval.
#[derive(Debug, Clone)]
pub struct Call {
    /// Method in upper case.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// What it does to what, in words.
    pub words: String,
    /// What it says.
    pub content: Content,
    /// Database that it is done to.
    pub database: Option<String>,
    /// The right that it needs.
    pub right: Right,
}

impl Call {
    /// What the right is needed to.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        self.database.as_deref().map_or(Subject::Console, Subject::Database)
    }
}

/// The gate before one call.
pub struct Gate {
    approvals: Approvals,
    access: Access,
    call: Call,
    /// The request by which it opened.
    passed: Mutex<Option<String>>,
}

impl Gate {
    /// The gate before a call of somebody.
    #[must_use]
    pub fn new(approvals: Approvals, access: Access, call: Call) -> Arc<Self> {
        Arc::new(Self { approvals, access, call, passed: Mutex::default() })
    }

    /// Whether a second person is asked about this at all.
    #[must_use]
    pub fn guards(&self, guarded: Guarded) -> bool {
        self.approvals.needs(guarded)
    }

    /// Lets the call through when no second person is needed, or when one approved it; what would break by it is part of what was approved.
    ///
    /// # Errors
    /// [`ApprovalError::Required`], with the request that somebody has to approve.
    pub async fn pass(&self, guarded: Guarded, breaks: Vec<String>) -> Result<(), ApprovalError> {
        if !self.guards(guarded) || self.passed().is_some() {
            return Ok(());
        }
        self.approvals.expire().await?;
        let (caller, digest) = (caller(&self.access), self.digest(&breaks));
        let store = &self.approvals.store;
        let mut open = store.approvals().open(&caller, digest).await?;
        if let Some(record) = &open
            && record.approval.state == ApprovalState::Approved
            && !self.approvals.still_approved(record).await?
        {
            store.approvals().void(&record.approval.id).await?;
            open = None;
        }
        let record = match open {
            Some(record) => record,
            None => self.note(guarded, breaks, caller, digest).await?,
        };
        if record.approval.state == ApprovalState::Approved {
            let draft = AuditDraft::success(&self.access.actor, "approval.use").subject(&record.approval.id);
            let mut draft = draft.after(json!({"words": record.approval.words, "approved_by": record.approval.decided_by}));
            draft.database.clone_from(&record.approval.database);
            let (id, now) = (record.approval.id.clone(), store.clock().now());
            let used = move |approval: &mut Approval| (approval.state, approval.used_at) = (ApprovalState::Used, Some(now));
            if store.approvals().change(&id, ApprovalState::Approved, None, draft, used).await?.is_some() {
                *self.passed.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
                self.approvals.tell();
                return Ok(());
            }
        }
        let approvers = self.approvals.approvers(&record).await?;
        Err(ApprovalError::Required(Box::new(Approval { approvers, ..record.approval })))
    }

    /// The call was refused for another reason and changed nothing: what was approved may be tried again in its time.
    pub async fn give_back(&self) {
        let Some(id) = self.passed.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let draft = AuditDraft::success(&self.access.actor, "approval.give-back").subject(&id);
        let back = |approval: &mut Approval| (approval.state, approval.used_at) = (ApprovalState::Approved, None);
        let given = self.approvals.store.approvals().change(&id, ApprovalState::Used, None, draft, back).await;
        if let Err(error) = given {
            tracing::warn!(%error, approval.id = id, "an approval that was not used could not be given back");
        }
        self.approvals.tell();
    }

    fn passed(&self) -> Option<String> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn note(&self, guarded: Guarded, breaks: Vec<String>, caller: String, digest: [u8; 32]) -> Result<ApprovalRecord, ApprovalError> {
        let now = self.approvals.store.clock().now();
        let call = &self.call;
        let approval = Approval {
            id: randomness::identifier(),
            state: ApprovalState::Noted,
            guarded,
            words: call.words.clone(),
            breaks,
            method: call.method.clone(),
            path: call.path.clone(),
            fields: call.content.fields.clone(),
            database: call.database.clone(),
            requested_by: self.access.actor.clone(),
            account: self.access.account.clone(),
            reason: String::new(),
            created_at: now,
            requested_at: None,
            ends_at: Some(now + super::NOTED_FOR),
            decided_by: None,
            decided_at: None,
            decision_reason: String::new(),
            used_at: None,
            own: false,
            decidable: false,
            approvers: Vec::new(),
        };
        let record = ApprovalRecord { approval, caller, digest, right: call.right.name().to_owned(), approver: None };
        self.approvals.store.approvals().note(record.clone(), MOST_NOTED).await?;
        Ok(record)
    }

    /// What the approval is bound to: the call without its secrets, and what would break by it.
    fn digest(&self, breaks: &[String]) -> [u8; 32] {
        let call = &self.call;
        let mut digest = Sha256::new();
        for part in [call.method.as_bytes(), call.path.as_bytes(), &call.content.digest, breaks.join("\0").as_bytes()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

impl Approvals {
    /// Whether whoever approved may still do so: their account is there, and has the right.
    async fn still_approved(&self, record: &ApprovalRecord) -> Result<bool, ApprovalError> {
        let Some(approver) = &record.approver else { return Ok(false) };
        if approver == LOCAL_ADMINISTRATOR {
            return Ok(true);
        }
        let Some(user) = self.store.users().by_name(approver).await? else { return Ok(false) };
        let subject = record.approval.database.as_deref().map_or(Subject::Console, Subject::Database);
        Ok(right_named(&record.right).is_some_and(|right| user.user.grants.may(right, subject)))
    }
}

/// Who calls, so that nobody uses what somebody else was approved: an account by its sessions, or one API token.
pub(super) fn caller(access: &Access) -> String {
    match &access.credential {
        Credential::Session(_) => access.account.clone(),
        Credential::ApiToken { id, .. } => format!("token:{id}"),
    }
}
