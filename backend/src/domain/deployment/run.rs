//! A deployment while it goes on: a job that the executor does the work of, and how it ended.

use std::future::Future;

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::Deployments;
use super::refusal::DeploymentRefused;
use super::watch::{Watch, tell};
use crate::deploy::executor::{Executor, Locks, Order, Outcome};
use crate::deploy::material::Material;
use crate::deploy::plan::PlannedService;
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, record};
use crate::state::AuditDraft;

/// A deployment that is about to begin.
pub(super) struct Beginning {
    pub(super) deployment: Deployment,
    pub(super) services: Vec<PlannedService>,
    pub(super) materials: Vec<Material>,
    pub(super) locks: Locks,
}

impl Deployments {
    /// Starts the job of a deployment.
    pub(super) async fn run(&self, beginning: Beginning) -> Result<Deployment, OperationError> {
        let Beginning { deployment, services, materials, locks } = beginning;
        let id = deployment.id.clone();
        let action = if deployment.rollback_of.is_some() { "deployment.rollback" } else { "deployment.apply" };
        let total = services.iter().map(|service| 2 + service.probes.len() as u64 + u64::from(service.check.is_some())).sum::<u64>() + 2;
        let order = Order { id: id.clone(), services, materials, on_failure: deployment.on_failure, locks };
        let work = move |executor: Executor, watch: Watch| async move { executor.apply(order, &watch).await };
        let started = self.start(deployment, action, total, work).await;
        if let Err(error) = &started {
            let message = format!("It could not be begun, and nothing was changed: {error}.");
            // The state is what failed: the next start of the console finds it unended, should this fail as well.
            let _ = self.ended(&id, action, Outcome { state: DeploymentState::RolledBack, message, steps: Vec::new() }).await;
        }
        started
    }

    /// Starts a job of so many steps that does the work of a deployment, and keeps how it ended. The answer is the deployment as it begins.
    ///
    /// # Errors
    /// When the state cannot be written; no work was begun then.
    pub(super) async fn start<W, F>(
        &self,
        deployment: Deployment,
        action: &'static str,
        total: u64,
        work: W,
    ) -> Result<Deployment, OperationError>
    where
        W: FnOnce(Executor, Watch) -> F + Send + 'static,
        F: Future<Output = Outcome> + Send,
    {
        // Known before its first step, so that nothing of it is lost.
        self.environment.store.deployments().save(deployment.clone()).await?;
        self.running.begin(deployment.clone());
        let (deployments, id) = (self.clone(), deployment.id.clone());
        let started = self.environment.jobs.start(&deployment.started_by, action, None, total, true, move |progress| async move {
            let (running, events) = (deployments.running.clone(), deployments.environment.events.clone());
            running.of_job(&id, progress.job().id);
            let watch = Watch { id: id.clone(), running, events, progress: Some(progress) };
            let outcome = work(deployments.executor.clone(), watch).await;
            let ended = deployments.ended(&id, action, outcome).await;
            ended.map(|ended| json!({"deployment": ended.id, "state": ended.state})).map_err(|error| error.problem())
        });
        let job = started.await.inspect_err(|_| self.running.end(&deployment.id))?;
        Ok(Deployment { job: Some(job.id), ..deployment })
    }

    /// Keeps how a deployment ended, and says so.
    ///
    /// # Errors
    /// `Failed` when it ended otherwise than wanted, which is kept as well; when the state cannot be written.
    pub(super) async fn ended(&self, id: &str, action: &str, outcome: Outcome) -> Result<Deployment, OperationError> {
        let store = self.environment.store.deployments();
        let known = self.running.now(id);
        let known = if known.is_some() { known } else { store.by_id(id).await? };
        let mut deployment = known.ok_or_else(|| OperationError::not_found("deployment", id))?;
        let Outcome { state, message, steps } = outcome;
        let good = matches!(state, DeploymentState::Succeeded | DeploymentState::Partly);
        deployment.state = state;
        deployment.message.clone_from(&message);
        // An end that was noted by an earlier console has none.
        if !steps.is_empty() {
            deployment.steps = steps;
        }
        deployment.ended_at = Some(self.environment.clock.now());
        deployment.returnable = good;
        store.save(deployment.clone()).await?;
        self.running.end(id);
        if good
            && let Some(of) = &deployment.rollback_of
            && let Some(earlier) = store.by_id(of).await?
        {
            store.save(Deployment { returnable: false, ..earlier }).await?;
        }
        tell(&self.environment.events, &deployment);
        let services: Vec<&str> = deployment.parts.iter().map(|part| part.config.as_str()).collect();
        let certificates = deployment.parts.iter().flat_map(|part| &part.certificates).map(|one| one.fingerprint_sha256.clone());
        let after = json!({
            "deployment": id, "state": state, "message": message, "plan": deployment.plan, "rollback_of": deployment.rollback_of,
            "certificates": certificates.collect::<Vec<String>>(),
        });
        let stands_for = match (&deployment.plan, &deployment.rollback_of) {
            (Some(plan), _) => Some(Action::ApplyPlan { plan: plan.clone(), parts: deployment.parts.clone() }),
            (None, of) => of.clone().map(|deployment| Action::RollBackDeployment { deployment }),
        };
        let failed = DeploymentRefused::Failed { state, message };
        let mut draft = match good {
            true => AuditDraft::success(&deployment.started_by, action),
            false => AuditDraft::refused(&deployment.started_by, action, failed.problem().code),
        };
        draft.command_lines = stands_for.filter(|_| good).map(|action| of_console(&action));
        record(&self.environment, draft.subject(services.join(", ")).after(after)).await;
        if good { Ok(deployment) } else { Err(failed.into()) }
    }
}
