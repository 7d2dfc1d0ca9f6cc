//! Whoever takes away what others rest on is asked again who they are.

use std::collections::BTreeMap;

use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::validation::{SimulatedImport, Simulation};
use certdeck_shared::trust::TrustFlags;

use crate::domain::databases::{Asking, Operation, OperationError};

/// How many are named.
const NAMED: usize = 3;

impl Operation {
    /// Whether anybody has to be asked before chains break.
    pub(in crate::domain) fn asks_before_breaking(&self) -> bool {
        self.asking.unconfirmed.is_some() || self.asking.gate.as_ref().is_some_and(|gate| gate.guards(Guarded::Trust))
    }

    /// Refuses who did not prove lately who they are, and what a second person has to approve, when a certificate would stop being valid for
    /// something by these changes.
    ///
    /// # Errors
    /// `ConfirmationRequired`; `Approval`; those of the trial.
    pub(in crate::domain) async fn ask_before_breaking(&self, changes: Simulation) -> Result<(), OperationError> {
        if !self.asks_before_breaking() {
            return Ok(());
        }
        let stops = self.try_all(changes).await?.stops;
        let broken: BTreeMap<String, String> = stops
            .into_iter()
            .flat_map(|change| change.certificates)
            .map(|one| (one.fingerprint_sha256.clone(), one.nickname.unwrap_or(one.fingerprint_sha256)))
            .collect();
        if broken.is_empty() {
            return Ok(());
        }
        let mut names: Vec<String> = broken.into_values().collect();
        names.sort_unstable();
        let broken = shortened(&names);
        self.ask_whoever_acts(names, |cure| OperationError::ConfirmationRequired { broken, cure }).await
    }

    /// The same before certificates come in, each with the trust it will have.
    ///
    /// # Errors
    /// As of [`Operation::ask_before_breaking`].
    pub(in crate::domain) async fn ask_before_adding(
        &self,
        certificates: impl Iterator<Item = (&[u8], Option<TrustFlags>)> + Send,
    ) -> Result<(), OperationError> {
        if !self.asks_before_breaking() {
            return Ok(());
        }
        let added = |(der, trust): (&[u8], Option<TrustFlags>)| SimulatedImport {
            der: Base64(der.to_vec()),
            trust: trust.unwrap_or_default().to_string(),
        };
        let added = certificates.map(added).collect();
        self.ask_before_breaking(Simulation { added, ..Simulation::default() }).await
    }

    /// The same before something is lost that no snapshot brings back.
    ///
    /// # Errors
    /// `LossConfirmationRequired`; `Approval`.
    pub(in crate::domain) async fn ask_before_losing(&self, what: String) -> Result<(), OperationError> {
        if !self.asks_before_breaking() {
            return Ok(());
        }
        self.ask_whoever_acts(Vec::new(), |cure| OperationError::LossConfirmationRequired { what, cure }).await
    }

    async fn ask_whoever_acts(
        &self,
        breaks: Vec<String>,
        refusal: impl FnOnce(&'static str) -> OperationError,
    ) -> Result<(), OperationError> {
        let Asking { unconfirmed, gate } = &self.asking;
        match (*unconfirmed, gate) {
            (Some(cure), _) => Err(refusal(cure)),
            (None, Some(gate)) => Ok(gate.pass(Guarded::Trust, breaks).await?),
            (None, None) => Ok(()),
        }
    }
}

fn shortened(names: &[String]) -> String {
    let more = names.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
    names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ") + &more
}
