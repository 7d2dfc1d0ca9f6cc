//! Where in its life a certificate is.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Days before the end from which a certificate is *due*.
pub const DUE_DAYS: i64 = 10;
/// Days before the end from which its end is *soon*.
pub const SOON_DAYS: i64 = 30;

/// Which part of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifeState {
    /// Its first second has not come.
    NotYet,
    /// More than thirty days left.
    Valid,
    /// Thirty days or less left.
    Soon,
    /// Ten days or less left.
    Due,
    /// Its last second is over.
    Expired,
}

/// Life of a certificate at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// Which part of its life.
    pub state: LifeState,
    /// Whole days until the end; negative when it is over.
    pub days_left: i64,
    /// Share of the life that is used, 0 to 1.
    pub used: f32,
    /// A sentence's end: `expires in 12 days`, `expired 3 days ago`.
    pub words: String,
    /// For a narrow column: `12 d`, `−3 d`, `2.1 y`.
    pub short: String,
}

/// The life of a certificate at `now`. Both ends belong to it (RFC 5280 section 4.1.2.5).
#[must_use]
pub fn life_at(not_before: OffsetDateTime, not_after: OffsetDateTime, now: OffsetDateTime) -> Life {
    let left = not_after - now;
    let days_left = left.whole_days();
    let state = if now > not_after {
        LifeState::Expired
    } else if now < not_before {
        LifeState::NotYet
    } else if left <= Duration::days(DUE_DAYS) {
        LifeState::Due
    } else if left <= Duration::days(SOON_DAYS) {
        LifeState::Soon
    } else {
        LifeState::Valid
    };
    let whole = (not_after - not_before).as_seconds_f32();
    let used = if whole > 0.0 { ((now - not_before).as_seconds_f32() / whole).clamp(0.0, 1.0) } else { 1.0 };
    let words = match state {
        LifeState::Expired => ["expired ", &distance(-left), " ago"].concat(),
        LifeState::NotYet => ["valid in ", &distance(not_before - now)].concat(),
        _ => ["expires in ", &distance(left)].concat(),
    };
    let short = match state {
        LifeState::Expired => ["\u{2212}", &brief(-left)].concat(),
        _ => brief(left),
    };
    Life { state, days_left, used, words, short }
}

/// `40 minutes`, `5 hours`, `12 days`, `3 months`, `2.1 years`.
fn distance(span: Duration) -> String {
    let days = span.whole_days();
    match days {
        730.. => [&years(days), " years"].concat(),
        61.. => counted(days * 12 / 365, "month"),
        1.. => counted(days, "day"),
        _ if span.whole_hours() > 0 => counted(span.whole_hours(), "hour"),
        _ => counted(span.whole_minutes().max(0), "minute"),
    }
}

fn brief(span: Duration) -> String {
    let days = span.whole_days();
    match days {
        730.. => [&years(days), " y"].concat(),
        1.. => [&days.to_string(), " d"].concat(),
        _ if span.whole_hours() > 0 => [&span.whole_hours().to_string(), " h"].concat(),
        _ => [&span.whole_minutes().max(0).to_string(), " min"].concat(),
    }
}

/// Tenths of a year, without floating point: it is large in WASM.
fn years(days: i64) -> String {
    let tenths = days * 1000 / 36_525;
    if tenths >= 100 || tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        [(tenths / 10).to_string().as_str(), ".", &(tenths % 10).to_string()].concat()
    }
}

/// `1 day`, `2 days`.
pub(crate) fn counted(count: i64, unit: &str) -> String {
    [count.to_string().as_str(), " ", unit, if count == 1 { "" } else { "s" }].concat()
}

/// `22 Dec 2028`.
#[must_use]
pub fn date(instant: OffsetDateTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = instant.to_offset(time::UtcOffset::UTC).to_calendar_date();
    let month = MONTHS.get(usize::from(u8::from(month)) - 1).copied().unwrap_or_default();
    [&day.to_string(), " ", month, " ", &year.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;

    const BEFORE: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
    const AFTER: OffsetDateTime = datetime!(2027-01-01 00:00 UTC);

    #[rstest]
    #[case(datetime!(2025-12-30 00:00 UTC), LifeState::NotYet, 367, "valid in 2 days", "367 d")]
    #[case(datetime!(2026-01-01 00:00 UTC), LifeState::Valid, 365, "expires in 12 months", "365 d")]
    #[case(datetime!(2026-12-01 00:00:00 UTC), LifeState::Valid, 31, "expires in 31 days", "31 d")]
    #[case(datetime!(2026-12-02 00:00:00 UTC), LifeState::Soon, 30, "expires in 30 days", "30 d")]
    #[case(datetime!(2026-12-21 23:59:59 UTC), LifeState::Soon, 10, "expires in 10 days", "10 d")]
    #[case(datetime!(2026-12-22 00:00:00 UTC), LifeState::Due, 10, "expires in 10 days", "10 d")]
    #[case(datetime!(2026-12-30 23:00 UTC), LifeState::Due, 1, "expires in 1 day", "1 d")]
    #[case(datetime!(2026-12-31 22:30 UTC), LifeState::Due, 0, "expires in 1 hour", "1 h")]
    #[case(datetime!(2027-01-01 00:00 UTC), LifeState::Due, 0, "expires in 0 minutes", "0 min")]
    #[case(datetime!(2027-01-01 00:00:01 UTC), LifeState::Expired, 0, "expired 0 minutes ago", "\u{2212}0 min")]
    #[case(datetime!(2027-01-13 00:00 UTC), LifeState::Expired, -12, "expired 12 days ago", "\u{2212}12 d")]
    #[case(datetime!(2029-02-10 00:00 UTC), LifeState::Expired, -771, "expired 2.1 years ago", "\u{2212}2.1 y")]
    fn life_is_told_by_the_time_left(
        #[case] now: OffsetDateTime,
        #[case] state: LifeState,
        #[case] days: i64,
        #[case] words: &str,
        #[case] short: &str,
    ) {
        let life = life_at(BEFORE, AFTER, now);
        assert_eq!((life.state, life.days_left, life.words.as_str(), life.short.as_str()), (state, days, words, short));
    }

    #[test]
    fn an_inverted_validity_is_expired_and_used_up() {
        let life = life_at(AFTER, BEFORE, datetime!(2026-06-01 00:00 UTC));
        assert_eq!((life.state, life.used), (LifeState::Expired, 1.0));
    }

    #[test]
    fn dates_are_short() {
        assert_eq!(date(datetime!(2028-12-22 23:59 UTC)), "22 Dec 2028");
    }
}
