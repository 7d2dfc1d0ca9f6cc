//! Whoever takes away what others rest on is asked again who they are.

use std::collections::BTreeMap;

use certdeck_shared::api::validation::Simulation;

use crate::domain::databases::{Operation, OperationError};

/// How many are named.
const NAMED: usize = 3;

impl Operation {
    /// Refuses who did not prove lately who they are, when a certificate would stop being valid for something by these changes.
    ///
    /// # Errors
    /// `ConfirmationRequired`; those of the trial.
    pub(in crate::domain) async fn ask_before_breaking(&self, changes: Simulation) -> Result<(), OperationError> {
        let Some(cure) = self.unconfirmed else { return Ok(()) };
        let stops = self.simulate(changes).await?.stops;
        let broken: BTreeMap<String, String> = stops
            .into_iter()
            .flat_map(|change| change.certificates)
            .map(|one| (one.fingerprint_sha256.clone(), one.nickname.unwrap_or(one.fingerprint_sha256)))
            .collect();
        if broken.is_empty() {
            return Ok(());
        }
        let mut names: Vec<&str> = broken.values().map(String::as_str).collect();
        names.sort_unstable();
        let more = names.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!(" and {more} more")).unwrap_or_default();
        names.truncate(NAMED);
        Err(OperationError::ConfirmationRequired { broken: names.join(", ") + &more, cure })
    }
}
