//! What people decide: what is watched, how often, and what is left alone.

use certdeck_shared::api::endpoint::{Endpoint, EndpointChange, NewEndpoint, WatchSettings};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::glass::Action;
use serde_json::json;

use super::{Watch, not_found};
use crate::domain::allowance::{Allowance, Rule};
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, record};
use crate::host::randomness;
use crate::state::{AuditDraft, EndpointRecord, StateError};

/// Most endpoints that are added by hand.
const MOST: usize = 10_000;
/// Most tags of an endpoint, and characters of a tag or a label.
const MOST_TAGS: usize = 20;
const LONGEST: usize = 100;
/// Most entries of the list of what may be probed.
const MOST_ALLOWED: usize = 1_000;
/// Bounds of the interval in seconds.
const SHORTEST_INTERVAL: u32 = 60;
const LONGEST_INTERVAL: u32 = 86_400;

impl Watch {
    /// Watches one that no registered service has; it is probed at once.
    ///
    /// # Errors
    /// Fields that are wrong; a host that may not be probed; one that is watched already.
    pub async fn add(&self, actor: &str, new: NewEndpoint) -> Result<Endpoint, OperationError> {
        let subject = format!("{}:{}", new.host.chars().take(LONGEST).collect::<String>(), new.port);
        let added = self.try_add(&new).await;
        let draft = match &added {
            Ok(_) => {
                AuditDraft::success(actor, "endpoint.add").after(json!(new)).standing_for(of_console(&Action::AddEndpoint { body: new }))
            }
            Err(error) => AuditDraft::refused(actor, "endpoint.add", error.problem().code),
        };
        record(&self.environment, draft.subject(subject)).await;
        self.row(&added?).await
    }

    async fn try_add(&self, new: &NewEndpoint) -> Result<String, OperationError> {
        let faults = new.question().faults().into_iter();
        let mut faults: Vec<FieldError> =
            faults.map(|(pointer, message)| FieldError { pointer: pointer.into(), message: message.into() }).collect();
        faults.extend(wrong_words("/label", new.label.iter()));
        faults.extend(wrong_tags(&new.tags));
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        let allowance = Allowance::in_force(&self.environment).await?;
        allowance.check_host(&new.host, new.port).await.map_err(|refused| OperationError::invalid("/host", refused))?;
        let store = self.environment.store.endpoints();
        if store.list(None).await?.iter().filter(|(known, _)| known.service.is_none()).count() >= MOST {
            return Err(OperationError::invalid("/host", format!("At most {MOST} endpoints are added by hand.")));
        }
        let id = randomness::identifier();
        let endpoint = EndpointRecord {
            label: new.label.clone().filter(|label| !label.is_empty()),
            tags: new.tags.clone(),
            expected: new.expected.clone(),
            ..EndpointRecord::new(id.clone(), new.question())
        };
        match store.insert(endpoint).await {
            Err(StateError::Exists) => Err(OperationError::invalid("/port", "This port is watched already for this name.")),
            other => {
                other?;
                self.wake.notify_one();
                Ok(id)
            }
        }
    }

    /// Changes label, tags, whether it is paused, and until when nobody is told of it.
    ///
    /// # Errors
    /// `NotFound`; fields that are wrong.
    pub async fn change(&self, actor: &str, id: &str, change: EndpointChange) -> Result<Endpoint, OperationError> {
        let known = self.record(id).await?;
        let mut faults: Vec<FieldError> = wrong_words("/label", change.label.iter()).into_iter().collect();
        faults.extend(change.tags.iter().flat_map(|tags| wrong_tags(tags)));
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        let shown = |record: &EndpointRecord| {
            json!({"label": record.label, "tags": record.tags, "paused": record.paused,
                "snoozed_until": record.snoozed_until.map(time::OffsetDateTime::unix_timestamp)})
        };
        let lines = of_console(&Action::ChangeEndpoint { endpoint: id.to_owned(), body: change.clone() });
        let mut changed = known.clone();
        if let Some(label) = change.label {
            changed.label = Some(label).filter(|label| !label.is_empty());
        }
        if let Some(tags) = change.tags {
            changed.tags = tags;
        }
        if let Some(until) = change.snoozed_until {
            changed.snoozed_until = Some(until).filter(|until| *until > self.environment.clock.now());
        }
        if let Some(paused) = change.paused {
            // What nobody looked at for a while is looked at first.
            if known.paused && !paused {
                changed.next_probe_at = None;
            }
            changed.paused = paused;
        }
        self.environment.store.endpoints().update(changed.clone()).await?;
        self.wake.notify_one();
        let draft = AuditDraft::success(actor, "endpoint.change").before(shown(&known)).after(shown(&changed)).standing_for(lines);
        record(&self.environment, draft.subject(format!("{}:{}", known.host, known.port))).await;
        self.row(id).await
    }

    /// Forgets one that was added by hand, with its history. One of a service comes and goes with its configuration.
    ///
    /// # Errors
    /// `NotFound`; one of a service.
    pub async fn remove(&self, actor: &str, id: &str) -> Result<(), OperationError> {
        let known = self.record(id).await?;
        if known.service.is_some() {
            let words = "The configuration of a registered service has this endpoint. Pause it, or forget the service.";
            return Err(OperationError::invalid("", words));
        }
        self.environment.store.endpoints().remove(id).await?;
        let before = json!({"label": known.label, "tags": known.tags, "server_name": known.server_name});
        let draft = AuditDraft::success(actor, "endpoint.remove").subject(format!("{}:{}", known.host, known.port)).before(before);
        record(&self.environment, draft.standing_for(of_console(&Action::RemoveEndpoint { endpoint: id.to_owned() }))).await;
        Ok(())
    }

    /// Decides how endpoints are watched.
    ///
    /// # Errors
    /// Fields that are wrong.
    pub async fn decide(&self, actor: &str, settings: WatchSettings) -> Result<WatchSettings, OperationError> {
        let mut faults = Vec::new();
        let mut fault = |pointer: String, message: String| faults.push(FieldError { pointer, message });
        if !(SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&settings.every_seconds) {
            let words = format!("Endpoints are probed every {SHORTEST_INTERVAL} to {LONGEST_INTERVAL} seconds.");
            fault("/every_seconds".to_owned(), words);
        }
        if settings.allowed.len() > MOST_ALLOWED {
            fault("/allowed".to_owned(), format!("The list has at most {MOST_ALLOWED} entries."));
        }
        for (place, entry) in settings.allowed.iter().enumerate() {
            if let Err(error) = entry.parse::<Rule>() {
                fault(format!("/allowed/{place}"), error.to_string());
            }
        }
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        let before = self.settings().await?;
        self.environment.store.endpoints().set_settings(settings.clone()).await?;
        let draft = AuditDraft::success(actor, "watch.settings").before(json!(before)).after(json!(settings));
        record(&self.environment, draft.standing_for(of_console(&Action::DecideWatch { body: settings.clone() }))).await;
        if settings.every_seconds < before.every_seconds {
            self.environment.store.endpoints().hasten(None).await?;
        }
        self.wake.notify_one();
        Ok(settings)
    }

    async fn row(&self, id: &str) -> Result<Endpoint, OperationError> {
        self.rows(Some(&[id.to_owned()])).await?.pop().ok_or_else(|| not_found(id))
    }
}

fn wrong_words<'a>(pointer: &str, words: impl Iterator<Item = &'a String>) -> Option<FieldError> {
    let mut wrong = words.filter(|words| words.chars().count() > LONGEST || words.chars().any(char::is_control));
    let message = format!("It has at most {LONGEST} characters and no control characters.");
    wrong.next().map(|_| FieldError { pointer: pointer.to_owned(), message })
}

fn wrong_tags(tags: &[String]) -> Vec<FieldError> {
    let mut faults: Vec<FieldError> = wrong_words("/tags", tags.iter()).into_iter().collect();
    if tags.len() > MOST_TAGS || tags.iter().any(String::is_empty) {
        faults.push(FieldError { pointer: "/tags".to_owned(), message: format!("There are at most {MOST_TAGS} tags, and none is empty.") });
    }
    faults
}
