//! The registered databases: made, registered, converted, forgotten, unlocked, watched.

mod attempts;
mod conversion_report;
mod convert;
mod create;
mod embedded;
pub mod error;
mod files;
mod found;
mod login;
mod modules;
mod open;
mod operation;
mod own_writes;
pub mod password;
mod path;
mod release;
mod status;
mod tokens;
mod watch;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use certdeck_shared::api::database::{Database, DatabaseChange, DatabaseFormat, NewDatabase};
use certdeck_shared::api::event::Event;
use certdeck_shared::glass::Action;
use serde_json::json;
use tokio::sync::Mutex as AsyncMutex;

use super::console::Environment;
use crate::domain::command_lines;
use crate::host::randomness;
use crate::nss::location::Location;
use crate::nss::recognise;
use crate::nss::snapshots::{SnapshotStore, finish_interrupted};
use crate::state::{AuditDraft, DatabaseRecord};
use crate::token::TokenHandle;
pub use error::OperationError;
pub(in crate::domain) use error::chain;
pub use open::OpenDatabase;
pub(crate) use open::blocking;
pub(crate) use operation::record;
pub use operation::{Asking, Done, Operation};
pub(crate) use tokens::{Place, Reach};

/// The registered databases and their tokens; cheap to clone.
#[derive(Clone)]
pub struct Databases {
    environment: Environment,
    open: Arc<RwLock<HashMap<String, Arc<OpenDatabase>>>>,
    /// One creation, registration or removal at a time.
    changing: Arc<AsyncMutex<()>>,
}

impl Databases {
    /// No databases yet; [`Databases::start`] opens those of the state.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, open: Arc::default(), changing: Arc::default() }
    }

    /// Opens what is registered and changes nothing.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn look_on(&self) -> Result<(), OperationError> {
        for record in self.environment.store.databases().list().await? {
            self.adopt(record);
        }
        Ok(())
    }

    /// Opens what is registered, finishes restorations that were cut short, and begins to watch. Before the server listens.
    ///
    /// # Errors
    /// When the state cannot be read. A database that cannot be read keeps nothing from starting.
    pub async fn start(&self) -> Result<(), OperationError> {
        for record in self.environment.store.databases().list().await? {
            let database = self.adopt(record);
            let (snapshots, location) = (database.snapshots.clone(), database.location.clone());
            let finished = blocking(move || {
                snapshots.sweep();
                finish_interrupted(snapshots.directory(), location)
            })
            .await?;
            match finished {
                Ok(None) => {}
                Ok(Some(pending)) => {
                    tracing::warn!(database.id, snapshot.id = pending.snapshot, "a restoration that was cut short has been completed");
                    let draft = AuditDraft::success("console", "snapshot.restore").database(&database.id).subject(pending.snapshot);
                    operation::record(&self.environment, draft.after(json!({"completed_at_start": true}))).await;
                }
                Err(error) => tracing::error!(database.id, %error, "a restoration that was cut short could not be completed"),
            }
            self.settle_password_change(database).await;
        }
        self.watch();
        Ok(())
    }

    /// Completes or takes back a change of a password that was cut short; that of a token, whose module may hang, behind the start's back.
    async fn settle_password_change(&self, database: Arc<OpenDatabase>) {
        let operation = Operation::new(self.environment.clone(), database, "console");
        let of_token = password::is_of_token(operation.database.snapshots.directory());
        let settling = async move {
            let _turn = operation.database.turn().await;
            operation.settle_at_start().await;
        };
        if of_token {
            tokio::spawn(settling);
        } else {
            settling.await;
        }
    }

    /// Ends the workers, at the end of the console.
    pub async fn close(&self) {
        let all: Vec<_> = self.open.write().unwrap_or_else(PoisonError::into_inner).drain().map(|(_, database)| database).collect();
        for database in all {
            // A worker that is not there any more is what we want.
            let _ = database.token.close().await;
            database.modules.close().await;
        }
    }

    /// All, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<OpenDatabase>> {
        let mut all: Vec<_> = self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        all.sort_by(|left, right| (left.registered_at, &left.id).cmp(&(right.registered_at, &right.id)));
        all
    }

    /// One by its identifier.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn by_id(&self, id: &str) -> Result<Arc<OpenDatabase>, OperationError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.get(id).cloned().ok_or_else(|| OperationError::not_found("database", id))
    }

    /// Somebody begins to do something with a database.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn operation(&self, id: &str, actor: &str) -> Result<Operation, OperationError> {
        Ok(Operation::new(self.environment.clone(), self.by_id(id)?, actor))
    }

    /// Makes, registers or converts one.
    ///
    /// # Errors
    /// Every refusal leaves disk and console as they were.
    pub async fn add(&self, actor: &str, new: NewDatabase) -> Result<Database, OperationError> {
        let _turn = self.changing.lock().await;
        let (action, path) = match &new {
            NewDatabase::Create { path, .. } => ("database.create", path.clone()),
            NewDatabase::Register { path, .. } => ("database.register", path.clone()),
            NewDatabase::Convert { path, .. } => ("database.convert", path.clone()),
        };
        let lines = command_lines::of_console(&Action::CreateDatabase { body: new.without_password() });
        let added = match new {
            NewDatabase::Create { .. } => self.create(new).await,
            NewDatabase::Register { path, prefix, label } => self.register(&path, prefix, label).await,
            NewDatabase::Convert { path, prefix, label, password } => self.convert(&path, prefix, label, password.into()).await,
        };
        let mut draft = match &added {
            Ok(database) => {
                let after = json!({"path": path, "label": database.label()});
                AuditDraft::success(actor, action).database(&database.id).after(after).standing_for(lines)
            }
            Err(error) => AuditDraft::refused(actor, action, error.problem().code),
        };
        draft.subject = Some(path.chars().take(200).collect());
        operation::record(&self.environment, draft).await;
        let database = added?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(self.describe(&database).await)
    }

    async fn register(&self, path: &str, prefix: Option<String>, label: Option<String>) -> Result<Arc<OpenDatabase>, OperationError> {
        let directory = path::existing(path)?;
        let location = found::which(directory, prefix, |_| true).await?;
        let label = path::label(label, &location)?;
        self.refuse_registered(&location)?;
        let looked_at = location.clone();
        let contents = blocking(move || recognise::contents(looked_at)).await??;
        let Some(format) = contents.format() else {
            if !contents.faults.is_empty() {
                return Err(OperationError::NotADatabase(format!("{location}: {}", contents.faults.join("; "))));
            }
            return Err(OperationError::invalid(
                "/path",
                format!("{location} holds no NSS database: cert9.db and key4.db, or cert8.db and key3.db, are needed."),
            ));
        };
        self.remember(&location, label, format, false).await
    }

    fn refuse_registered(&self, location: &Location) -> Result<(), OperationError> {
        match self.all().iter().find(|database| database.location == *location) {
            Some(database) => Err(OperationError::AlreadyRegistered { path: database.location.to_string() }),
            None => Ok(()),
        }
    }

    async fn remember(
        &self,
        location: &Location,
        label: String,
        format: DatabaseFormat,
        embedded: bool,
    ) -> Result<Arc<OpenDatabase>, OperationError> {
        let record = DatabaseRecord {
            id: randomness::identifier(),
            label,
            path: path::text(location.directory())?,
            prefix: location.prefix().to_owned(),
            format,
            embedded,
            registered_at: self.environment.clock.now(),
        };
        self.environment.store.databases().insert(record.clone()).await?;
        Ok(self.adopt(record))
    }

    /// Opens a record; the worker starts with the first call.
    fn adopt(&self, record: DatabaseRecord) -> Arc<OpenDatabase> {
        let settings = &self.environment.settings;
        let location = Location::new(&record.path, &record.prefix);
        let token = TokenHandle::new(self.environment.worker(location, record.format));
        let snapshots = SnapshotStore::new(&settings.data_dir, &record.id, settings.snapshots_kept, settings.snapshot_age);
        let database = Arc::new(OpenDatabase::new(record, token, snapshots));
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(database.id.clone(), Arc::clone(&database));
        database
    }

    /// Changes the console's name for one.
    ///
    /// # Errors
    /// `NotFound`; a label that is empty, too long or has control characters.
    pub async fn relabel(&self, actor: &str, id: &str, label: &str) -> Result<Database, OperationError> {
        let body = DatabaseChange { label: label.to_owned() };
        let operation = self.operation(id, actor)?.standing_for(Action::ChangeDatabase { body }).await;
        let before = operation.database.label();
        let result = async {
            let label = path::label(Some(label.to_owned()), &operation.database.location)?;
            self.environment.store.databases().rename(id, &label).await?;
            operation.database.set_label(&label);
            Ok(Done { answer: (), before: Some(json!({"label": before})), after: Some(json!({"label": label})) })
        };
        let result = result.await;
        operation.conclude("database.rename", None, result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(self.describe(&operation.database).await)
    }

    /// Forgets one. No file of it is touched.
    ///
    /// # Errors
    /// `NotFound`; the console's own stays.
    pub async fn forget(&self, actor: &str, id: &str) -> Result<(), OperationError> {
        let _turn = self.changing.lock().await;
        let operation = self.operation(id, actor)?.standing_for(Action::ForgetDatabase).await;
        let before = json!({"path": operation.database.location.to_string(), "label": operation.database.label()});
        let result = async {
            if operation.database.embedded {
                return Err(OperationError::EmbeddedStays);
            }
            self.environment.store.databases().remove(id).await?;
            self.open.write().unwrap_or_else(PoisonError::into_inner).remove(id);
            let _ = operation.database.token.close().await;
            operation.database.modules.close().await;
            Ok(Done { answer: (), before: Some(before), after: None })
        };
        let result = result.await;
        operation.conclude("database.forget", None, result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(())
    }
}
