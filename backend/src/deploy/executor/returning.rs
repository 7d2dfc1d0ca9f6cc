//! The return to what was before an earlier deployment, as a plan like any other: compared, with a checkpoint of its own, and proved.

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::PlannedProbe;

use super::prepare::words;
use super::{Executor, Refusal};
use crate::deploy::change::AttributeEdit;
use crate::deploy::checkpoint::{Made, RecordedService, Standing};
use crate::deploy::plan::{Basis, Content, PlannedFile, PlannedService};
use crate::host::entry::Entry;
use crate::host::tree::Tree;

impl Executor {
    /// What has to be done to return to what was before a deployment; apply it without materials. Services come in reverse order.
    ///
    /// # Errors
    /// `NoCheckpoint`; `NotReturnable` when it changed nothing or was taken back already; `Stale` when something that it wrote was changed
    /// since.
    pub fn plan_return(&self, id: &str) -> Result<Vec<PlannedService>, Refusal> {
        let (checkpoint, standing) = self.shelf.open(id)?.ok_or_else(|| Refusal::NoCheckpoint(id.to_owned()))?;
        let services = checkpoint.record.services.iter().enumerate().rev().filter(|(place, _)| stands(&standing, *place));
        let planned: Vec<PlannedService> = services.map(|(place, service)| returned(id, place, service)).collect::<Result<_, _>>()?;
        if planned.is_empty() {
            return Err(Refusal::NotReturnable("There is nothing of this deployment that could be taken back.".to_owned()));
        }
        Ok(planned)
    }
}

/// Whether what a deployment made of a service stands.
fn stands(standing: &Standing, place: usize) -> bool {
    let kept = matches!(standing.ended, Some((DeploymentState::Succeeded | DeploymentState::Partly, ..)));
    let taken_back = standing.returning.as_ref().is_some_and(|(services, _)| services.contains(&place));
    kept && standing.proved.contains(&place) && !taken_back && standing.begun().contains(&place)
}

fn returned(deployment: &str, service: usize, recorded: &RecordedService) -> Result<PlannedService, Refusal> {
    let tree = Tree::of_machine();
    let RecordedService { planned, changes } = recorded;
    let (mut files, mut basis) = (Vec::new(), Vec::new());
    for (number, (change, file)) in changes.iter().zip(&planned.files).enumerate().rev() {
        let now = Entry::at(&change.path).map_err(|error| Refusal::Stale(words(&error)))?;
        if Made::of(&now) != change.made {
            let words = format!("{} is not what the deployment made of it: something changed it since.", change.path.display());
            return Err(Refusal::Stale(words));
        }
        basis.push(Basis::of(&tree, &change.path)?);
        let content = Content::Earlier { deployment: deployment.to_owned(), service, change: number };
        files.push(PlannedFile { content, ..file.clone() });
    }
    let back = |edit: &AttributeEdit| AttributeEdit { name: edit.name.clone(), before: edit.after.clone(), after: edit.before.clone() };
    // A port that served nothing before has nothing to prove.
    let probe = |probe: &PlannedProbe| {
        Some(PlannedProbe { expected: probe.before.clone()?, before: Some(probe.expected.clone()), ..probe.clone() })
    };
    Ok(PlannedService {
        files,
        basis,
        attributes: planned.attributes.iter().map(back).collect(),
        probes: planned.probes.iter().filter_map(probe).collect(),
        ..planned.clone()
    })
}
