//! The services of this host: found, registered, described. Their files are read and never written.

mod described;
mod description;
mod nicknamed;
mod registration;

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Endpoint, FoundService, NewService, Service, ServiceChange, ServiceDescription};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::command_lines::of_console;
use super::console::Environment;
use super::databases::{Databases, OperationError, blocking, record};
use crate::deploy::adapter::{Observation, adapter};
use crate::deploy::change::ProgramRun;
use crate::deploy::discovery;
use crate::deploy::plan::{self, own_control};
use crate::host::randomness;
use crate::host::tree::Tree;
use crate::state::{AuditDraft, ServiceRecord, StateError};

/// The registered services; cheap to clone.
#[derive(Clone)]
pub struct Services {
    environment: Environment,
    databases: Databases,
    tree: Tree,
}

impl Services {
    /// Those of the state; their files are in `tree`.
    #[must_use]
    pub fn new(environment: Environment, databases: Databases, tree: Tree) -> Self {
        Self { environment, databases, tree }
    }

    /// Services of this host: those that run, and those whose configuration is in a usual place.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn found(&self) -> Result<Vec<FoundService>, OperationError> {
        let registered = self.environment.store.services().list().await?;
        let tree = self.tree.clone();
        let found = blocking(move || discovery::found(&tree)).await?;
        let told = found.into_iter().map(|found| {
            let config = found.config.display().to_string();
            let registered = registered.iter().any(|record| record.kind == found.kind && record.config == config);
            FoundService { kind: found.kind, config, processes: found.processes, registered }
        });
        Ok(told.collect())
    }

    /// The registered ones, the oldest first, in short.
    ///
    /// # Errors
    /// When the state cannot be read. A service whose files cannot be read says so itself.
    pub async fn list(&self) -> Result<Vec<Service>, OperationError> {
        let records = self.environment.store.services().list().await?;
        let tree = self.tree.clone();
        let mut described = blocking(move || {
            let running = discovery::found(&tree);
            records.into_iter().map(|record| description::described(&tree, &running, record)).collect::<Vec<_>>()
        })
        .await?;
        for one in &mut described {
            nicknamed::look_up(&self.databases, &self.tree, one).await;
        }
        Ok(described.into_iter().map(|one| one.service).collect())
    }

    /// The check of its configuration, by the administrator's program or the console's own way; nothing where there is none.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn check(&self, id: &str) -> Result<Option<ProgramRun>, OperationError> {
        let record = self.record(id).await?;
        let tree = self.tree.clone();
        blocking(move || plan::check(&tree, record.kind, Path::new(&record.config), &record.control)).await
    }

    /// Everything about one.
    ///
    /// # Errors
    /// `NotFound`; a configuration whose main file cannot be read says so in the service.
    pub async fn describe(&self, id: &str) -> Result<ServiceDescription, OperationError> {
        let record = self.record(id).await?;
        let tree = self.tree.clone();
        let mut described = blocking(move || {
            let own_control = own_control(&tree, record.kind, Path::new(&record.config));
            ServiceDescription { own_control, ..description::described(&tree, &discovery::found(&tree), record) }
        })
        .await?;
        nicknamed::look_up(&self.databases, &self.tree, &mut described).await;
        Ok(self.with_holders(described).await)
    }

    /// Registers one whose configuration can be read.
    ///
    /// # Errors
    /// A path that is none, a configuration that cannot be read, one that is registered.
    pub async fn add(&self, actor: &str, new: NewService) -> Result<Service, OperationError> {
        let subject: String = new.config.chars().take(200).collect();
        let (kind, control, description) = (new.kind.name(), new.control.clone(), new.description.clone());
        let lines = of_console(&Action::CreateService { body: new.clone() });
        let added = self.register(new).await;
        let draft = match &added {
            Ok(service) => AuditDraft::success(actor, "service.register")
                .after(json!({"id": service.id, "kind": kind, "config": service.config, "label": service.label, "control": control, "description": description}))
                .standing_for(lines),
            Err(error) => AuditDraft::refused(actor, "service.register", error.problem().code),
        };
        record(&self.environment, draft.subject(subject)).await;
        added
    }

    async fn register(&self, new: NewService) -> Result<Service, OperationError> {
        let (tree, kind, control) = (self.tree.clone(), new.kind, new.control.clone());
        let (directory, id) = (self.descriptions(), randomness::identifier());
        let checked = {
            let (directory, id) = (directory.clone(), id.clone());
            blocking(move || {
                let new = described::keep(&directory, &id, new)?;
                let refused = |_: &OperationError| drop(described::forget(&directory, &new.config));
                registration::checked(&tree, &new).inspect_err(refused)
            })
        };
        let (config, label) = checked.await??;
        let record = ServiceRecord { id, kind, label, config, control, registered_at: self.environment.clock.now() };
        if let Err(error) = self.environment.store.services().insert(record.clone()).await {
            let config = record.config.clone();
            blocking(move || described::forget(&directory, &config)).await??;
            return Err(match error {
                StateError::Exists => OperationError::AlreadyRegistered { path: record.config },
                other => other.into(),
            });
        }
        let tree = self.tree.clone();
        Ok(blocking(move || description::described(&tree, &discovery::found(&tree), record)).await?.service)
    }

    /// Gives one another label, or other programs that act on it.
    ///
    /// # Errors
    /// `NotFound`; a label or a program that cannot be taken.
    pub async fn change(&self, actor: &str, id: &str, change: ServiceChange) -> Result<ServiceDescription, OperationError> {
        let known = self.record(id).await?;
        let lines = of_console(&Action::ChangeService { service: id.to_owned(), body: change.clone() });
        let changed = self.changed(known.clone(), change).await;
        let told = |record: &ServiceRecord| json!({"label": record.label, "control": record.control});
        let draft = match &changed {
            Ok(record) => AuditDraft::success(actor, "service.change").before(told(&known)).after(told(record)).standing_for(lines),
            Err(error) => AuditDraft::refused(actor, "service.change", error.problem().code),
        };
        record(&self.environment, draft.subject(known.config)).await;
        changed?;
        self.describe(id).await
    }

    async fn changed(&self, mut known: ServiceRecord, change: ServiceChange) -> Result<ServiceRecord, OperationError> {
        if let Some(label) = &change.label {
            known.label = registration::checked_label(label, known.kind.title())?;
        }
        if let Some(control) = change.control {
            let tree = self.tree.clone();
            known.control = control.clone();
            blocking(move || registration::check_control(&tree, &control)).await??;
        }
        self.environment.store.services().update(known.clone()).await?;
        Ok(known)
    }

    /// Where descriptions are kept that were given with a registration.
    fn descriptions(&self) -> PathBuf {
        described::directory(&self.environment.settings.data_dir)
    }

    /// What is kept of one.
    ///
    /// # Errors
    /// `NotFound`.
    pub(in crate::domain) async fn record(&self, id: &str) -> Result<ServiceRecord, OperationError> {
        let record = self.environment.store.services().by_id(id).await?;
        record.ok_or_else(|| OperationError::not_found("service", id))
    }

    /// What the configuration of one says, without the files that it names.
    ///
    /// # Errors
    /// A configuration that cannot be read, said of the field at `pointer`.
    pub(in crate::domain) async fn observed(&self, record: &ServiceRecord, pointer: &str) -> Result<Observation, OperationError> {
        let (tree, kind, config) = (self.tree.clone(), record.kind, record.config.clone());
        let observed = blocking(move || adapter(kind).observe(&tree, Path::new(&config))).await?;
        observed.map_err(|error| OperationError::invalid(pointer, error.to_string()))
    }

    /// The endpoints of one, from its configuration alone.
    ///
    /// # Errors
    /// As [`Services::observed`].
    pub(in crate::domain) async fn endpoints(&self, record: &ServiceRecord, pointer: &str) -> Result<Vec<Endpoint>, OperationError> {
        Ok(self.observed(record, pointer).await?.endpoints)
    }

    /// Forgets one. No file of it is touched; a description that was given with the registration goes.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn forget(&self, actor: &str, id: &str) -> Result<(), OperationError> {
        let known = self.record(id).await?;
        self.environment.store.services().remove(id).await?;
        let (directory, config) = (self.descriptions(), known.config.clone());
        blocking(move || described::forget(&directory, &config)).await??;
        let before = json!({"id": known.id, "kind": known.kind.name(), "config": known.config, "label": known.label});
        let lines = of_console(&Action::ForgetService { service: known.id });
        record(&self.environment, AuditDraft::success(actor, "service.forget").subject(known.config).before(before).standing_for(lines))
            .await;
        Ok(())
    }

    /// Adds which registered databases hold the certificates.
    async fn with_holders(&self, mut described: ServiceDescription) -> ServiceDescription {
        for database in self.databases.all() {
            // One that cannot be read holds nothing that could be told.
            let Ok(listing) = database.listing().await else { continue };
            for certificate in described.files.iter_mut().flat_map(|file| &mut file.certificates) {
                if let Some(known) = listing.certificate(&certificate.fingerprint_sha256) {
                    certificate.holders.push(description::holder(&database, known));
                }
            }
        }
        described
    }
}
