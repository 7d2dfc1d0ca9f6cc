//! Which policies are taken.

use certdeck_shared::api::notice::{ExpiryPolicy, Lead, Selector, Timing};
use certdeck_shared::api::problem::FieldError;
use certdeck_shared::expiry::length;
use time::Duration;

/// Most rules.
const MOST_RULES: usize = 500;
/// Longest name in a rule, octets.
const LONGEST_NAME: usize = 1_000;

/// What is wrong with a policy; nothing when it can be taken.
pub(super) fn faults(policy: &ExpiryPolicy) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut add = |pointer: String, message: &str| faults.push(FieldError { pointer, message: message.to_owned() });
    if policy.rules.len() > MOST_RULES {
        add("/rules".to_owned(), "There are at most 500 rules.");
    }
    if policy.remind_after_hours > 8_760 {
        add("/remind_after_hours".to_owned(), "Reminders come after 1 to 8,760 hours; 0 is for never.");
    }
    for (position, rule) in policy.rules.iter().enumerate() {
        let name = match &rule.applies_to {
            Selector::Certificate { nickname, .. } => nickname,
            Selector::Tag { tag } => tag,
            Selector::Database { database } => database,
            Selector::Issuer { name } => name,
        };
        if name.trim().is_empty() || name.len() > LONGEST_NAME {
            add(format!("/rules/{position}/applies_to"), "A rule names something, with at most 1,000 octets.");
        }
        if let Some(timing) = &rule.timing {
            check(timing, &format!("/rules/{position}/timing"), &mut add);
        }
    }
    check(&policy.otherwise, "/otherwise", &mut add);
    faults
}

fn check(timing: &Timing, pointer: &str, add: &mut impl FnMut(String, &str)) {
    let leads = [("first_notice", &timing.first_notice), ("reminder", &timing.reminder), ("last_days", &timing.last_days)];
    for (name, lead) in leads {
        let Lead { days, percent } = lead;
        if days.is_none() && percent.is_none() {
            add(format!("{pointer}/{name}"), "It needs days, a share in percent, or both.");
        }
        if days.is_some_and(|days| !(1..=3_650).contains(&days)) {
            add(format!("{pointer}/{name}/days"), "There are 1 to 3,650 days.");
        }
        if percent.is_some_and(|percent| !(1..=99).contains(&percent)) {
            add(format!("{pointer}/{name}/percent"), "There are 1 to 99 percent.");
        }
    }
    // Days and shares cannot be compared for every lifetime; these two are what is common today and in 2029.
    let ordered = [398, 47].into_iter().all(|days| {
        let [first, second, third] = leads.map(|(_, lead)| length(lead, Duration::days(days)));
        first >= second && second >= third
    });
    if !ordered {
        add(pointer.to_owned(), "The first notice comes first, then the reminder, then the last days: for lives of 398 and of 47 days.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_taken_and_what_makes_no_sense_is_not() {
        assert_eq!(faults(&ExpiryPolicy::default()), Vec::new());
        let with = |change: fn(&mut ExpiryPolicy)| {
            let mut policy = ExpiryPolicy::default();
            change(&mut policy);
            faults(&policy).into_iter().map(|fault| fault.pointer).collect::<Vec<_>>()
        };
        assert_eq!(with(|policy| policy.otherwise.reminder = Lead { days: None, percent: None }), ["/otherwise/reminder", "/otherwise"]);
        assert_eq!(with(|policy| policy.otherwise.first_notice.days = Some(0)), ["/otherwise/first_notice/days", "/otherwise"]);
        assert_eq!(with(|policy| policy.otherwise.last_days = Lead { days: Some(60), percent: None }), ["/otherwise"]);
        assert_eq!(with(|policy| policy.remind_after_hours = 9_000), ["/remind_after_hours"]);
    }
}
