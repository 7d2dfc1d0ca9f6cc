//! How endpoints are watched at this moment, read once for all that are probed then.

use std::sync::Arc;

use certdeck_shared::api::notice::ExpiryPolicy;
use time::Duration;

use super::Watch;
use crate::domain::allowance::Allowance;
use crate::domain::databases::OperationError;

/// The settings and the policy in force.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    /// Time between two probes of one that answers.
    pub(super) every: Duration,
    /// What may be probed.
    pub(super) allowance: Allowance,
    /// When certificates are due.
    pub(super) policy: Arc<ExpiryPolicy>,
}

impl Watch {
    pub(super) async fn manner(&self) -> Result<Manner, OperationError> {
        let settings = self.settings().await?;
        let policy = self.environment.store.notice_settings().policy().await?;
        let every = Duration::seconds(settings.every_seconds.into());
        Ok(Manner { every, allowance: Allowance::of(&settings), policy: Arc::new(policy) })
    }
}
