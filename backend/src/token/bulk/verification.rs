//! softoken's word for what was written: it reads everything back, and verifies the signatures of trust.

use std::collections::HashMap;

use super::{
    super::{certificates::stored, progress::Progress, session::TokenSession, trust},
    Batch, BulkError, ROWS,
};

/// Reads a batch back through softoken. On a session that is unlocked each attribute of trust is verified as it is read.
pub(super) fn verify(session: &TokenSession, batch: &Batch, knows_standard: bool, progress: &mut Progress<'_>) -> Result<(), BulkError> {
    let unconfirmed = || BulkError::unknown("softoken did not read back what was written");
    let mut expected: HashMap<_, _> = batch.planned.iter().map(|one| (one.der.as_slice(), one)).collect();
    for found in stored(session, &[])? {
        if let Some(planned) = expected.remove(found.der.as_slice())
            && (found.label.unwrap_or_default() != planned.label || found.subject != planned.parts.subject)
        {
            return Err(unconfirmed());
        }
    }
    if !expected.is_empty() {
        return Err(unconfirmed());
    }
    let trusted = batch.planned.iter().filter_map(|one| Some((one.issuer_and_serial(), one.stored_trust()?))).collect();
    let mut confirmed = 0;
    let good = trust::confirm(session, &trusted, knows_standard, || {
        confirmed += 1;
        if confirmed % ROWS != 0 {
            return Ok(());
        }
        progress.check()?;
        progress.step(confirmed.min(batch.planned.len()))
    })?;
    progress.step(batch.planned.len())?;
    if good { Ok(()) } else { Err(unconfirmed()) }
}
