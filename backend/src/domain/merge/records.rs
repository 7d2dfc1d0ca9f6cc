//! Revocation lists and S/MIME profiles of the source: added where none stands in their place, as in NSS.

use certdeck_shared::api::merge::{MergedRevocationList, MergedSmimeProfile, RecordMergeOutcome};
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::x509::revocation_list::{self, ReadList};

use super::plan::Plan;
use crate::token::{RecordKind, TokenRecord};

/// Plans them and says what becomes of each.
pub(super) fn add(plan: &mut Plan, here: &[TokenRecord], there: &[TokenRecord]) {
    for record in there {
        let present = here.iter().find(|other| other.stands_for(record));
        let outcome = if present.is_some() { RecordMergeOutcome::Present } else { RecordMergeOutcome::Added };
        match record.kind {
            RecordKind::RevocationList => {
                let list = read(record);
                let issuer = subject(record);
                if let Some(ours) = present.filter(|ours| ours.value() != record.value()) {
                    plan.report.conflicts.push(kept(&issuer, read(ours).as_ref(), list.as_ref()));
                }
                plan.report.revocation_lists.push(MergedRevocationList {
                    issuer,
                    this_update: list.as_ref().map(|list| list.this_update),
                    next_update: list.and_then(|list| list.next_update),
                    outcome,
                });
            }
            RecordKind::SmimeProfile => {
                let profile = MergedSmimeProfile { subject: subject(record), email: record.email(), outcome };
                if present.is_some_and(|ours| ours.value() != record.value()) {
                    plan.report.conflicts.push(format!("The S/MIME profile of {} stays as it is here.", profile.email));
                }
                plan.report.smime_profiles.push(profile);
            }
        }
        if present.is_none() {
            plan.records.push(record.clone());
        }
    }
}

fn read(record: &TokenRecord) -> Option<ReadList> {
    revocation_list::read(record.value()).ok()
}

fn subject(record: &TokenRecord) -> String {
    DistinguishedName::from_der(record.subject()).map(|name| name.to_string()).unwrap_or_default()
}

/// NSS keeps the list that is there, be it older.
fn kept(issuer: &str, ours: Option<&ReadList>, theirs: Option<&ReadList>) -> String {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if theirs.this_update > ours.this_update => format!(
            "The revocation list of {issuer} stays as it is here, of {}; that of the source is newer, of {}. Issue or import a newer one here.",
            ours.this_update.date(),
            theirs.this_update.date()
        ),
        _ => format!("The revocation list of {issuer} stays as it is here."),
    }
}
