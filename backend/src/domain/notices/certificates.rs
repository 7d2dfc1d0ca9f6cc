//! Which certificates of a database are due.

use std::collections::HashMap;

use certdeck_shared::api::notice::{About, ExpiryPolicy, NoticeKind, Stage, Urgency};
use certdeck_shared::expiry;
use certdeck_shared::x509::life::{date, life_at};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use time::{Duration, OffsetDateTime};

use super::Notices;
use super::condition::{Condition, of_database};
use crate::domain::databases::{OperationError, blocking};
use crate::nss::listing::{ListedCertificate, Listing};

/// What ended longer ago than this when it is seen first is no news.
pub(super) const LONG_OVER: Duration = Duration::days(30);

/// A certificate of a database that counts: no younger one has taken its place.
#[derive(Debug)]
pub(super) struct Watched {
    pub fingerprint: String,
    pub nickname: Option<String>,
    pub view: CertificateView,
}

impl Watched {
    /// Its nickname, else the name people use.
    pub(super) fn name(&self) -> String {
        self.nickname.clone().unwrap_or_else(|| self.view.display_name())
    }

    /// As the policy looks at it.
    pub(super) fn dated<'a>(&'a self, database: &'a str) -> expiry::Certificate<'a> {
        expiry::Certificate {
            database: Some(database),
            nickname: self.nickname.as_deref(),
            tags: &[],
            issuer: &self.view.issuer,
            not_before: self.view.not_before,
            not_after: self.view.not_after,
        }
    }
}

/// A certificate and where it is.
pub(super) struct Found {
    pub database: String,
    pub label: String,
    pub one: Watched,
}

impl Notices {
    /// The certificates that count, of all databases that can be read.
    pub(super) async fn found(&self) -> Result<Vec<Found>, OperationError> {
        let mut found = Vec::new();
        for database in self.databases.all() {
            let Ok(listing) = database.listing().await else { continue };
            let (id, label) = (database.id.clone(), database.label());
            let watched = blocking(move || watched(&listing)).await?;
            found.extend(watched.into_iter().map(|one| Found { database: id.clone(), label: label.clone(), one }));
        }
        Ok(found)
    }
}

/// The certificates that count. A renewed one stays in the database beside its successor, which has the same subject, ends later, and has a
/// key here if the old one has; nobody needs to be told of it any more. Those that cannot be parsed have no end that could be told.
pub(super) fn watched(listing: &Listing) -> Vec<Watched> {
    let parsed = listing.certificates.iter().filter_map(|one| Some((one, parse::certificate(&one.der).ok()?)));
    let mut of_subject: HashMap<&[u8], Vec<(&ListedCertificate, CertificateView)>> = HashMap::new();
    for (one, view) in parsed {
        of_subject.entry(&one.subject).or_default().push((one, view));
    }
    let mut watched = Vec::new();
    for namesakes in of_subject.into_values() {
        for (one, view) in &namesakes {
            let succeeds = |(other, later): &(&ListedCertificate, CertificateView)| {
                later.not_after > view.not_after && (other.key_id.is_some() || one.key_id.is_none())
            };
            if !namesakes.iter().any(succeeds) {
                let (fingerprint, nickname) = (one.fingerprint_sha256.clone(), one.nickname.clone());
                watched.push(Watched { fingerprint, nickname, view: view.clone() });
            }
        }
    }
    watched.sort_by(|one, other| (one.view.not_after, &one.fingerprint).cmp(&(other.view.not_after, &other.fingerprint)));
    watched
}

fn subject(database: &str, fingerprint: &str) -> String {
    format!("{}certificate:{fingerprint}", of_database(database))
}

/// Those that are due, and when the next one will be. `is_open` knows which are told of already: those stay however long they are over.
pub(super) fn due(
    policy: &ExpiryPolicy,
    (database, label): (&str, &str),
    watched: &[Watched],
    now: OffsetDateTime,
    is_open: impl Fn(&str) -> bool,
) -> (Vec<Condition>, Option<OffsetDateTime>) {
    let next = watched.iter().filter_map(|one| expiry::next_stage_at(policy, &one.dated(database), now)).min();
    let conditions = watched.iter().filter_map(|one| {
        let stage = expiry::due(policy, &one.dated(database), now)?;
        let subject = subject(database, &one.fingerprint);
        if now - one.view.not_after > LONG_OVER && !is_open(&subject) {
            return None;
        }
        Some(condition((database, label), one, stage, subject, now))
    });
    (conditions.collect(), next)
}

fn condition((database, label): (&str, &str), one: &Watched, stage: Stage, subject: String, now: OffsetDateTime) -> Condition {
    let (name, view) = (one.name(), &one.view);
    let life = life_at(view.not_before, view.not_after, now);
    let what_to_do = match stage {
        Stage::Expired => "Whoever checks it refuses it. Renew it, or delete it when nobody needs it any more.",
        Stage::LastDays => "Renew it now, install the new one and deploy it.",
        Stage::FirstNotice | Stage::Reminder => "Renew it.",
    };
    Condition {
        subject,
        kind: NoticeKind::CertificateDue,
        stage: stage.name().to_owned(),
        urgency: urgency(stage),
        title: format!("{name} in {label} {}", life.words),
        words: format!(
            "The certificate {name} ({}), issued by {}, ends on {}. {what_to_do}",
            view.subject,
            view.issuer,
            date(view.not_after)
        ),
        about: About {
            database: Some(database.to_owned()),
            label: label.to_owned(),
            certificate: Some(one.fingerprint.clone()),
            nickname: one.nickname.clone(),
            not_after: Some(view.not_after),
            ..About::default()
        },
        rests_until: None,
    }
}

/// How much a stage hurries.
pub(super) fn urgency(stage: Stage) -> Urgency {
    match stage {
        Stage::FirstNotice => Urgency::Note,
        Stage::Reminder => Urgency::Soon,
        Stage::LastDays | Stage::Expired => Urgency::Urgent,
    }
}

/// Why a certificate is not due any more.
pub(super) fn why_over(about: &About, listing: &Listing, watched: &[Watched]) -> String {
    let old = about.certificate.as_deref().and_then(|fingerprint| listing.certificate(fingerprint));
    let successor = old.and_then(|old| {
        let same = |one: &&Watched| listing.certificate(&one.fingerprint).is_some_and(|new| new.subject == old.subject);
        watched.iter().filter(same).find(|one| Some(one.view.not_after) > about.not_after)
    });
    match (old, successor) {
        (None, _) => "The certificate is not in the database any more.".to_owned(),
        (Some(_), Some(new)) => format!("It has a successor, which ends on {}.", date(new.view.not_after)),
        (Some(_), None) => "By the rules of now it is not due.".to_owned(),
    }
}
