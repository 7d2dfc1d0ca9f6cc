//! A look at the databases.

use std::collections::HashMap;
use std::sync::Arc;

use certdeck_shared::api::notice::{About, ExpiryPolicy, NoticeKind, Urgency};
use time::{Duration, OffsetDateTime};

use super::condition::{Condition, Known, OF_DATABASES, of_database};
use super::{Notices, certificates, changes, earliest, files};
use crate::domain::databases::{OpenDatabase, OperationError, blocking};
use crate::nss::listing::{Listing, ListingError};
use crate::state::{NoticeRecord, SeenDatabase, StateError};

/// How long a database that is being written to is left alone.
const SOON: Duration = Duration::seconds(1);

/// How a database was found, so that nothing is read again while nothing is different.
#[derive(Debug, PartialEq)]
pub(super) struct Looked {
    revision: String,
    label: String,
    policy: ExpiryPolicy,
    files: Vec<Condition>,
    /// When something happens by itself.
    next: Option<OffsetDateTime>,
}

impl Notices {
    /// Looks at all databases; when the next thing happens by itself.
    pub(super) async fn look_at_databases(&self, known: &mut HashMap<String, Looked>) -> Result<Option<OffsetDateTime>, OperationError> {
        let all = self.databases.all();
        let here: Vec<String> = all.iter().map(|database| database.id.clone()).collect();
        known.retain(|id, _| here.contains(id));
        self.end_those_of_others(here).await?;
        let mut next = None;
        for database in all {
            next = earliest(next, self.look_at(&database, known).await?);
        }
        Ok(next)
    }

    /// Notices of databases that are not registered any more end without a sound.
    async fn end_those_of_others(&self, here: Vec<String>) -> Result<(), StateError> {
        let of_another = |record: &NoticeRecord| record.notice.about.database.as_ref().filter(|id| !here.contains(id)).cloned();
        let open = self.environment.store.notices().open(OF_DATABASES).await?;
        for id in open.iter().filter_map(of_another) {
            self.settle_with(&of_database(&id), Known::default(), None, |_| None).await?;
        }
        Ok(())
    }

    async fn look_at(
        &self,
        database: &Arc<OpenDatabase>,
        known: &mut HashMap<String, Looked>,
    ) -> Result<Option<OffsetDateTime>, OperationError> {
        let now = self.environment.clock.now();
        let Some(_rest) = database.at_rest() else { return Ok(Some(now + SOON)) };
        let (id, label, location) = (database.id.clone(), database.label(), database.location.clone());
        let files = blocking(move || files::open_ones((&id, &label), &location)).await?;
        let mut looked = Looked {
            revision: database.revision().unwrap_or_default(),
            label: database.label(),
            policy: self.policy().await?,
            files,
            next: None,
        };
        if let Some(before) = known.get(&database.id) {
            looked.next = before.next;
            if *before == looked && before.next.is_none_or(|next| next > now) {
                return Ok(before.next);
            }
        }
        let next = match database.listing().await {
            Ok(listing) => self.look_into(database, listing, &looked, now).await?,
            // Somebody works with it; it is looked at again soon.
            Err(OperationError::Listing(ListingError::Busy { .. })) => return Ok(Some(now + SOON)),
            Err(error) => {
                self.cannot_look(database, &looked, &error).await?;
                None
            }
        };
        let rhythm = self.rhythm().await?;
        let open = self.environment.store.notices().open(&of_database(&database.id)).await?;
        looked.next = earliest(next, open.iter().filter_map(|record| rhythm.next(&record.notice)).min());
        let next = looked.next;
        known.insert(database.id.clone(), looked);
        Ok(next)
    }

    /// What is due in it, and what somebody else changed.
    async fn look_into(
        &self,
        database: &Arc<OpenDatabase>,
        listing: Arc<Listing>,
        looked: &Looked,
        now: OffsetDateTime,
    ) -> Result<Option<OffsetDateTime>, OperationError> {
        let (id, label, policy) = (database.id.clone(), looked.label.clone(), looked.policy.clone());
        let open = self.environment.store.notices().open(&of_database(&id)).await?;
        let before = self.environment.store.seen_databases().of(&id).await?;
        let read = Arc::clone(&listing);
        let (watched, mut so, next, seen) = blocking(move || {
            let watched = certificates::watched(&read);
            let is_open = |subject: &str| open.iter().any(|record| record.subject == subject);
            let (so, next) = certificates::due(&policy, (&id, &label), &watched, now, is_open);
            (watched, so, next, changes::seen(&id, &read))
        })
        .await?;
        so.extend(looked.files.iter().cloned());
        let happened = self.by_somebody_else(database, before.as_ref(), &seen);
        let seen = (before.as_ref() != Some(&seen)).then_some(seen);
        let why_over = move |record: &NoticeRecord| {
            Some(match record.notice.kind {
                NoticeKind::CertificateDue => certificates::why_over(&record.notice.about, &listing, &watched),
                NoticeKind::PasswordFileOpen => "Only its owner can open it now, or it is gone.".to_owned(),
                _ => "It can be read again.".to_owned(),
            })
        };
        self.settle_with(&of_database(&database.id), Known { so, happened }, seen, why_over).await?;
        Ok(next)
    }

    /// What is different from the last look, unless all of it was done here. A database that is seen for the first time is as it is.
    fn by_somebody_else(&self, database: &OpenDatabase, before: Option<&SeenDatabase>, now: &SeenDatabase) -> Vec<Condition> {
        let Some(before) = before else { return Vec::new() };
        if database.own_writes.lead(&before.revision, &now.revision) {
            return Vec::new();
        }
        changes::between(&database.label(), before, now)
    }

    /// It cannot be read: that is told, and what was told of it before stays.
    async fn cannot_look(&self, database: &OpenDatabase, looked: &Looked, error: &OperationError) -> Result<(), StateError> {
        let subjects = of_database(&database.id);
        let open = self.environment.store.notices().open(&subjects).await?;
        let mut so: Vec<_> = open.iter().filter(|record| record.notice.kind == NoticeKind::CertificateDue).map(Condition::of).collect();
        so.extend(looked.files.iter().cloned());
        so.push(Condition {
            subject: format!("{subjects}unreadable"),
            kind: NoticeKind::DatabaseUnreadable,
            stage: "unreadable".to_owned(),
            urgency: Urgency::Urgent,
            title: format!("{} cannot be read", looked.label),
            words: error.problem().detail,
            about: About {
                database: Some(database.id.clone()),
                label: looked.label.clone(),
                path: Some(database.location.to_string()),
                ..About::default()
            },
            rests_until: None,
        });
        self.settle_with(&subjects, Known { so, ..Known::default() }, None, |_| None).await
    }
}
