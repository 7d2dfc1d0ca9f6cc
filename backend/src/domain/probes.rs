//! Probes on demand. They open connections from this host to wherever they are told, also into networks that only it can reach; that is why
//! the REST interface leaves them to administrators, and why each is in the audit log.

use std::time::Duration;

use certdeck_shared::api::probe::{NewProbe, ProbeReport};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::glass::Action;
use serde_json::json;

use super::command_lines;
use super::console::Environment;
use super::databases::{OperationError, record};
use crate::probe::probe;
use crate::state::AuditDraft;

/// How long a probe may take altogether.
const LIMIT: Duration = Duration::from_secs(10);

/// Probes on demand.
pub struct Probes {
    environment: Environment,
}

impl Probes {
    /// With the console's audit log.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }

    /// Probes once. Whatever the other side does is part of the report.
    ///
    /// # Errors
    /// `Invalid` for what cannot be probed.
    pub async fn once(&self, actor: &str, new: NewProbe) -> Result<ProbeReport, OperationError> {
        const ACTION: &str = "probe.create";
        let subject: String = format!("{}:{}", new.host.chars().take(300).collect::<String>(), new.port);
        let faults: Vec<_> =
            new.faults().into_iter().map(|(pointer, message)| FieldError { pointer: pointer.into(), message: message.into() }).collect();
        if !faults.is_empty() {
            let error = OperationError::Invalid(faults);
            record(&self.environment, AuditDraft::refused(actor, ACTION, error.problem().code).subject(subject)).await;
            return Err(error);
        }
        let report = probe(&new, LIMIT).await;
        let leaf = report.leaf().map(|leaf| &leaf.fingerprint_sha256);
        let draft = AuditDraft::success(actor, ACTION)
            .subject(subject)
            .after(json!({"address": report.address, "outcome": report.outcome, "leaf": leaf}))
            .standing_for(command_lines::of_console(&Action::CreateProbe { body: new }));
        record(&self.environment, draft).await;
        Ok(report)
    }
}
