//! Plans: made from what is there now, kept, and looked at again.

use certdeck_shared::api::plan::{NewPlan, OnFailure, Plan, PlanPart, PlanState, SettingWish};
use certdeck_shared::glass::Action;
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::Deployments;
use super::refusal::DeploymentRefused;
use super::wanted;
use crate::deploy::executor::Surroundings as _;
use crate::deploy::plan::facts::{Checked, Facts, Heard, gather};
use crate::deploy::plan::{self, MaterialReference, PlannedService, ServiceReference, Source, Target, make, present_check, questions};
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, blocking, record};
use crate::domain::sight::Concerned;
use crate::helper::protocol::Program as Which;
use crate::host::randomness;
use crate::host::tree::Tree;
use crate::state::{AuditDraft, BindingRecord, PlanRecord, ServiceRecord};

/// How long a plan can be applied: what it saw of keys, dates and ports is old after that.
const GOOD_FOR: Duration = Duration::hours(24);

/// A plan as it is kept: for people, and for the executor.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct KeptPlan {
    pub(super) on_failure: OnFailure,
    pub(super) created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    pub(super) materials: Vec<MaterialReference>,
    pub(super) services: Vec<PlannedService>,
    pub(super) parts: Vec<PlanPart>,
}

impl KeptPlan {
    /// What becomes of it by its checks alone.
    fn state(&self) -> PlanState {
        let any = |state| self.parts.iter().any(|part| part.state == state);
        match (any(PlanState::Blocked), any(PlanState::Ready)) {
            (true, _) => PlanState::Blocked,
            (false, true) => PlanState::Ready,
            (false, false) => PlanState::Unchanged,
        }
    }
}

impl Deployments {
    /// Makes a plan. Nothing changes; ports are asked what they serve, and programs whether their configuration is good.
    ///
    /// # Errors
    /// `NotFound` for a service; fields that are wrong; a configuration that cannot be read. What is wrong with certificates, files and
    /// running services are checks of the plan.
    pub async fn make_plan(&self, actor: &str, new: NewPlan) -> Result<Plan, OperationError> {
        wanted::check(&new)?;
        let mut sources = Vec::new();
        let mut targets = Vec::with_capacity(new.parts.len());
        for (place, part) in new.parts.iter().enumerate() {
            let service = self.services.record(&part.service).await?;
            let endpoints = self.services.endpoints(&service, &format!("/parts/{place}/service")).await?;
            targets.push((service, self.target(actor, place, part, &endpoints, &mut sources).await?));
        }
        let others = self.environment.store.services().list().await?;
        let mut kept = KeptPlan {
            on_failure: new.on_failure,
            created_by: actor.to_owned(),
            expires_at: self.environment.clock.now() + GOOD_FOR,
            materials: sources.iter().map(|source| source.reference.clone()).collect(),
            services: Vec::new(),
            parts: Vec::new(),
        };
        for (place, (service, target)) in targets.into_iter().enumerate() {
            let facts = self.facts(place, service, &others, &target, &sources).await?;
            let (now, sources) = (self.environment.clock.now(), sources.clone());
            let made = blocking(move || make(&facts, &target, &sources, now)).await?;
            kept.services.extend(made.planned);
            let asked = new.parts.get(place).cloned();
            let (bindings, settings) = asked.map(|part| (part.bindings, part.settings)).unwrap_or_default();
            kept.parts.push(PlanPart { bindings, settings, ..made.part });
        }
        let plan = PlanRecord {
            id: randomness::identifier(),
            created_at: self.environment.clock.now(),
            deployment: None,
            plan: serde_json::to_value(&kept).map_err(crate::state::StateError::from)?,
        };
        self.environment.store.plans().insert(plan.clone()).await?;
        let services: Vec<&str> = kept.parts.iter().map(|part| part.config.as_str()).collect();
        let after = json!({"plan": plan.id, "state": kept.state(), "services": services});
        let draft = AuditDraft::success(actor, "plan.create").subject(services.join(", ")).after(after);
        record(&self.environment, draft.standing_for(of_console(&Action::CreatePlan { body: new }))).await;
        self.tell(plan, kept).await
    }

    /// A plan, and whether it still stands.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn plan(&self, id: &str) -> Result<Plan, OperationError> {
        let (record, kept) = self.kept(id).await?;
        self.tell(record, kept).await
    }

    /// The services that a plan changes, and the databases whose keys and certificates it takes there.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn concerned_by_plan(&self, id: &str) -> Result<Vec<Concerned>, OperationError> {
        let (_, kept) = self.kept(id).await?;
        let services = kept.parts.iter().map(|part| Concerned::Service(part.service.clone()));
        let authorities = kept.parts.iter().flat_map(|part| &part.settings).filter_map(authorities_of);
        let databases = kept.materials.iter().map(|material| material.database.as_str()).chain(authorities);
        Ok(services.chain(databases.map(|id| Concerned::Database(id.to_owned()))).collect())
    }

    /// The databases that a plan would take something of, before it is made.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn databases_of(&self, new: &NewPlan) -> Result<Vec<String>, OperationError> {
        let mut databases = Vec::new();
        for part in &new.parts {
            let bound = self.environment.store.bindings().list(Some(&part.service)).await?;
            let wanted = |binding: &BindingRecord| part.bindings.as_ref().is_none_or(|ids| ids.contains(&binding.id));
            databases.extend(bound.into_iter().filter(wanted).map(|binding| binding.database));
            databases.extend(part.settings.iter().filter_map(authorities_of).map(str::to_owned));
        }
        Ok(databases)
    }

    /// A plan as it is kept.
    pub(super) async fn kept(&self, id: &str) -> Result<(PlanRecord, KeptPlan), OperationError> {
        let record = self.environment.store.plans().by_id(id).await?.ok_or_else(|| OperationError::not_found("plan", id))?;
        // One that an older console wrote in other words can only be made anew.
        let kept = serde_json::from_value(record.plan.clone())
            .map_err(|_| DeploymentRefused::PlanStale("Another version of the console made this plan. Make it anew.".to_owned()))?;
        Ok((record, kept))
    }

    async fn tell(&self, record: PlanRecord, kept: KeptPlan) -> Result<Plan, OperationError> {
        let (state, stale) = self.standing(&record, &kept).await?;
        Ok(Plan {
            id: record.id,
            state,
            stale,
            on_failure: kept.on_failure,
            parts: kept.parts,
            deployment: record.deployment,
            created_by: kept.created_by,
            created_at: record.created_at,
            expires_at: kept.expires_at,
        })
    }

    /// Where a plan stands this instant, and why it does not hold any more.
    pub(super) async fn standing(&self, record: &PlanRecord, kept: &KeptPlan) -> Result<(PlanState, Option<String>), OperationError> {
        if record.deployment.is_some() {
            return Ok((PlanState::Applied, None));
        }
        let state = kept.state();
        let stale = if state == PlanState::Blocked { None } else { self.stale(kept).await? };
        Ok((if stale.is_some() { PlanState::Stale } else { state }, stale))
    }

    async fn stale(&self, kept: &KeptPlan) -> Result<Option<String>, OperationError> {
        if self.environment.clock.now() > kept.expires_at {
            return Ok(Some("The plan is older than a day.".to_owned()));
        }
        let services = kept.services.clone();
        blocking(move || services.iter().find_map(|service| plan::stale(service, &Tree::of_machine()))).await
    }

    /// Everything that a plan for a service depends on.
    async fn facts(
        &self,
        place: usize,
        service: ServiceRecord,
        others: &[ServiceRecord],
        target: &Target,
        sources: &[Source],
    ) -> Result<Facts, OperationError> {
        let neighbours: Vec<ServiceReference> = others.iter().filter(|other| other.id != service.id).map(reference).collect();
        let (known, control, wanted) = (reference(&service), service.control, target.clone());
        let gathered = blocking(move || gather(&Tree::of_machine(), known, control, &neighbours, &wanted)).await?;
        let mut facts = gathered.map_err(|error| OperationError::invalid(format!("/parts/{place}/service"), error.to_string()))?;
        if let Some(run) = present_check(&facts) {
            let refusal = self.machine.run_of(&facts.service, Which::Check, &run).await.err();
            facts.checked = Some(Checked { arguments: run.arguments, refusal });
        }
        let asked = questions(&facts, target, sources).into_iter().map(|asked| async {
            let probed = self.machine.probe(&asked).await;
            let words = probed.problem.unwrap_or_else(|| "It completes a handshake.".to_owned());
            Heard { asked, leaf: probed.served, words }
        });
        facts.heard = join_all(asked).await;
        Ok(facts)
    }
}

/// The database that a setting takes CA certificates from.
fn authorities_of(setting: &SettingWish) -> Option<&str> {
    match setting {
        SettingWish::ClientCa { database, .. } => Some(database),
        _ => None,
    }
}

/// A service, as far as a deployment needs it.
fn reference(record: &ServiceRecord) -> ServiceReference {
    ServiceReference { id: record.id.clone(), kind: record.kind, label: record.label.clone(), config: record.config.clone() }
}
