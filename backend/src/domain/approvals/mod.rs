//! A second person approves what asks again, where the settings want it: a call that needs it is turned away and noted, somebody else who may do
//! the same decides on it, and it goes through once.

mod content;
mod deciding;
mod error;
mod gate;

use std::sync::Arc;

use certdeck_shared::api::approval::{Approval, ApprovalState, Guarded};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::role::{Grants, Right, Subject};
use time::{Duration, OffsetDateTime};

pub use content::Content;
pub use deciding::Decider;
pub use error::ApprovalError;
pub use gate::{Call, Gate};

use super::accounts::{Access, Credential};
use super::events::Events;
use crate::config::Settings;
use crate::state::{ApprovalRecord, Store};

/// How long a call that was turned away is remembered without anybody being asked.
const NOTED_FOR: Duration = Duration::minutes(30);
/// How many are listed, the newest first.
const MOST: u32 = 500;

/// Requests for approval; cheap to clone.
#[derive(Clone)]
pub struct Approvals {
    store: Store,
    events: Events,
    settings: Arc<Settings>,
}

impl Approvals {
    /// Those of this state.
    #[must_use]
    pub fn new(store: Store, events: Events, settings: Arc<Settings>) -> Self {
        Self { store, events, settings }
    }

    /// Whether a second person is asked about anything.
    #[must_use]
    pub fn are_wanted(&self) -> bool {
        !self.settings.second_person.is_empty()
    }

    /// Whether a second person is asked about this.
    #[must_use]
    pub fn needs(&self, guarded: Guarded) -> bool {
        self.settings.second_person.contains(&guarded)
    }

    /// What somebody sees: their own, what they may decide, and with the right to audit all.
    pub async fn list(&self, access: &Access) -> Result<Vec<Approval>, ApprovalError> {
        self.expire().await?;
        let mut seen = Vec::new();
        for record in self.store.approvals().list(MOST).await? {
            if sees(access, &record) {
                seen.push(self.shown(access, record).await?);
            }
        }
        Ok(seen)
    }

    /// One of them.
    pub async fn one(&self, access: &Access, id: &str) -> Result<Approval, ApprovalError> {
        self.expire().await?;
        let record = self.store.approvals().by_id(id).await?.filter(|record| sees(access, record)).ok_or(ApprovalError::NotFound)?;
        self.shown(access, record).await
    }

    /// All, for whoever owns the host.
    pub async fn all(&self) -> Result<Vec<Approval>, ApprovalError> {
        self.expire().await?;
        Ok(self.store.approvals().list(MOST).await?.into_iter().map(|record| record.approval).collect())
    }

    /// How many wait for somebody, and when anything changed last.
    pub async fn standing(&self, access: &Access) -> Result<(usize, Option<OffsetDateTime>), ApprovalError> {
        let waiting = self.store.approvals().waiting().await?;
        let waiting = waiting.iter().filter(|record| may_decide(access, record)).count();
        Ok((waiting, self.store.approvals().changed_at().await?))
    }

    /// Ends what was not decided or not used in time.
    pub async fn expire(&self) -> Result<(), ApprovalError> {
        if self.store.approvals().expire().await? {
            self.tell();
        }
        Ok(())
    }

    fn tell(&self) {
        // Each stream counts for its own listener.
        self.events.publish(Event::ApprovalsChanged { waiting: 0 });
    }

    async fn shown(&self, access: &Access, record: ApprovalRecord) -> Result<Approval, ApprovalError> {
        let open = record.approval.state.is_open();
        let approvers = if open { self.approvers(&record).await? } else { Vec::new() };
        Ok(Approval { own: is_own(access, &record), decidable: may_decide(access, &record), approvers, ..record.approval })
    }

    /// The accounts that could approve it.
    async fn approvers(&self, record: &ApprovalRecord) -> Result<Vec<String>, ApprovalError> {
        let users = self.store.users().list().await?.into_iter();
        let able = users.filter(|user| user.user_name != record.approval.account && has_right(&user.grants, record));
        Ok(able.map(|user| user.user_name).collect())
    }
}

/// Whether somebody asked for it, by any of their sessions and tokens.
fn is_own(access: &Access, record: &ApprovalRecord) -> bool {
    record.approval.account == access.account
}

/// Whether somebody may look at it.
fn sees(access: &Access, record: &ApprovalRecord) -> bool {
    let asked = record.approval.state != ApprovalState::Noted;
    is_own(access, record) || asked && (has_right(&access.grants, record) || access.grants.may(Right::Audit, Subject::Console))
}

/// Whether somebody may decide it now.
fn may_decide(access: &Access, record: &ApprovalRecord) -> bool {
    record.approval.state == ApprovalState::Waiting
        && matches!(access.credential, Credential::Session(_))
        && !is_own(access, record)
        && has_right(&access.grants, record)
}

fn has_right(grants: &Grants, record: &ApprovalRecord) -> bool {
    let subject = record.approval.database.as_deref().map_or(Subject::Console, Subject::Database);
    right_named(&record.right).is_some_and(|right| grants.may(right, subject))
}

/// The right of a name.
fn right_named(name: &str) -> Option<Right> {
    Right::ALL.into_iter().find(|right| right.name() == name)
}
