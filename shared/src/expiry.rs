//! When a certificate is due, by the policy of [`crate::api::notice`].

use time::{Duration, OffsetDateTime};

use crate::api::notice::{ExpiryPolicy, Lead, Selector, Stage, Timing};
use crate::name::DistinguishedName;

const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";

/// What a policy looks at.
#[derive(Debug, Clone, Copy)]
pub struct Certificate<'a> {
    /// Identifier of its database; absent when it was only seen on the wire.
    pub database: Option<&'a str>,
    /// Its nickname there.
    pub nickname: Option<&'a str>,
    /// Tags of the endpoints that serve it.
    pub tags: &'a [String],
    /// Who signed it.
    pub issuer: &'a DistinguishedName,
    /// First second it is valid.
    pub not_before: OffsetDateTime,
    /// Last second it is valid.
    pub not_after: OffsetDateTime,
}

/// The stage of a certificate at `now`; none while it has time, or when the policy leaves it alone.
#[must_use]
pub fn due(policy: &ExpiryPolicy, certificate: &Certificate<'_>, now: OffsetDateTime) -> Option<Stage> {
    let timing = timing(policy, certificate)?;
    STAGES.into_iter().rev().find(|stage| now >= begin(&timing, certificate, *stage))
}

/// When the next stage begins after `now`; none when there is no other.
#[must_use]
pub fn next_stage_at(policy: &ExpiryPolicy, certificate: &Certificate<'_>, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let timing = timing(policy, certificate)?;
    STAGES.into_iter().map(|stage| begin(&timing, certificate, stage)).filter(|begin| *begin > now).min()
}

/// What counts for a certificate: the first rule that is for it, else the default; none when nobody is to be told.
#[must_use]
pub fn timing(policy: &ExpiryPolicy, certificate: &Certificate<'_>) -> Option<Timing> {
    match rule(policy, certificate).and_then(|place| policy.rules.get(place)) {
        Some(rule) => rule.timing,
        None => Some(policy.otherwise),
    }
}

/// The place of the rule that counts for a certificate, from 0; none when the default does.
#[must_use]
pub fn rule(policy: &ExpiryPolicy, certificate: &Certificate<'_>) -> Option<usize> {
    policy.rules.iter().position(|rule| is_for(&rule.applies_to, certificate))
}

/// Time before the end at which a lead begins, for a certificate that lives so long.
#[must_use]
pub fn length(lead: &Lead, lifetime: Duration) -> Duration {
    let days = lead.days.map(|days| Duration::days(days.into()));
    let share = lead.percent.map(|percent| Duration::seconds(lifetime.whole_seconds().max(0).saturating_mul(percent.into()) / 100));
    match (days, share) {
        (Some(days), Some(share)) => days.min(share),
        (days, share) => days.or(share).unwrap_or_default(),
    }
}

const STAGES: [Stage; 4] = [Stage::FirstNotice, Stage::Reminder, Stage::LastDays, Stage::Expired];

/// When a stage begins for a certificate for which this counts.
#[must_use]
pub fn begin(timing: &Timing, certificate: &Certificate<'_>, stage: Stage) -> OffsetDateTime {
    let end = certificate.not_after;
    let lead = match stage {
        Stage::FirstNotice => &timing.first_notice,
        Stage::Reminder => &timing.reminder,
        Stage::LastDays => &timing.last_days,
        // The last second belongs to its life (RFC 5280 section 4.1.2.5).
        Stage::Expired => return end.saturating_add(Duration::SECOND),
    };
    end.saturating_sub(length(lead, end - certificate.not_before))
}

fn is_for(selector: &Selector, certificate: &Certificate<'_>) -> bool {
    match selector {
        Selector::Certificate { database, nickname } => {
            certificate.database == Some(database.as_str()) && certificate.nickname == Some(nickname.as_str())
        }
        Selector::Tag { tag } => certificate.tags.contains(tag),
        Selector::Database { database } => certificate.database == Some(database.as_str()),
        Selector::Issuer { name } => is_issuer(name, certificate.issuer),
    }
}

/// Whether a rule for an issuer of this name is for that one: by its common name, its organization, or the whole of it.
#[must_use]
pub fn is_issuer(name: &str, issuer: &DistinguishedName) -> bool {
    let same = |text: &str| text.to_lowercase() == name.to_lowercase();
    [issuer.first(COMMON_NAME), issuer.first(ORGANIZATION)].into_iter().flatten().any(same) || same(&issuer.to_string())
}

#[cfg(test)]
mod tests;
