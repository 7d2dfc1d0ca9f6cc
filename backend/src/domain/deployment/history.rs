//! Deployments that were: listed, looked at, taken back.

use certdeck_shared::api::deployment::{Deployment, DeploymentState, DeploymentSummary};
use time::Duration;

use super::Deployments;
use super::refusal::DeploymentRefused;
use super::run::Beginning;
use super::watch::Watch;
use crate::deploy::executor::{Executor, Outcome, Refusal};
use crate::domain::databases::{OperationError, blocking, record};
use crate::domain::sight::Concerned;
use crate::state::AuditDraft;

/// How many are listed.
const LISTED: u32 = 200;
/// How long the checkpoint of a deployment is kept.
const KEPT: Duration = Duration::days(30);

impl Deployments {
    /// The newest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn list(&self) -> Result<Vec<DeploymentSummary>, OperationError> {
        let kept = self.environment.store.deployments().list(LISTED).await?;
        Ok(kept.into_iter().map(|deployment| self.as_it_is(deployment)).map(summary).collect())
    }

    /// One, step by step.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn deployment(&self, id: &str) -> Result<Deployment, OperationError> {
        let kept = self.environment.store.deployments().by_id(id).await?;
        Ok(self.as_it_is(kept.ok_or_else(|| OperationError::not_found("deployment", id))?))
    }

    /// The services that a deployment changed.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn concerned_by_deployment(&self, id: &str) -> Result<Vec<Concerned>, OperationError> {
        let kept = self.environment.store.deployments().by_id(id).await?.ok_or_else(|| OperationError::not_found("deployment", id))?;
        Ok(kept.parts.into_iter().map(|part| Concerned::Service(part.service)).collect())
    }

    fn as_it_is(&self, kept: Deployment) -> Deployment {
        let mut deployment = self.running.now(&kept.id).unwrap_or(kept);
        deployment.returnable &= deployment.ended_at.is_some_and(|ended| ended > self.environment.clock.now() - KEPT);
        deployment
    }

    /// Returns every service to what it was before a deployment; a deployment itself, proved and kept like any other. Of one that needs
    /// attention the way back is gone once more.
    ///
    /// # Errors
    /// `NotFound`; `NotReturnable`; `PlanStale` when something that it wrote was changed since; `Running`.
    pub async fn roll_back(&self, actor: &str, id: &str) -> Result<Deployment, OperationError> {
        let earlier = self.deployment(id).await?;
        if earlier.state == DeploymentState::NeedsAttention {
            return self.take_back_again(actor, earlier).await;
        }
        let begun = self.begin_of_return(actor, earlier).await;
        if let Err(error) = &begun {
            let draft = AuditDraft::refused(actor, "deployment.rollback", error.problem().code).subject(id.to_owned());
            record(&self.environment, draft).await;
        }
        self.run(begun?).await
    }

    async fn begin_of_return(&self, actor: &str, earlier: Deployment) -> Result<Beginning, OperationError> {
        if !earlier.returnable {
            let words = "It changed nothing that stands, or its checkpoint is not kept any more.";
            return Err(DeploymentRefused::NotReturnable(words.to_owned()).into());
        }
        let (executor, of) = (self.executor.clone(), earlier.id.clone());
        let planned = blocking(move || {
            let services = executor.plan_return(&of)?;
            let locks = executor.lock(&services)?;
            Ok::<_, Refusal>((services, locks))
        });
        let (services, locks) = planned.await?.map_err(DeploymentRefused::from)?;
        // In the order in which they go back.
        let parts = services.iter().filter_map(|service| earlier.parts.iter().find(|part| part.service == service.service.id)).cloned();
        let deployment = self.new_deployment(actor, parts.map(super::inverse::of).collect(), earlier.on_failure);
        let deployment = Deployment { rollback_of: Some(earlier.id), ..deployment };
        Ok(Beginning { deployment, services, materials: Vec::new(), locks })
    }

    async fn take_back_again(&self, actor: &str, earlier: Deployment) -> Result<Deployment, OperationError> {
        let going = Deployment {
            state: DeploymentState::RollingBack,
            message: String::new(),
            steps: Vec::new(),
            started_by: actor.to_owned(),
            ended_at: None,
            ..earlier.clone()
        };
        let (id, before) = (earlier.id.clone(), earlier.message.clone());
        // Put back, take up again and ask, for each; what of it is needed shows itself on the way.
        let total = earlier.parts.iter().map(|part| 2 + part.probes.len() as u64).sum();
        let work = move |executor: Executor, watch: Watch| async move {
            executor.recover(&id, &watch).await.unwrap_or_else(|refusal| {
                let message = format!("{before} It was tried again: {}", DeploymentRefused::from(refusal));
                Outcome { state: DeploymentState::NeedsAttention, message, steps: Vec::new() }
            })
        };
        let store = self.environment.store.deployments();
        match self.start(going, "deployment.rollback", total, work).await {
            Ok(begun) => Ok(begun),
            Err(error) => {
                store.save(earlier).await?;
                Err(error)
            }
        }
    }

    /// Throws away checkpoints that are not kept any longer.
    pub async fn prune(&self) {
        let (executor, before) = (self.executor.clone(), self.environment.clock.now() - KEPT);
        match blocking(move || executor.prune(before)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "old checkpoints of deployments could not be removed"),
            Err(error) => tracing::warn!(%error, "old checkpoints of deployments could not be removed"),
        }
    }
}

fn summary(deployment: Deployment) -> DeploymentSummary {
    let certificates = deployment.parts.iter().flat_map(|part| &part.certificates);
    let mut certificates: Vec<String> = certificates.map(|one| one.fingerprint_sha256.clone()).collect();
    certificates.sort();
    certificates.dedup();
    DeploymentSummary {
        id: deployment.id,
        state: deployment.state,
        message: deployment.message,
        services: deployment.parts.into_iter().map(|part| (part.service, part.label)).collect(),
        certificates,
        rollback_of: deployment.rollback_of,
        returnable: deployment.returnable,
        started_by: deployment.started_by,
        started_at: deployment.started_at,
        ended_at: deployment.ended_at,
    }
}
