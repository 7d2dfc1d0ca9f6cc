//! The policy while it is worked on: texts, as they stand in the fields.

use certdeck_shared::api::notice::{ExpiryPolicy, ExpiryRule, Lead, Selector, Timing};

use crate::view::*;

/// A time before the end.
#[derive(Clone, Copy)]
pub struct LeadDraft {
    pub days: RwSignal<String>,
    pub percent: RwSignal<String>,
}

impl LeadDraft {
    fn of(lead: Lead) -> Self {
        let text = |number: Option<String>| RwSignal::new(number.unwrap_or_default());
        Self { days: text(lead.days.map(|days| days.to_string())), percent: text(lead.percent.map(|percent| percent.to_string())) }
    }

    fn lead(self) -> Lead {
        Lead { days: self.days.with(|text| number(text)), percent: self.percent.with(|text| number(text)) }
    }
}

/// What a field says: nothing, or a number. What is none is 0, which the server refuses at the field.
fn number<T: std::str::FromStr + Default>(text: &str) -> Option<T> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.parse().unwrap_or_default())
}

/// When each stage begins.
#[derive(Clone, Copy)]
pub struct TimingDraft {
    pub first_notice: LeadDraft,
    pub reminder: LeadDraft,
    pub last_days: LeadDraft,
}

impl TimingDraft {
    fn of(timing: &Timing) -> Self {
        let Timing { first_notice, reminder, last_days } = *timing;
        Self { first_notice: LeadDraft::of(first_notice), reminder: LeadDraft::of(reminder), last_days: LeadDraft::of(last_days) }
    }

    /// What it says.
    pub fn timing(self) -> Timing {
        Timing { first_notice: self.first_notice.lead(), reminder: self.reminder.lead(), last_days: self.last_days.lead() }
    }
}

/// A rule. Its number stays while others come and go.
#[derive(Clone, Copy)]
pub struct RuleDraft {
    pub number: u32,
    /// By what it chooses: `certificate`, `tag`, `database` or `issuer`.
    pub by: RwSignal<String>,
    pub database: RwSignal<String>,
    /// Nickname, tag, or name of the issuer.
    pub name: RwSignal<String>,
    /// Nobody is told.
    pub silent: RwSignal<bool>,
    pub timing: TimingDraft,
}

impl RuleDraft {
    fn of(number: u32, rule: &ExpiryRule, otherwise: &Timing) -> Self {
        let (by, database, name) = match &rule.applies_to {
            Selector::Certificate { database, nickname } => ("certificate", database.clone(), nickname.clone()),
            Selector::Tag { tag } => ("tag", String::new(), tag.clone()),
            Selector::Database { database } => ("database", database.clone(), String::new()),
            Selector::Issuer { name } => ("issuer", String::new(), name.clone()),
        };
        Self {
            number,
            by: RwSignal::new(by.to_owned()),
            database: RwSignal::new(database),
            name: RwSignal::new(name),
            silent: RwSignal::new(rule.timing.is_none()),
            timing: TimingDraft::of(rule.timing.as_ref().unwrap_or(otherwise)),
        }
    }

    fn rule(self) -> ExpiryRule {
        let (database, name) = (self.database.get(), self.name.with(|name| name.trim().to_owned()));
        let applies_to = match self.by.get().as_str() {
            "certificate" => Selector::Certificate { database, nickname: name },
            "tag" => Selector::Tag { tag: name },
            "database" => Selector::Database { database },
            _ => Selector::Issuer { name },
        };
        ExpiryRule { applies_to, timing: (!self.silent.get()).then(|| self.timing.timing()) }
    }
}

/// The whole.
#[derive(Clone, Copy)]
pub struct PolicyDraft {
    pub rules: RwSignal<Vec<RuleDraft>>,
    pub otherwise: TimingDraft,
    pub remind: RwSignal<String>,
    next: StoredValue<u32>,
}

impl PolicyDraft {
    /// As the policy says.
    pub fn of(policy: &ExpiryPolicy) -> Self {
        let rules: Vec<RuleDraft> = (0..).zip(&policy.rules).map(|(number, rule)| RuleDraft::of(number, rule, &policy.otherwise)).collect();
        Self {
            next: StoredValue::new(u32::try_from(rules.len()).unwrap_or(u32::MAX)),
            rules: RwSignal::new(rules),
            otherwise: TimingDraft::of(&policy.otherwise),
            remind: RwSignal::new(policy.remind_after_hours.to_string()),
        }
    }

    /// The policy that it says.
    pub fn policy(self) -> ExpiryPolicy {
        ExpiryPolicy {
            rules: self.rules.with(|rules| rules.iter().map(|rule| rule.rule()).collect()),
            otherwise: self.otherwise.timing(),
            // No number is no time; the server says so at the field.
            remind_after_hours: self.remind.with(|text| text.trim().parse().unwrap_or(u16::MAX)),
        }
    }

    /// Whether a rule is for endpoints with a tag.
    pub fn has_tags(self) -> bool {
        self.rules.with(|rules| rules.iter().any(|rule| rule.by.with(|by| by == "tag")))
    }

    /// One more rule, before all others: what is particular counts first.
    pub fn add(self, database: String) {
        let number = self.next.get_value();
        self.next.set_value(number + 1);
        let otherwise = untrack(|| self.otherwise.timing());
        let rule = ExpiryRule { applies_to: Selector::Certificate { database, nickname: String::new() }, timing: Some(otherwise) };
        self.rules.update(|rules| rules.insert(0, RuleDraft::of(number, &rule, &otherwise)));
    }

    /// Takes a rule out.
    pub fn remove(self, number: u32) {
        self.rules.update(|rules| rules.retain(|rule| rule.number != number));
    }

    /// Lets a rule and the one before it change places.
    pub fn move_up(self, number: u32) {
        self.rules.update(|rules| {
            if let Some(place) = rules.iter().position(|rule| rule.number == number).filter(|place| *place > 0) {
                rules.swap(place, place - 1);
            }
        });
    }

    /// The place of a rule, from 0.
    pub fn place(self, number: u32) -> usize {
        self.rules.with(|rules| rules.iter().position(|rule| rule.number == number).unwrap_or_default())
    }
}
