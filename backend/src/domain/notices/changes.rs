//! What somebody else changed in a database.

use std::collections::BTreeMap;

use certdeck_shared::api::notice::{About, NoticeKind, Urgency};
use certdeck_shared::x509::parse;

use super::condition::{Condition, of_database};
use crate::domain::console_certificate;
use crate::nss::listing::Listing;
use crate::state::{SeenCertificate, SeenDatabase};

/// A database as it is now.
pub(super) fn seen(database: &str, listing: &Listing) -> SeenDatabase {
    let certificates = listing.certificates.iter().map(|one| {
        let named =
            || parse::certificate(&one.der).map_or_else(|_| one.fingerprint_sha256.chars().take(16).collect(), |view| view.display_name());
        let seen = SeenCertificate { name: one.nickname.clone().unwrap_or_else(named), trust: one.trust.with_user(false).to_string() };
        (one.fingerprint_sha256.clone(), seen)
    });
    SeenDatabase { database: database.to_owned(), revision: listing.revision.clone(), certificates: certificates.collect() }
}

/// What is different between two looks, each thing as something that happened.
pub(super) fn between(label: &str, before: &SeenDatabase, now: &SeenDatabase) -> Vec<Condition> {
    let mut found = Vec::new();
    let mut tell = |kind, fingerprint: &str, name: &str, title: String, words: String| {
        found.push(Condition {
            // What happens twice is two things.
            subject: format!("{}change:{fingerprint}:{}", of_database(&now.database), now.revision),
            kind,
            stage: "seen".to_owned(),
            urgency: Urgency::Soon,
            title,
            words,
            about: About {
                database: Some(now.database.clone()),
                label: label.to_owned(),
                certificate: Some(fingerprint.to_owned()),
                nickname: Some(name.to_owned()),
                ..About::default()
            },
            rests_until: None,
        });
    };
    let watched = |certificates: &BTreeMap<String, SeenCertificate>| -> BTreeMap<String, SeenCertificate> {
        // The console renews its own certificate itself.
        certificates
            .iter()
            .filter(|(_, one)| one.name != console_certificate::NICKNAME)
            .map(|(key, one)| (key.clone(), one.clone()))
            .collect()
    };
    let (old, new) = (watched(&before.certificates), watched(&now.certificates));
    for (fingerprint, one) in &new {
        let SeenCertificate { name, trust } = one;
        match old.get(fingerprint) {
            None => {
                let words = format!(
                    "Another program put the certificate {name} into {label}, with the trust {trust:?}. Its SHA-256 is {fingerprint}."
                );
                tell(NoticeKind::CertificateAdded, fingerprint, name, format!("{name} was added to {label} by somebody else"), words);
            }
            Some(was) if was.trust != *trust => {
                let words = format!(
                    "Another program changed the trust of {name} in {label} from {:?} to {trust:?}. Was that you? Snapshots lead back.",
                    was.trust
                );
                let title = format!("The trust of {name} in {label} was changed by somebody else: {:?} to {trust:?}", was.trust);
                tell(NoticeKind::TrustChanged, fingerprint, name, title, words);
            }
            Some(_) => {}
        }
    }
    for (fingerprint, SeenCertificate { name, .. }) in old.iter().filter(|(fingerprint, _)| !new.contains_key(*fingerprint)) {
        let words =
            format!("Another program took the certificate {name} out of {label}. Its SHA-256 is {fingerprint}. Snapshots lead back.");
        tell(NoticeKind::CertificateRemoved, fingerprint, name, format!("{name} was removed from {label} by somebody else"), words);
    }
    found
}
