//! What another expiry policy would mean for the certificates that are there, before it is set.

use certdeck_shared::api::notice::{Begins, ExpiryPolicy, ForetoldCertificate, PolicyPreview, Stage};
use certdeck_shared::expiry;
use time::OffsetDateTime;

use super::certificates::{Found, LONG_OVER};
use super::{Notices, policy};
use crate::domain::databases::OperationError;

/// How many are shown: who has more of them looks at what is told first.
const SHOWN: usize = 200;

impl Notices {
    /// What a policy would mean.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn preview_policy(&self, wanted: &ExpiryPolicy) -> Result<PolicyPreview, OperationError> {
        let faults = policy::faults(wanted);
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        Ok(preview(wanted, &self.policy().await?, &self.found().await?, self.environment.clock.now()))
    }
}

fn preview(wanted: &ExpiryPolicy, in_force: &ExpiryPolicy, found: &[Found], now: OffsetDateTime) -> PolicyPreview {
    let counting = found.iter().filter(|found| now - found.one.view.not_after <= LONG_OVER);
    let mut certificates: Vec<_> = counting.map(|found| foretold(wanted, in_force, found, now)).collect();
    certificates.sort_by_key(|one| (one.begins.is_none(), one.begins.map(|begins| begins.first_notice), one.not_after));
    let count = |has: fn(&ForetoldCertificate) -> bool| certificates.iter().filter(|one| has(one)).count();
    let (total, silent) = (certificates.len(), count(|one| one.begins.is_none()));
    let told_at_once = count(|one| one.stage.is_some() && one.stage != one.stage_now);
    let no_longer = count(|one| one.stage.is_none() && one.stage_now.is_some());
    certificates.truncate(SHOWN);
    PolicyPreview { certificates, total, told_at_once, no_longer, silent }
}

fn foretold(wanted: &ExpiryPolicy, in_force: &ExpiryPolicy, found: &Found, now: OffsetDateTime) -> ForetoldCertificate {
    let dated = found.one.dated(&found.database);
    let begins = expiry::timing(wanted, &dated).map(|timing| {
        let begin = |stage| expiry::begin(&timing, &dated, stage);
        Begins { first_notice: begin(Stage::FirstNotice), reminder: begin(Stage::Reminder), last_days: begin(Stage::LastDays) }
    });
    ForetoldCertificate {
        database: found.database.clone(),
        label: found.label.clone(),
        fingerprint_sha256: found.one.fingerprint.clone(),
        name: found.one.name(),
        not_after: found.one.view.not_after,
        rule: expiry::rule(wanted, &dated),
        begins,
        stage: expiry::due(wanted, &dated, now),
        stage_now: expiry::due(in_force, &dated, now),
    }
}
