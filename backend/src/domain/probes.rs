//! Probes on demand. They open connections from this host, also into networks that only it can reach; that is why the REST interface leaves
//! them to administrators, why the list of what may be watched counts for them as well, and why each is in the audit log.

use certdeck_shared::api::probe::{NewProbe, ProbeOutcome, ProbeReport};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::glass::Action;
use serde_json::json;

use super::allowance::Allowance;
use super::command_lines;
use super::console::Environment;
use super::databases::{OperationError, record};
use crate::probe::{LIMIT, probe_through};
use crate::state::AuditDraft;

const ACTION: &str = "probe.create";

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
    /// `Invalid` for what cannot be probed, or may not.
    pub async fn once(&self, actor: &str, new: NewProbe) -> Result<ProbeReport, OperationError> {
        let subject: String = format!("{}:{}", new.host.chars().take(300).collect::<String>(), new.port);
        let report = match self.probed(&new).await {
            Ok(report) => report,
            Err(error) => {
                record(&self.environment, AuditDraft::refused(actor, ACTION, error.problem().code).subject(subject)).await;
                return Err(error);
            }
        };
        let leaf = report.leaf().map(|leaf| &leaf.fingerprint_sha256);
        let draft = AuditDraft::success(actor, ACTION)
            .subject(subject)
            .after(json!({"address": report.address, "outcome": report.outcome, "leaf": leaf}))
            .standing_for(command_lines::of_console(&Action::CreateProbe { body: new }));
        record(&self.environment, draft).await;
        Ok(report)
    }

    async fn probed(&self, new: &NewProbe) -> Result<ProbeReport, OperationError> {
        let faults: Vec<_> =
            new.faults().into_iter().map(|(pointer, message)| FieldError { pointer: pointer.into(), message: message.into() }).collect();
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        let allowance = Allowance::in_force(&self.environment).await?;
        let report = probe_through(new, &|addresses| allowance.check(&new.host, addresses), LIMIT).await;
        match report.outcome {
            ProbeOutcome::NotAllowed => Err(OperationError::invalid("/host", report.words)),
            _ => Ok(report),
        }
    }
}
