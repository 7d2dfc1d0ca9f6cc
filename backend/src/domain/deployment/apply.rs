//! Applying a plan: the keys are fetched, the services locked, and the executor does the rest in a job.

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::{OnFailure, Plan, PlanPart, PlanState};
use serde_json::json;

use super::Deployments;
use super::refusal::DeploymentRefused;
use super::watch::{Watch, tell};
use crate::deploy::executor::{Locks, Order, Outcome};
use crate::deploy::material::Material;
use crate::deploy::plan::{MaterialReference, PlannedService};
use crate::domain::databases::{OperationError, blocking, record};
use crate::host::randomness;
use crate::state::{AuditDraft, BindingRecord};

/// A deployment that is about to begin.
pub(super) struct Beginning {
    pub(super) deployment: Deployment,
    pub(super) services: Vec<PlannedService>,
    pub(super) materials: Vec<Material>,
    pub(super) locks: Locks,
}

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
        let plan = self.plan(id).await?;
        ready(&plan)?;
        let (_, kept) = self.kept(id).await?;
        let mut materials = Vec::with_capacity(kept.materials.len());
        for reference in kept.materials {
            materials.push(self.fetched(actor, reference).await?);
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

    /// A certificate of a plan with its key, exactly as the plan saw it.
    async fn fetched(&self, actor: &str, reference: MaterialReference) -> Result<Material, OperationError> {
        let named = BindingRecord {
            id: String::new(),
            service: String::new(),
            database: reference.database.clone(),
            token: reference.token.clone(),
            nickname: reference.nickname.clone(),
            endpoints: Vec::new(),
            layout: certdeck_shared::api::binding::Layout::Keep,
            directory: None,
            created_by: actor.to_owned(),
            created_at: self.environment.clock.now(),
        };
        let bound = self.bound(&named, actor).await?;
        if bound.material != reference {
            let words = format!("Another certificate has the nickname {} now, or another chain. Make the plan anew.", reference.nickname);
            return Err(DeploymentRefused::PlanStale(words).into());
        }
        match bound.release().await? {
            Some(key_pkcs8) => Ok(Material { reference, key_pkcs8 }),
            None => Err(OperationError::KeyMissing { nickname: reference.nickname }),
        }
    }

    /// Starts the job of a deployment.
    pub(super) async fn run(&self, beginning: Beginning) -> Result<Deployment, OperationError> {
        let Beginning { mut deployment, services, materials, locks } = beginning;
        let (deployments, id, actor) = (self.clone(), deployment.id.clone(), deployment.started_by.clone());
        let action = if deployment.rollback_of.is_some() { "deployment.rollback" } else { "deployment.apply" };
        // Known before its first step, so that nothing of it is lost.
        self.environment.store.deployments().save(deployment.clone()).await?;
        self.running.begin(deployment.clone());
        let order = Order { id: id.clone(), services, materials, on_failure: deployment.on_failure, locks };
        let total =
            order.services.iter().map(|service| 2 + service.probes.len() as u64 + u64::from(service.check.is_some())).sum::<u64>() + 2;
        let watched = id.clone();
        let started = self.environment.jobs.start(&actor, action, None, total, true, move |progress| async move {
            let (running, events) = (deployments.running.clone(), deployments.environment.events.clone());
            running.of_job(&watched, progress.job().id);
            let watch = Watch { id: watched.clone(), running, events, progress: Some(progress) };
            let outcome = deployments.executor.apply(order, &watch).await;
            let ended = deployments.ended(&watched, action, outcome).await;
            ended.map(|ended| json!({"deployment": ended.id, "state": ended.state})).map_err(|error| error.problem())
        });
        match started.await {
            Ok(job) => deployment.job = Some(job.id),
            Err(error) => {
                self.running.end(&id);
                return Err(error.into());
            }
        }
        Ok(deployment)
    }

    /// Keeps how a deployment ended, and says so.
    pub(super) async fn ended(&self, id: &str, action: &str, outcome: Outcome) -> Result<Deployment, OperationError> {
        let store = self.environment.store.deployments();
        let known = self.running.now(id);
        let known = if known.is_some() { known } else { store.by_id(id).await? };
        let mut deployment = known.ok_or_else(|| OperationError::not_found("deployment", id))?;
        let Outcome { state, message, steps } = outcome;
        deployment.state = state;
        deployment.message.clone_from(&message);
        deployment.steps = steps;
        deployment.ended_at = Some(self.environment.clock.now());
        deployment.returnable = matches!(state, DeploymentState::Succeeded | DeploymentState::Partly);
        store.save(deployment.clone()).await?;
        self.running.end(id);
        if deployment.returnable
            && let Some(of) = &deployment.rollback_of
            && let Some(earlier) = store.by_id(of).await?
        {
            store.save(Deployment { returnable: false, ..earlier }).await?;
        }
        tell(&self.environment.events, &deployment);
        let services: Vec<&str> = deployment.parts.iter().map(|part| part.config.as_str()).collect();
        let certificates = deployment.parts.iter().flat_map(|part| &part.certificates).map(|one| one.fingerprint_sha256.clone());
        let failed = DeploymentRefused::Failed { state, message: message.clone() };
        let good = matches!(state, DeploymentState::Succeeded | DeploymentState::Partly);
        let draft = match good {
            true => AuditDraft::success(&deployment.started_by, action),
            false => AuditDraft::refused(&deployment.started_by, action, failed.problem().code),
        };
        let after = json!({
            "deployment": id, "state": state, "message": message, "plan": deployment.plan, "rollback_of": deployment.rollback_of,
            "certificates": certificates.collect::<Vec<String>>(),
        });
        record(&self.environment, draft.subject(services.join(", ")).after(after)).await;
        if good { Ok(deployment) } else { Err(failed.into()) }
    }
}

/// Refuses what cannot be applied.
fn ready(plan: &Plan) -> Result<(), DeploymentRefused> {
    let words = match plan.state {
        PlanState::Ready => return Ok(()),
        PlanState::Stale => {
            let cause = plan.stale.as_deref().unwrap_or_default();
            return Err(DeploymentRefused::PlanStale(format!("{cause} Make the plan anew.")));
        }
        PlanState::Blocked => "A check of the plan failed. Mend what it names, then make the plan anew.",
        PlanState::Unchanged => "Everything is as the plan would make it: there is nothing to apply.",
        PlanState::Applied => "The plan was applied already. Make a new one.",
    };
    Err(DeploymentRefused::PlanNotReady(words.to_owned()))
}
