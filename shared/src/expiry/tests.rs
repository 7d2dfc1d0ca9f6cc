use rstest::rstest;
use time::macros::datetime;

use super::*;
use crate::api::notice::ExpiryRule;

static NONE: DistinguishedName = DistinguishedName { rdns: Vec::new() };
const END: OffsetDateTime = datetime!(2026-06-01 00:00 UTC);

fn living(days: i64, issuer: &DistinguishedName) -> Certificate<'_> {
    Certificate { database: Some("d"), nickname: Some("mail"), tags: &[], issuer, not_before: END - Duration::days(days), not_after: END }
}

#[rstest]
#[case(365, 31 * 24, None)]
#[case(365, 30 * 24, Some(Stage::FirstNotice))]
#[case(365, 14 * 24, Some(Stage::Reminder))]
#[case(365, 7 * 24, Some(Stage::LastDays))]
#[case(365, 0, Some(Stage::LastDays))]
#[case(365, -1, Some(Stage::Expired))]
// 47 days: 33 % are 15.5 days, 15 % are 7.05, 7 % are 3.3.
#[case(47, 30 * 24, None)]
#[case(47, 16 * 24, None)]
#[case(47, 15 * 24, Some(Stage::FirstNotice))]
#[case(47, 8 * 24, Some(Stage::FirstNotice))]
#[case(47, 7 * 24, Some(Stage::Reminder))]
#[case(47, 3 * 24, Some(Stage::LastDays))]
// Ten years: days count.
#[case(3_650, 40 * 24, None)]
fn the_default_does_for_long_and_short_lives(#[case] days: i64, #[case] hours_left: i64, #[case] expected: Option<Stage>) {
    assert_eq!(due(&ExpiryPolicy::default(), &living(days, &NONE), END - Duration::hours(hours_left)), expected);
}

#[test]
fn the_last_second_belongs_to_its_life() {
    let policy = ExpiryPolicy::default();
    assert_eq!(due(&policy, &living(90, &NONE), END), Some(Stage::LastDays));
    assert_eq!(due(&policy, &living(90, &NONE), END + Duration::SECOND), Some(Stage::Expired));
    assert_eq!(next_stage_at(&policy, &living(90, &NONE), END), Some(END + Duration::SECOND));
    assert_eq!(next_stage_at(&policy, &living(90, &NONE), END + Duration::SECOND), None);
}

fn rule(applies_to: Selector, days: Option<u16>) -> ExpiryRule {
    let lead = |days| Lead { days: Some(days), percent: None };
    let timing = days.map(|days| Timing { first_notice: lead(days), reminder: lead(2), last_days: lead(1) });
    ExpiryRule { applies_to, timing }
}

#[test]
fn the_first_rule_that_is_for_it_counts() {
    use crate::name::AttributeTypeAndValue;
    let name = AttributeTypeAndValue { oid: COMMON_NAME.into(), value: "Lab CA".to_owned() };
    let issuer = DistinguishedName { rdns: vec![vec![name]] };
    let tags = ["shop".to_owned()];
    let certificate = Certificate { tags: &tags, ..living(365, &issuer) };
    let at = END - Duration::days(50);
    let by_name = Selector::Certificate { database: "d".into(), nickname: "mail".into() };
    let selectors = [
        by_name.clone(),
        Selector::Tag { tag: "shop".into() },
        Selector::Database { database: "d".into() },
        Selector::Issuer { name: "lab ca".into() },
        Selector::Issuer { name: "CN=Lab CA".into() },
    ];
    for selector in selectors {
        let policy = ExpiryPolicy { rules: vec![rule(selector.clone(), Some(60)), rule(by_name.clone(), None)], ..ExpiryPolicy::default() };
        assert_eq!(due(&policy, &certificate, at), Some(Stage::FirstNotice), "{selector:?}");
        let left_alone = ExpiryPolicy { rules: vec![rule(selector.clone(), None)], ..ExpiryPolicy::default() };
        assert_eq!(due(&left_alone, &certificate, END + Duration::DAY), None, "{selector:?}");
    }
    for other in [
        Selector::Certificate { database: "d".into(), nickname: "web".into() },
        Selector::Certificate { database: "e".into(), nickname: "mail".into() },
        Selector::Tag { tag: "mail".into() },
        Selector::Database { database: "e".into() },
        Selector::Issuer { name: "Lab".into() },
    ] {
        let policy = ExpiryPolicy { rules: vec![rule(other.clone(), Some(60))], ..ExpiryPolicy::default() };
        assert_eq!(due(&policy, &certificate, at), None, "{other:?}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    fn lead() -> impl Strategy<Value = Lead> {
        let some = |days, percent| Lead { days, percent };
        prop_oneof![
            (1_u16..=3_650).prop_map(move |days| some(Some(days), None)),
            (1_u8..=99).prop_map(move |percent| some(None, Some(percent))),
            (1_u16..=3_650, 1_u8..=99).prop_map(move |(days, percent)| some(Some(days), Some(percent))),
        ]
    }

    fn policy() -> impl Strategy<Value = ExpiryPolicy> {
        (lead(), lead(), lead()).prop_map(|(first_notice, reminder, last_days)| ExpiryPolicy {
            rules: Vec::new(),
            otherwise: Timing { first_notice, reminder, last_days },
            remind_after_hours: 0,
        })
    }

    proptest! {
        #[test]
        fn stages_only_go_forward(policy in policy(), days in -10_i64..8_000, one in -9_000_i64..9_000, other in -9_000_i64..9_000) {
            let certificate = living(days, &NONE);
            let at = |hours: i64| due(&policy, &certificate, END + Duration::hours(hours));
            prop_assert!(at(one.min(other)) <= at(one.max(other)));
        }

        #[test]
        fn it_is_expired_exactly_after_its_end(policy in policy(), days in -10_i64..8_000, seconds in -100_000_i64..100_000) {
            let stage = due(&policy, &living(days, &NONE), END + Duration::seconds(seconds));
            prop_assert_eq!(stage == Some(Stage::Expired), seconds > 0);
        }

        #[test]
        fn nothing_happens_before_the_next_stage_and_something_then(policy in policy(), days in 1_i64..8_000, hours in -9_000_i64..10) {
            let (certificate, now) = (living(days, &NONE), END + Duration::hours(hours));
            let stage = due(&policy, &certificate, now);
            match next_stage_at(&policy, &certificate, now) {
                Some(next) => {
                    prop_assert!(next > now);
                    prop_assert_eq!(due(&policy, &certificate, next - Duration::SECOND).max(stage), stage);
                    prop_assert!(due(&policy, &certificate, next) >= stage);
                }
                None => prop_assert_eq!(stage, Some(Stage::Expired)),
            }
        }

        #[test]
        fn a_share_is_the_same_share_of_any_life(percent in 1_u8..=99, days in 1_i64..8_000, other in 1_i64..8_000) {
            let lead = Lead { days: None, percent: Some(percent) };
            let share = |days: i64| length(&lead, Duration::days(days)).as_seconds_f64() / Duration::days(days).as_seconds_f64();
            prop_assert!((share(days) - share(other)).abs() < 1e-4);
        }

        #[test]
        fn extreme_dates_are_no_trouble(policy in policy(), from in any::<i32>(), to in any::<i32>()) {
            let at = |seconds: i32| OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::seconds(i64::from(seconds) * 1_000));
            let certificate = Certificate { not_before: at(from), not_after: at(to), ..living(1, &NONE) };
            let _ = (due(&policy, &certificate, END), next_stage_at(&policy, &certificate, END));
        }
    }
}
