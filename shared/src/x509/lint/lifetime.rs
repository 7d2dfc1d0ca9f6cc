//! Dates: over, not begun, soon over, and longer than browsers accept for the day it was issued.

use time::macros::date;
use time::{Date, Duration, OffsetDateTime};

use super::super::life::{LifeState, counted, date as day, life_at};
use super::super::view::CertificateView;
use super::{Findings, Severity, is_server};

/// Longest lives of server certificates of public CAs by the day of issue (CA/Browser Forum ballots 193 and SC-081, Apple's policy of 2020).
const LONGEST: [(Date, i64, &str); 5] = [
    (date!(2029 - 03 - 15), 47, "e_server_cert_valid_time_longer_than_47_days"),
    (date!(2027 - 03 - 15), 100, "e_server_cert_valid_time_longer_than_100_days"),
    (date!(2026 - 03 - 15), 200, "e_server_cert_valid_time_longer_than_200_days"),
    (date!(2020 - 09 - 01), 398, "e_tls_server_cert_valid_time_longer_than_398_days"),
    (date!(2018 - 03 - 01), 825, "e_sub_cert_valid_time_longer_than_825_days"),
];

pub(super) fn check(view: &CertificateView, now: OffsetDateTime, findings: &mut Findings) {
    if view.not_after < view.not_before {
        findings.add(Severity::Error, "validity-inverted", &["It ends before it begins."]);
        return;
    }
    let life = life_at(view.not_before, view.not_after, now);
    match life.state {
        LifeState::Expired => findings.add(Severity::Error, "expired", &["It expired on ", &day(view.not_after), "."]),
        LifeState::NotYet => findings.add(Severity::Error, "not-yet-valid", &["It is not valid before ", &day(view.not_before), "."]),
        LifeState::Due | LifeState::Soon => {
            findings.add(Severity::Warning, "expires-soon", &["It ", &life.words, ", on ", &day(view.not_after), "."]);
        }
        LifeState::Valid => {}
    }
    let issued = view.not_before.date();
    let limit = LONGEST.iter().find(|(since, ..)| issued >= *since);
    // Both ends count, hence the one second.
    let length = view.not_after - view.not_before + Duration::SECOND;
    if let Some((since, limit, zlint)) = limit
        && length > Duration::days(*limit)
        && is_server(view)
        && !view.self_issued
    {
        let words = [
            "It is valid for ",
            &counted(length.whole_days(), "day"),
            "; browsers accept ",
            &limit.to_string(),
            " from public CAs of what was issued since ",
            &day(since.midnight().assume_utc()),
            ".",
        ];
        findings.add_as(Severity::Note, "long-validity", zlint, &words);
    }
}
