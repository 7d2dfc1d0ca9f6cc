//! What becomes of the keys and certificates of a file; nothing is written here.

use std::collections::HashMap;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Import, ImportItem};
use certdeck_shared::api::keystore::{ChosenNickname, KeyOutcome};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::{fingerprint, parse};

use crate::domain::databases::OperationError;
use crate::domain::import::{self, Planned};
use crate::domain::inventory;
use crate::keystore::{Contents, KeyInFile};
use crate::nss::listing::Listing;
use crate::token::KeyToImport;

/// What becomes of a file.
pub(super) struct Plan {
    /// The keys, in the order of the file.
    pub(super) keys: Vec<KeyOutcome>,
    /// The certificates, in the order of the file.
    pub(super) certificates: Vec<Planned>,
}

/// Looks at everything in a file.
///
/// # Errors
/// Malformed nicknames; refusals of single certificates are part of the answer.
pub(super) fn plan(listing: &Listing, contents: &Contents, nicknames: &[ChosenNickname]) -> Result<Plan, OperationError> {
    let mut chosen = HashMap::new();
    for (place, one) in nicknames.iter().enumerate() {
        let address = inventory::address(&one.fingerprint_sha256, &format!("/nicknames/{place}/fingerprint_sha256"))?;
        if let Some(wrong) = inventory::wrong_nickname(&one.nickname) {
            return Err(OperationError::invalid(format!("/nicknames/{place}/nickname"), wrong));
        }
        chosen.insert(address, one.nickname.clone());
    }
    let items = contents.certificates.iter().map(|certificate| {
        // A name in the file that NSS could not keep is as good as none.
        let usable = |name: &String| inventory::wrong_nickname(name).is_none();
        let nickname = chosen.get(&fingerprint::sha256_hex(&certificate.der)).cloned();
        ImportItem {
            der: Base64(certificate.der.clone()),
            nickname: nickname.or_else(|| certificate.name.clone().filter(usable)),
            trust: None,
        }
    });
    let items: Vec<ImportItem> = items.collect();
    // A file may hold keys alone.
    let mut certificates = if items.is_empty() { Vec::new() } else { import::plan(listing, &Import { certificates: items })? };
    let ids: Vec<Option<String>> =
        certificates.iter().map(|one| parse::certificate(&one.der).ok().and_then(|view| view.public_key.nss_key_id)).collect();
    for (planned, id) in certificates.iter_mut().zip(&ids) {
        if id.as_deref().is_some_and(|id| contents.keys.iter().any(|key| key.id == id)) {
            planned.outcome.private_key_here = true;
            let flags = TrustFlags::parse(&planned.outcome.trust).unwrap_or_default();
            planned.outcome.trust = flags.with_user(true).to_string();
        }
    }
    let keys = contents.keys.iter().map(|key| outcome(listing, key, &certificates, &ids)).collect();
    Ok(Plan { keys, certificates })
}

fn outcome(listing: &Listing, key: &KeyInFile, certificates: &[Planned], ids: &[Option<String>]) -> KeyOutcome {
    let in_file = certificates.iter().zip(ids).filter(|(_, id)| id.as_deref() == Some(key.id.as_str()));
    let mut addresses: Vec<String> = in_file.map(|(one, _)| one.outcome.fingerprint_sha256.clone()).collect();
    for one in certificates_of(listing, &key.id) {
        if !addresses.contains(&one) {
            addresses.push(one);
        }
    }
    KeyOutcome {
        id: key.id.clone(),
        algorithm: key.key.algorithm.clone(),
        name: key.name.clone(),
        present: listing.key(&key.id).is_some(),
        certificates: addresses,
    }
}

/// Certificates of the database that wait for this key, or have it.
fn certificates_of(listing: &Listing, key_id: &str) -> Vec<String> {
    let theirs = listing.certificates.iter().filter(|one| {
        let view = parse::certificate(&one.der);
        one.key_id.as_deref() == Some(key_id) || view.is_ok_and(|view| view.public_key.nss_key_id.as_deref() == Some(key_id))
    });
    theirs.map(|one| one.fingerprint_sha256.clone()).collect()
}

/// The keys to write, each with nickname and subject of its certificate.
pub(super) fn keys_to_write(listing: &Listing, contents: Contents, plan: &Plan) -> Vec<KeyToImport> {
    let absent = contents.keys.into_iter().zip(&plan.keys).filter(|(_, outcome)| !outcome.present);
    absent
        .map(|(key, outcome)| {
            let address = outcome.certificates.first().map(String::as_str);
            let planned = plan.certificates.iter().find(|one| Some(one.outcome.fingerprint_sha256.as_str()) == address);
            let stored = address.and_then(|address| listing.certificate(address));
            let subject = planned
                .and_then(|one| parse::raw_names(&one.der).ok().map(|names| names.subject.to_vec()))
                .or_else(|| stored.map(|one| one.subject.clone()));
            let nickname = planned.map(|one| one.outcome.nickname.clone()).or_else(|| stored.and_then(|one| one.nickname.clone()));
            KeyToImport {
                pkcs8: key.key.pkcs8,
                subject_public_key_info: key.key.subject_public_key_info,
                label: nickname.or(key.name).unwrap_or_default(),
                subject,
            }
        })
        .collect()
}
