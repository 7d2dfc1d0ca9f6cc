//! Another database's certificates, trust and keys, taken over into this one. What is here already wins; what would clash is shown first.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use certdeck_shared::api::database::DatabaseFormat;
use certdeck_shared::api::merge::{Merge, MergeOutcome, MergeReport, MergedCertificate, MergedKey};
use certdeck_shared::trust::TrustFlags;
use serde_json::json;

use super::databases::{Databases, Done, Operation, OperationError};
use crate::keystore::PrivateKey;
use crate::nss::listing::{ListedCertificate, Listing};
use crate::token::{CertificateToImport, KeyToImport, Secret};

/// What a merge will write.
#[derive(Default)]
struct Plan {
    conflicts: Vec<String>,
    certificates: Vec<MergedCertificate>,
    keys: Vec<MergedKey>,
    /// Certificates to add.
    to_add: Vec<CertificateToImport>,
    /// Certificates that are here, the trust they get, the trust they have.
    to_trust: Vec<(Vec<u8>, TrustFlags, TrustFlags)>,
}

impl Databases {
    /// What a merge would do. Nothing is written.
    ///
    /// # Errors
    /// `NotFound`; a source that cannot be read, or is this database itself.
    pub async fn preview_merge(&self, actor: &str, id: &str, merge: &Merge) -> Result<MergeReport, OperationError> {
        let (operation, source) = self.both(actor, id, merge)?;
        let (here, there) = (operation.database.listing().await?, source.seen().await?);
        Ok(plan(&here, &there).report(false, None, here.revision.clone()))
    }

    /// Merges: all of it, or nothing.
    ///
    /// # Errors
    /// `Locked`; `PinIncorrect` for the source's password. Nothing has changed then.
    pub async fn merge(&self, actor: &str, id: &str, merge: Merge) -> Result<MergeReport, OperationError> {
        let (operation, source) = self.both(actor, id, &merge)?;
        let password = merge.source_password.map(Secret::from);
        let result = operation.merge_in_turn(&source, password.as_ref()).await;
        operation.conclude("database.merge", Some(&source.database.path.display().to_string()), result).await
    }

    fn both(&self, actor: &str, id: &str, merge: &Merge) -> Result<(Operation, Operation), OperationError> {
        let operation = self.operation(id, actor)?;
        let Ok(source) = self.operation(&merge.source, actor) else {
            return Err(OperationError::invalid("/source", "There is no such database here; register it first."));
        };
        if source.database.id == operation.database.id || source.database.path == operation.database.path {
            return Err(OperationError::invalid("/source", "A database cannot be merged into itself."));
        }
        Ok((operation, source))
    }
}

impl Operation {
    /// The listing of a source, keys included: those of the old format show to who is logged in only.
    async fn seen(&self) -> Result<std::sync::Arc<Listing>, OperationError> {
        if self.database.format == DatabaseFormat::Dbm {
            self.database.needs_unlocked().await?;
            self.database.forget_listing().await;
        }
        self.database.listing().await
    }

    async fn merge_in_turn(&self, source: &Self, password: Option<&Secret>) -> Result<Done<MergeReport>, OperationError> {
        let _turn = self.database.turn().await?;
        let (here, there) = (self.database.listing().await?, source.seen().await?);
        let mut plan = plan(&here, &there);
        let keys = source.keys_to_take(&plan, &there, password).await?;
        if keys.is_empty() && plan.to_add.is_empty() && plan.to_trust.is_empty() {
            return Ok(Done { answer: plan.report(true, None, here.revision.clone()), before: None, after: None });
        }
        self.database.needs_unlocked().await?;
        let snapshot = self.snapshot(&format!("merge of {}", source.database.path.display())).await?;
        let changes = plan.to_trust.iter().map(|(der, trust, _)| (der.clone(), *trust)).collect();
        self.database.token.set_trust(changes, |_| ControlFlow::Continue(())).await?;
        let added = self.database.token.import_keys(keys, std::mem::take(&mut plan.to_add)).await;
        if let Err(error) = added {
            let back = plan.to_trust.iter().map(|(der, _, before)| (der.clone(), *before)).collect();
            let _ = self.database.token.set_trust(back, |_| ControlFlow::Continue(())).await;
            return Err(error.into());
        }
        let revision = self.changed()?;
        let count = |outcome| plan.certificates.iter().filter(|one| one.outcome == outcome).count();
        let after = json!({
            "source": source.database.path,
            "certificates_added": count(MergeOutcome::Added),
            "trust_added": count(MergeOutcome::TrustAdded),
            "keys_added": plan.keys.iter().filter(|key| !key.present).map(|key| &key.id).collect::<Vec<_>>(),
        });
        Ok(Done { answer: plan.report(true, snapshot, revision), before: None, after: Some(after) })
    }

    /// The private keys that the other database lacks, out of this one for its password.
    async fn keys_to_take(&self, plan: &Plan, there: &Listing, password: Option<&Secret>) -> Result<Vec<KeyToImport>, OperationError> {
        let mut keys = Vec::new();
        for key in plan.keys.iter().filter(|key| !key.present) {
            let Some(password) = password else {
                let message = "The source has private keys that are not here; they leave it for its password only.";
                return Err(OperationError::invalid("/source_password", message));
            };
            let pkcs8 = self.release_key(&key.id, password).await?;
            let read = PrivateKey::read(&pkcs8)
                .map_err(|error| OperationError::Unreadable(format!("The key {} of the source cannot be taken over: {error}.", key.id)))?;
            let certificate = there.certificates.iter().find(|one| one.key_id.as_ref() == Some(&key.id));
            keys.push(KeyToImport {
                subject_public_key_info: read.subject_public_key_info.clone(),
                pkcs8,
                label: key.label.clone().unwrap_or_default(),
                subject: certificate.map(|one| one.subject.clone()),
            });
        }
        Ok(keys)
    }
}

impl Plan {
    fn report(self, applied: bool, snapshot: Option<String>, revision: String) -> MergeReport {
        MergeReport { applied, conflicts: self.conflicts, certificates: self.certificates, keys: self.keys, snapshot, revision }
    }
}

/// What becomes of everything in the source, before anything is written.
fn plan(here: &Listing, there: &Listing) -> Plan {
    let mut plan = Plan::default();
    let mut nickname_of: HashMap<&[u8], String> = HashMap::new();
    let mut subject_of: HashMap<String, &[u8]> = HashMap::new();
    let mut by_serial: HashSet<(&[u8], &[u8])> = HashSet::new();
    for one in &here.certificates {
        by_serial.insert((&one.issuer, &one.serial_number));
        if let Some(nickname) = &one.nickname {
            nickname_of.insert(&one.subject, nickname.clone());
            subject_of.insert(nickname.clone(), &one.subject);
        }
    }
    for one in &there.certificates {
        let merged = match here.certificate(&one.fingerprint_sha256) {
            Some(present) => join(&mut plan, present, one),
            None if by_serial.contains(&(one.issuer.as_slice(), one.serial_number.as_slice())) => {
                plan.conflicts.push(format!("{} is not added: another certificate of its issuer has its serial number here.", name(one)));
                merged(one, MergeOutcome::SerialNumberReused, None, TrustFlags::default())
            }
            None => {
                let nickname = nickname_for(one, &mut nickname_of, &mut subject_of);
                if nickname != one.nickname {
                    plan.conflicts.push(format!("{} gets the nickname {}.", name(one), nickname.as_deref().unwrap_or_default()));
                }
                let trust = one.trust.with_user(false);
                plan.to_add.push(CertificateToImport {
                    der: one.der.clone(),
                    nickname: nickname.clone().unwrap_or_default(),
                    trust: Some(trust).filter(|trust| !trust.is_empty()),
                });
                merged(one, MergeOutcome::Added, nickname, trust)
            }
        };
        plan.certificates.push(merged);
    }
    let ids: HashSet<&str> = here.keys.iter().map(|key| key.id.as_str()).collect();
    let keys = there.keys.iter().map(|key| MergedKey {
        id: key.id.clone(),
        label: key.label.clone(),
        algorithm: key.algorithm.clone(),
        present: ids.contains(key.id.as_str()),
    });
    plan.keys = keys.collect();
    plan
}

/// A certificate that both have.
fn join(plan: &mut Plan, here: &ListedCertificate, there: &ListedCertificate) -> MergedCertificate {
    let before = here.trust.with_user(false);
    let after = before.merged(there.trust);
    if before.contradicts(there.trust) {
        plan.conflicts.push(format!(
            "{} is trusted as {before} here and as {} in the source; {after} it is.",
            name(here),
            there.trust.with_user(false)
        ));
    }
    if there.nickname.is_some() && there.nickname != here.nickname {
        plan.conflicts.push(format!("{} keeps its nickname; the source calls it {}.", name(here), name(there)));
    }
    if after == before {
        return merged(there, MergeOutcome::Present, here.nickname.clone(), before);
    }
    plan.to_trust.push((here.der.clone(), after, before));
    merged(there, MergeOutcome::TrustAdded, here.nickname.clone(), after)
}

fn merged(source: &ListedCertificate, outcome: MergeOutcome, nickname: Option<String>, trust: TrustFlags) -> MergedCertificate {
    MergedCertificate {
        fingerprint_sha256: source.fingerprint_sha256.clone(),
        source_nickname: source.nickname.clone(),
        source_trust: source.trust.with_user(false).to_string(),
        outcome,
        nickname,
        trust: trust.to_string(),
    }
}

fn name(one: &ListedCertificate) -> String {
    one.nickname.clone().unwrap_or_else(|| one.fingerprint_sha256.chars().take(16).collect())
}

/// All certificates of a subject share a nickname, and no two subjects do: a name that is taken gets a number behind it.
fn nickname_for<'listing>(
    one: &'listing ListedCertificate,
    nickname_of: &mut HashMap<&'listing [u8], String>,
    subject_of: &mut HashMap<String, &'listing [u8]>,
) -> Option<String> {
    if let Some(shared) = nickname_of.get(one.subject.as_slice()) {
        return Some(shared.clone());
    }
    let mut nickname = one.nickname.clone()?;
    while subject_of.contains_key(&nickname) {
        nickname = incremented(&nickname);
    }
    nickname_of.insert(&one.subject, nickname.clone());
    subject_of.insert(nickname.clone(), &one.subject);
    Some(nickname)
}

/// `Server`, `Server #2`, `Server #3`.
fn incremented(nickname: &str) -> String {
    if let Some((stem, number)) = nickname.rsplit_once(" #")
        && let Ok(number) = number.parse::<u64>()
    {
        return format!("{stem} #{}", number.saturating_add(1));
    }
    format!("{nickname} #2")
}

#[cfg(test)]
mod tests {
    use super::incremented;

    #[test]
    fn names_are_counted_as_nss_counts_them() {
        for (before, after) in [("a", "a #2"), ("a #2", "a #3"), ("a #9", "a #10"), ("a #x", "a #x #2"), ("a#2", "a#2 #2")] {
            assert_eq!(incremented(before), after);
        }
    }
}
