//! What becomes of everything in the source, before anything is written.

use std::collections::{HashMap, HashSet};

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::merge::{KeyMergeOutcome, MergeOutcome, MergeReport, MergedCertificate, MergedKey};
use certdeck_shared::api::validation::{SimulatedImport, SimulatedTrust, Simulation};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::validation::ListFacts;
use certdeck_shared::x509::fingerprint;

use super::records;
use super::source::Seen;
use crate::domain::databases::OperationError;
use crate::nss::listing::{ListedCertificate, Listing};
use crate::token::{CertificateToImport, RecordKind, TokenRecord};

/// What a merge will write, and what it will say.
pub(super) struct Plan {
    pub(super) report: MergeReport,
    /// Certificates to add.
    pub(super) to_add: Vec<CertificateToImport>,
    /// Certificates that are here, and the trust they get.
    pub(super) to_trust: Vec<(Vec<u8>, TrustFlags)>,
    /// Revocation lists and S/MIME profiles to add.
    pub(super) records: Vec<TokenRecord>,
}

impl Plan {
    /// Compares what is here with what is there.
    pub(super) fn new(here: &Seen, there: &Seen) -> Self {
        let report = MergeReport {
            applied: false,
            conflicts: Vec::new(),
            left_behind: left_behind(here, there),
            certificates: Vec::new(),
            keys: keys(here, there),
            keys_hidden: there.keys_hidden,
            revocation_lists: Vec::new(),
            smime_profiles: Vec::new(),
            snapshot: None,
            revision: here.listing.revision.clone(),
        };
        let mut plan = Self { report, to_add: Vec::new(), to_trust: Vec::new(), records: Vec::new() };
        plan.add_certificates(&here.listing, &there.listing);
        records::add(&mut plan, &here.records.records, &there.records.records);
        plan
    }

    /// Identifiers of the private keys to add.
    pub(super) fn new_keys(&self) -> impl Iterator<Item = &MergedKey> {
        self.report.keys.iter().filter(|key| key.outcome == KeyMergeOutcome::Added)
    }

    /// Refuses where private keys are to come, or may be, and no password of the source was given.
    pub(super) fn needs_password(&self, given: bool) -> Result<(), OperationError> {
        let message = match (given, self.report.keys_hidden, self.new_keys().next()) {
            (false, true, _) => "Whether a source of the old format has private keys shows for its password only.",
            (false, false, Some(_)) => "The source has private keys that are not here; they leave it for its password only.",
            _ => return Ok(()),
        };
        Err(OperationError::invalid("/source_password", message))
    }

    /// How many objects are written.
    pub(super) fn steps(&self) -> usize {
        self.new_keys().count() + self.to_add.len() + self.to_trust.len() + self.records.len()
    }

    /// What it does to the validity of certificates.
    pub(super) fn changes(&self) -> Simulation {
        let added =
            |one: &CertificateToImport| SimulatedImport { der: Base64(one.der.clone()), trust: one.trust.unwrap_or_default().to_string() };
        let trust = |(der, flags): &(Vec<u8>, TrustFlags)| SimulatedTrust {
            fingerprint_sha256: fingerprint::sha256_hex(der),
            trust: flags.to_string(),
        };
        let lists = self.records.iter().filter(|record| record.kind == RecordKind::RevocationList);
        // One that cannot be read is heeded by nobody.
        let lists = lists.filter(|record| ListFacts::read(record.value()).is_ok());
        Simulation {
            added: self.to_add.iter().map(added).collect(),
            trust: self.to_trust.iter().map(trust).collect(),
            revocation_lists: lists.map(|record| Base64(record.value().to_vec())).collect(),
            ..Simulation::default()
        }
    }

    fn add_certificates(&mut self, here: &Listing, there: &Listing) {
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
                Some(present) => self.join(present, one),
                None if by_serial.contains(&(one.issuer.as_slice(), one.serial_number.as_slice())) => {
                    let words = format!("{} is not added: another certificate of its issuer has its serial number here.", name(one));
                    self.report.conflicts.push(words);
                    merged(one, MergeOutcome::SerialNumberReused, None, TrustFlags::default())
                }
                None => {
                    let nickname = nickname_for(one, &mut nickname_of, &mut subject_of);
                    if nickname != one.nickname {
                        self.report.conflicts.push(format!("{} gets the nickname {}.", name(one), nickname.as_deref().unwrap_or_default()));
                    }
                    let trust = one.trust.with_user(false);
                    self.to_add.push(CertificateToImport {
                        der: one.der.clone(),
                        nickname: nickname.clone().unwrap_or_default(),
                        trust: Some(trust).filter(|trust| !trust.is_empty()),
                    });
                    merged(one, MergeOutcome::Added, nickname, trust)
                }
            };
            self.report.certificates.push(merged);
        }
    }

    /// A certificate that both have.
    fn join(&mut self, here: &ListedCertificate, there: &ListedCertificate) -> MergedCertificate {
        let before = here.trust.with_user(false);
        let after = before.merged(there.trust);
        let conflicts = &mut self.report.conflicts;
        if before.contradicts(there.trust) {
            let source = there.trust.with_user(false);
            conflicts.push(format!("{} is trusted as {before} here and as {source} in the source; {after} it is.", name(here)));
        }
        if there.nickname.is_some() && there.nickname != here.nickname {
            conflicts.push(format!("{} keeps its nickname; the source calls it {}.", name(here), name(there)));
        }
        if after == before {
            return merged(there, MergeOutcome::Present, here.nickname.clone(), before);
        }
        self.to_trust.push((here.der.clone(), after));
        merged(there, MergeOutcome::TrustAdded, here.nickname.clone(), after)
    }
}

/// The private keys of the source. Other kinds than RSA and EC on the curves of NIST cannot be carried, Ed25519 where NSS has it only.
fn keys(here: &Seen, there: &Seen) -> Vec<MergedKey> {
    let ids: HashSet<&str> = here.listing.keys.iter().map(|key| key.id.as_str()).collect();
    let outcome = |id: &str, algorithm: &str| match algorithm {
        _ if ids.contains(id) => KeyMergeOutcome::Present,
        "EC P-256" | "EC P-384" | "EC P-521" => KeyMergeOutcome::Added,
        "Ed25519" if here.algorithms.contains(&KeyAlgorithm::Ed25519) => KeyMergeOutcome::Added,
        other if other.starts_with("RSA ") => KeyMergeOutcome::Added,
        _ => KeyMergeOutcome::LeftBehind,
    };
    let merged = there.listing.keys.iter().map(|key| MergedKey {
        id: key.id.clone(),
        label: key.label.clone().or_else(|| {
            let certificate = there.listing.certificates.iter().find(|one| one.key_id.as_ref() == Some(&key.id));
            certificate.and_then(|one| one.nickname.clone())
        }),
        algorithm: key.algorithm.clone(),
        outcome: outcome(&key.id, &key.algorithm),
    });
    merged.collect()
}

/// What does not come over, and why, in words.
fn left_behind(here: &Seen, there: &Seen) -> Vec<String> {
    let mut words = Vec::new();
    for key in keys(here, there).iter().filter(|key| key.outcome == KeyMergeOutcome::LeftBehind) {
        let name = key.label.as_deref().unwrap_or(&key.id);
        words.push(format!(
            "The {} key {name} stays in the source: RSA keys and EC keys on P-256, P-384 and P-521 are carried, Ed25519 where NSS has it.",
            key.algorithm
        ));
    }
    if there.records.symmetric_keys > 0 {
        words.push(format!("{} symmetric keys stay in the source: they have no certificates.", there.records.symmetric_keys));
    }
    for (name, library) in there.modules_beyond(here) {
        words.push(format!("The PKCS#11 module {name} ({library}) is not in this database. Add it under Tokens if it is needed here."));
    }
    words
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

/// A certificate, for people.
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
