//! What may be granted, and by whom.

use certdeck_shared::api::role::{Grants, MOST_GRANTS, Subject};

use super::{AccountError, Accounts, Actor};

impl Accounts {
    /// Refuses grants that cannot be, that are for nothing there is, and those beyond what the giver has.
    pub(super) async fn check_grants(&self, actor: &Actor<'_>, grants: &Grants) -> Result<(), AccountError> {
        let invalid = |message: String| AccountError::Invalid { pointer: "/grants", message };
        if grants.0.is_empty() || grants.0.len() > MOST_GRANTS {
            return Err(invalid(format!("has {} entries; 1 to {MOST_GRANTS} are allowed", grants.0.len())));
        }
        for grant in &grants.0 {
            if let Some(fault) = grant.fault() {
                return Err(invalid(format!("{grant} {fault}")));
            }
            if let Actor::Caller(access) = actor
                && !access.grants.include(grant)
            {
                return Err(AccountError::ScopeInsufficient(format!(
                    "nobody grants what they do not have, and {grant} is more than yours"
                )));
            }
            let known = match grant.subject() {
                Subject::Console => true,
                Subject::Database(id) => self.store.databases().by_id(id).await?.is_some(),
                Subject::Service(id) => self.store.services().by_id(id).await?.is_some(),
            };
            if !known {
                return Err(invalid(format!("{grant} is for nothing that this console has")));
            }
        }
        Ok(())
    }
}
