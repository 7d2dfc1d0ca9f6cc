//! Changes that are tried in a shadow copy: what stops and what begins to be valid. Nothing is written.

use certdeck_shared::api::validation::{CertificateVerdicts, NamedCertificate, Simulation, SimulationResult, UsageChange};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::validation::simulation::{self, Change};
use certdeck_shared::validation::{ListFacts, Signed, Store, Usage};
use certdeck_shared::x509::fingerprint;
use time::OffsetDateTime;

use super::{Added, Prepared, question, verdicts};
use crate::domain::databases::{Operation, OperationError, blocking};
use crate::domain::{inventory, trust};
use crate::nss::listing::ListedRevocationList;

/// Most changes of each kind.
const MOST: usize = 5_000;

impl Operation {
    /// Tries changes.
    ///
    /// # Errors
    /// `NotFound`; trust that is none, a certificate that is none, too many of them, each by its field.
    pub async fn simulate(&self, simulation: Simulation) -> Result<SimulationResult, OperationError> {
        let counts = [
            ("/trust", simulation.trust.len()),
            ("/removed", simulation.removed.len()),
            ("/added", simulation.added.len()),
            ("/revocation_lists", simulation.revocation_lists.len()),
        ];
        if let Some((field, count)) = counts.into_iter().find(|(_, count)| *count > MOST) {
            return Err(OperationError::invalid(field, format!("At most {MOST} at once, not {count}.")));
        }
        self.try_all(simulation).await
    }

    /// The same, however many they are.
    pub(super) async fn try_all(&self, simulation: Simulation) -> Result<SimulationResult, OperationError> {
        let now = self.environment.clock.now();
        let prepared = self.prepared().await?;
        blocking(move || try_changes(&prepared, &simulation, now)).await?
    }
}

fn try_changes(prepared: &Prepared, simulation: &Simulation, now: OffsetDateTime) -> Result<SimulationResult, OperationError> {
    let at = simulation.at.unwrap_or(now);
    let times = question::times(at, now);
    let (after, added) = changed(prepared, simulation)?;
    let signatures = |signed: Signed, issuer: usize| prepared.fact(&after, &added, signed, issuer);
    let changes = simulation::changes(&prepared.store, &after, times, &signatures);
    let listed = prepared.listing.certificates.len();
    let certificates = added.certificates.iter().enumerate().map(|(number, der)| {
        let verdicts = verdicts(&after, listed + number, &Usage::ALL, times, &signatures);
        CertificateVerdicts { fingerprint_sha256: fingerprint::sha256_hex(der), ..verdicts }
    });
    Ok(SimulationResult {
        revision: prepared.listing.revision.clone(),
        at,
        stops: by_usage(prepared, &changes, false),
        begins: by_usage(prepared, &changes, true),
        added: certificates.collect(),
    })
}

/// The database afterwards, and what was added to it.
fn changed(prepared: &Prepared, simulation: &Simulation) -> Result<(Store, Added), OperationError> {
    let place = |address: &str, pointer: &str| {
        let address = inventory::address(address, pointer)?;
        let mut all = prepared.listing.certificates.iter();
        all.position(|one| one.fingerprint_sha256 == address).ok_or_else(|| OperationError::not_found("certificate", &address))
    };
    let flags = |text: &str, pointer: &str| trust::flags(text, pointer).map(TrustFlags::stored);
    let mut after = prepared.store.clone();
    for (number, change) in simulation.trust.iter().enumerate() {
        let at = place(&change.fingerprint_sha256, &format!("/trust/{number}/fingerprint_sha256"))?;
        after.set_trust(at, flags(&change.trust, &format!("/trust/{number}/trust"))?);
    }
    for (number, address) in simulation.removed.iter().enumerate() {
        after.remove(place(address, &format!("/removed/{number}"))?);
    }
    let mut added = Added::default();
    for (number, import) in simulation.added.iter().enumerate() {
        let flags = flags(&import.trust, &format!("/added/{number}/trust"))?;
        after.add(&import.der.0, flags).map_err(|error| {
            OperationError::invalid(format!("/added/{number}/der"), format!("This is not a certificate in DER: {error}."))
        })?;
        added.certificates.push(import.der.0.clone());
    }
    for (number, list) in simulation.revocation_lists.iter().enumerate() {
        let facts = ListFacts::read(&list.0).map_err(|error| {
            OperationError::invalid(format!("/revocation_lists/{number}"), format!("This is not a revocation list in DER: {error}."))
        })?;
        after.replace_lists(&facts);
        added.lists.push(ListedRevocationList::new(list.0.clone(), None));
    }
    Ok((after, added))
}

fn by_usage(prepared: &Prepared, changes: &[Change], becomes_valid: bool) -> Vec<UsageChange> {
    let of = |usage: Usage| {
        let places = changes.iter().filter(move |change| change.usage == usage && change.becomes_valid == becomes_valid);
        places
            .filter_map(|change| prepared.listing.certificates.get(change.place))
            .map(|one| NamedCertificate { fingerprint_sha256: one.fingerprint_sha256.clone(), nickname: one.nickname.clone() })
            .collect::<Vec<_>>()
    };
    let all = Usage::ALL.into_iter().map(|usage| UsageChange {
        usage,
        letter: usage.letter(),
        words: usage.words().to_owned(),
        certificates: of(usage),
    });
    all.filter(|change| !change.certificates.is_empty()).collect()
}
