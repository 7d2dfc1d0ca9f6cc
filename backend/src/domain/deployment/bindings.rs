//! Bindings: made, listed, forgotten. None of it touches a file of a service.

use certdeck_shared::api::binding::{Binding, NewBinding};
use certdeck_shared::api::service::TlsMode;
use certdeck_shared::glass::Action;
use serde_json::json;

use super::Deployments;
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, record};
use crate::host::randomness;
use crate::state::{AuditDraft, BindingRecord, ServiceRecord};

/// Most bindings of a service.
const MOST: usize = 100;
/// Most octets of a path (PATH_MAX).
const LONGEST_PATH: usize = 4_096;

impl Deployments {
    /// Those of a service, the oldest first, each with the certificate that counts now.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn bindings(&self, service: &str) -> Result<Vec<Binding>, OperationError> {
        self.services.record(service).await?;
        let records = self.environment.store.bindings().list(Some(service)).await?;
        let mut told = Vec::with_capacity(records.len());
        for record in records {
            told.push(self.told(record).await);
        }
        Ok(told)
    }

    /// Joins a certificate to a service. Nothing of the service changes before a plan is applied.
    ///
    /// # Errors
    /// `NotFound`; a certificate without nickname or key, an endpoint that the service does not have, a path that is none.
    pub async fn bind(&self, actor: &str, service: &str, new: NewBinding) -> Result<Binding, OperationError> {
        let known = self.services.record(service).await?;
        let made = self.make(actor, &known, &new).await;
        let lines = of_console(&Action::CreateBinding { service: service.to_owned(), body: new });
        let draft = match &made {
            Ok(record) => AuditDraft::success(actor, "binding.create").after(shown(record)).standing_for(lines),
            Err(error) => AuditDraft::refused(actor, "binding.create", error.problem().code),
        };
        record(&self.environment, draft.subject(known.config)).await;
        Ok(self.told(made?).await)
    }

    async fn make(&self, actor: &str, service: &ServiceRecord, new: &NewBinding) -> Result<BindingRecord, OperationError> {
        let directory = new.directory.as_deref().filter(|directory| !directory.is_empty());
        if directory.is_some_and(|directory| !is_plain_path(directory)) {
            let words = "The directory is an absolute path without `..` and control characters, such as /etc/postfix/ssl.";
            return Err(OperationError::invalid("/directory", words));
        }
        self.check_endpoints(service, &new.endpoints).await?;
        if self.environment.store.bindings().list(Some(&service.id)).await?.len() >= MOST {
            return Err(OperationError::invalid("/certificate", format!("A service has at most {MOST} bindings. Remove one first.")));
        }
        let operation = self.databases.operation(&new.database, actor).map_err(|_| {
            OperationError::invalid("/database", "There is no such database at this console. Choose one of GET /databases.")
        })?;
        let reach = operation.reach_with_key(&new.certificate, &[]).await?;
        let certificate = reach.find(&new.certificate, "/certificate")?;
        if reach.key_of(certificate).is_none() {
            let words =
                "The private key of this certificate is not in the database, nor on a token that is unlocked: a service needs both.";
            return Err(OperationError::invalid("/certificate", words));
        }
        let Some(nickname) = certificate.nickname.clone() else {
            let words = "This certificate has no nickname, by which a renewed one would be found. Give it one first.";
            return Err(OperationError::invalid("/certificate", words));
        };
        let place = reach.place_of(certificate);
        let token = place.token.as_ref().map(|token| token.label.clone());
        let nickname = match &token {
            Some(label) => nickname.strip_prefix(&format!("{label}:")).unwrap_or(&nickname).to_owned(),
            None => nickname,
        };
        let record = BindingRecord {
            id: randomness::identifier(),
            service: service.id.clone(),
            database: new.database.clone(),
            token,
            nickname,
            endpoints: new.endpoints.clone(),
            layout: new.layout,
            directory: directory.map(str::to_owned),
            created_by: actor.to_owned(),
            created_at: self.environment.clock.now(),
        };
        self.environment.store.bindings().insert(record.clone()).await?;
        Ok(record)
    }

    /// Forgets one. The files of the service stay as they are.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn unbind(&self, actor: &str, service: &str, id: &str) -> Result<(), OperationError> {
        let known = self.services.record(service).await?;
        let binding = self.environment.store.bindings().by_id(service, id).await?;
        let binding = binding.ok_or_else(|| OperationError::not_found("binding", id))?;
        self.environment.store.bindings().remove(service, id).await?;
        let lines = of_console(&Action::RemoveBinding { service: service.to_owned(), binding: id.to_owned() });
        let draft = AuditDraft::success(actor, "binding.remove").subject(known.config).before(shown(&binding)).standing_for(lines);
        record(&self.environment, draft).await;
        Ok(())
    }

    async fn check_endpoints(&self, service: &ServiceRecord, names: &[String]) -> Result<(), OperationError> {
        if names.is_empty() {
            return Ok(());
        }
        let known = self.services.endpoints(service, "/endpoints").await?;
        for (place, name) in names.iter().enumerate() {
            if !known.iter().any(|endpoint| endpoint.name == *name) {
                let encrypted = known.iter().filter(|endpoint| endpoint.tls != TlsMode::Off);
                let names: Vec<&str> = encrypted.map(|endpoint| endpoint.name.as_str()).collect();
                let words = format!("The service has no endpoint of this name. Those with TLS are: {}.", names.join(", "));
                return Err(OperationError::invalid(format!("/endpoints/{place}"), words));
            }
        }
        Ok(())
    }
}

fn is_plain_path(path: &str) -> bool {
    path.starts_with('/') && path.len() <= LONGEST_PATH && !path.split('/').any(|part| part == "..") && !path.contains(char::is_control)
}

fn shown(record: &BindingRecord) -> serde_json::Value {
    json!({
        "service": record.service, "database": record.database, "token": record.token, "nickname": record.nickname,
        "endpoints": record.endpoints, "layout": record.layout, "directory": record.directory,
    })
}
