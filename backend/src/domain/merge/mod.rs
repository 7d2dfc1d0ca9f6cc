//! Another database's certificates, trust, keys, revocation lists and S/MIME profiles, taken over into this one. What is here already wins;
//! what would clash, and what cannot come, is shown first.

mod plan;
mod records;
mod source;

use std::ops::ControlFlow;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::merge::{Merge, MergeOutcome, MergeReport, RecordMergeOutcome};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::databases::{Asking, Databases, Done, Operation, OperationError};
use crate::keystore::PrivateKey;
use crate::token::{Advance, KeyToImport, Secret};
use plan::Plan;
use source::Seen;

impl Databases {
    /// What a merge would do. Nothing is written.
    ///
    /// # Errors
    /// `NotFound`; a source that cannot be read, or is this database itself.
    pub async fn preview_merge(&self, actor: &str, id: &str, merge: &Merge) -> Result<MergeReport, OperationError> {
        Ok(self.plan_merge(actor, id, merge).await?.report)
    }

    /// How many objects a merge would write. Nothing is written.
    ///
    /// # Errors
    /// As of [`Databases::preview_merge`]; when it would need a password that is not given.
    pub async fn merge_steps(&self, actor: &str, id: &str, merge: &Merge, asking: Asking) -> Result<usize, OperationError> {
        let plan = self.plan_merge(actor, id, merge).await?;
        plan.needs_password(merge.source_password.is_some())?;
        self.operation(id, actor)?.asking_again(asking).ask_before_merging(&plan).await?;
        Ok(plan.steps())
    }

    async fn plan_merge(&self, actor: &str, id: &str, merge: &Merge) -> Result<Plan, OperationError> {
        let (operation, source) = self.both(actor, id, merge)?;
        let password = merge.source_password.clone().map(Secret::from);
        let plan = Plan::new(&Seen::of(&operation, None).await?, &Seen::of(&source, password.as_ref()).await?);
        // Wrong now rather than when it is to be done.
        if let Some(password) = password.filter(|_| plan.new_keys().next().is_some()) {
            source.prove_source(&password).await?;
        }
        Ok(plan)
    }

    /// Merges: all of it, or nothing. `on_progress` gets the number of objects written.
    ///
    /// # Errors
    /// `Locked`; `SourcePasswordIncorrect`; `Cancelled`. Nothing has changed then.
    pub async fn merge(
        &self,
        actor: &str,
        id: &str,
        merge: Merge,
        asking: Asking,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<MergeReport, OperationError> {
        let (operation, source) = self.both(actor, id, &merge)?;
        let operation = operation.asking_again(asking);
        let location = &source.database.location;
        let (source_directory, source_prefix) = (location.directory().display().to_string(), location.prefix().to_owned());
        let body = Merge { source: merge.source, source_password: None };
        let operation = operation.standing_for(Action::MergeDatabase { body, source_directory, source_prefix }).await;
        let password = merge.source_password.map(Secret::from);
        let result = operation.merge_in_turn(&source, password.as_ref(), on_progress).await;
        operation.conclude("database.merge", Some(&source.database.location.to_string()), result).await
    }

    fn both(&self, actor: &str, id: &str, merge: &Merge) -> Result<(Operation, Operation), OperationError> {
        let operation = self.operation(id, actor)?;
        let Ok(source) = self.operation(&merge.source, actor) else {
            return Err(OperationError::invalid("/source", "There is no such database here; register it first."));
        };
        if source.database.id == operation.database.id {
            return Err(OperationError::invalid("/source", "A database cannot be merged into itself."));
        }
        if operation.database.format == DatabaseFormat::Dbm {
            return Err(OperationError::OldFormat);
        }
        Ok((operation, source))
    }
}

impl Operation {
    async fn ask_before_merging(&self, plan: &Plan) -> Result<(), OperationError> {
        if self.asks_before_breaking() { self.ask_before_breaking(plan.changes()).await } else { Ok(()) }
    }

    async fn merge_in_turn(
        &self,
        source: &Self,
        password: Option<&Secret>,
        on_progress: impl FnMut(Advance) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Done<MergeReport>, OperationError> {
        let _turn = self.database.turn().await?;
        let (here, there) = (Seen::of(self, None).await?, Seen::of(source, password).await?);
        let mut plan = Plan::new(&here, &there);
        plan.needs_password(password.is_some())?;
        let keys = match password {
            Some(password) => source.keys_to_take(&plan, &there, password).await?,
            None => Vec::new(),
        };
        plan.report.applied = true;
        if plan.steps() == 0 {
            return Ok(Done { answer: plan.report, before: None, after: None });
        }
        self.database.needs_unlocked().await?;
        self.ask_before_merging(&plan).await?;
        plan.report.snapshot = self.snapshot(&format!("merge of {}", source.database.location)).await?;
        let Plan { mut report, to_add, to_trust, records } = plan;
        self.database.token.take_over(keys, to_add, to_trust, records, on_progress).await?;
        report.revision = self.changed()?;
        Ok(Done { before: None, after: Some(written(source, &report)), answer: report })
    }

    /// The private keys that the other database lacks, out of this one for its password.
    async fn keys_to_take(&self, plan: &Plan, there: &Seen, password: &Secret) -> Result<Vec<KeyToImport>, OperationError> {
        let mut keys = Vec::new();
        for key in plan.new_keys() {
            let pkcs8 = match self.release_key(&key.id, password).await {
                Err(OperationError::DatabasePasswordIncorrect) => return Err(OperationError::SourcePasswordIncorrect),
                other => other?,
            };
            let read = PrivateKey::read(&pkcs8)
                .map_err(|error| OperationError::Unreadable(format!("The key {} of the source cannot be taken over: {error}.", key.id)))?;
            let certificate = there.listing.certificates.iter().find(|one| one.key_id.as_ref() == Some(&key.id));
            keys.push(KeyToImport {
                subject_public_key_info: read.subject_public_key_info.clone(),
                pkcs8,
                label: key.label.clone().unwrap_or_default(),
                subject: certificate.map(|one| one.subject.clone()),
            });
        }
        Ok(keys)
    }
}

/// For the audit log.
fn written(source: &Operation, report: &MergeReport) -> serde_json::Value {
    let certificates = |outcome| report.certificates.iter().filter(|one| one.outcome == outcome).count();
    json!({
        "source": source.database.location.to_string(),
        "certificates_added": certificates(MergeOutcome::Added),
        "trust_added": certificates(MergeOutcome::TrustAdded),
        "keys_added": report.keys.iter().filter(|key| key.is_added()).map(|key| &key.id).collect::<Vec<_>>(),
        "revocation_lists_added": report.revocation_lists.iter().filter(|list| list.outcome == RecordMergeOutcome::Added).count(),
        "smime_profiles_added": report.smime_profiles.iter().filter(|profile| profile.outcome == RecordMergeOutcome::Added).count(),
    })
}
