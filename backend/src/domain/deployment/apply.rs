//! Applying a plan: the keys are fetched and the services locked.

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::{OnFailure, PlanPart, PlanState};

use super::Deployments;
use super::bound::Named;
use super::refusal::DeploymentRefused;
use super::run::Beginning;
use crate::deploy::material::Material;
use crate::deploy::plan::MaterialReference;
use crate::domain::databases::{OperationError, blocking, record};
use crate::host::randomness;
use crate::state::AuditDraft;

impl Deployments {
    /// Applies a plan; the answer is the deployment as it begins, with the job that runs it.
    ///
    /// # Errors
    /// `PlanStale`, `PlanNotReady`, `Running`; a database that is locked. Nothing was changed then.
    pub async fn apply(&self, actor: &str, id: &str) -> Result<Deployment, OperationError> {
        let begun = self.begin_of_plan(actor, id).await;
        if let Err(error) = &begun {
            let draft = AuditDraft::refused(actor, "deployment.apply", error.problem().code).subject(id.to_owned());
            record(&self.environment, draft).await;
        }
        self.run(begun?).await
    }

    async fn begin_of_plan(&self, actor: &str, id: &str) -> Result<Beginning, OperationError> {
        let (record, kept) = self.kept(id).await?;
        let (state, stale) = self.standing(&record, &kept).await?;
        ready(state, stale)?;
        let mut materials = Vec::with_capacity(kept.materials.len());
        let files = || kept.services.iter().flat_map(|service| &service.files);
        for (place, reference) in kept.materials.into_iter().enumerate() {
            let is_written = files().any(|file| file.content.key_of() == Some(place));
            materials.push(self.fetched(actor, reference, is_written).await?);
        }
        let (executor, services) = (self.executor.clone(), kept.services.clone());
        let locks = blocking(move || executor.lock(&services)).await?.map_err(DeploymentRefused::from)?;
        let deployment = self.new_deployment(actor, kept.parts, kept.on_failure);
        let deployment = Deployment { plan: Some(id.to_owned()), ..deployment };
        if !self.environment.store.plans().apply(id, &deployment.id).await? {
            return Err(DeploymentRefused::PlanNotReady("The plan was applied a moment ago.".to_owned()).into());
        }
        Ok(Beginning { deployment, services: kept.services, materials, locks })
    }

    pub(super) fn new_deployment(&self, actor: &str, parts: Vec<PlanPart>, on_failure: OnFailure) -> Deployment {
        Deployment {
            id: randomness::identifier(),
            plan: None,
            rollback_of: None,
            state: DeploymentState::Running,
            message: String::new(),
            on_failure,
            parts,
            steps: Vec::new(),
            job: None,
            returnable: false,
            started_by: actor.to_owned(),
            started_at: self.environment.clock.now(),
            ended_at: None,
        }
    }

    /// A certificate of a plan, exactly as the plan saw it; with its key, when that is written.
    async fn fetched(&self, actor: &str, reference: MaterialReference, is_written: bool) -> Result<Material, OperationError> {
        let bound = self.bound(Named::from(&reference), actor).await?;
        if bound.material != reference {
            let words = format!("Another certificate has the nickname {} now, or another chain. Make the plan anew.", reference.nickname);
            return Err(DeploymentRefused::PlanStale(words).into());
        }
        if !is_written {
            return Ok(Material { reference, key_pkcs8: None });
        }
        match bound.release().await? {
            Some(key_pkcs8) => Ok(Material { reference, key_pkcs8: Some(key_pkcs8) }),
            None => Err(OperationError::KeyMissing { nickname: reference.nickname }),
        }
    }
}

/// Refuses what cannot be applied.
fn ready(state: PlanState, stale: Option<String>) -> Result<(), DeploymentRefused> {
    let words = match state {
        PlanState::Ready => return Ok(()),
        PlanState::Stale => {
            return Err(DeploymentRefused::PlanStale(format!("{} Make the plan anew.", stale.unwrap_or_default())));
        }
        PlanState::Blocked => "A check of the plan failed. Mend what it names, then make the plan anew.",
        PlanState::Unchanged => "Everything is as the plan would make it: there is nothing to apply.",
        PlanState::Applied => "The plan was applied already. Make a new one.",
    };
    Err(DeploymentRefused::PlanNotReady(words.to_owned()))
}
