//! From when until when: months as people count them, and the encoding of moments.

use time::{Date, Duration, Month, OffsetDateTime, UtcOffset};

use crate::api::issue::Validity;
use crate::api::problem::FieldError;
use crate::x509::der::{self, tag};

/// Most months: a hundred years.
const MOST_MONTHS: u32 = 1_200;
/// Most days: a hundred years.
const MOST_DAYS: u32 = 36_525;
/// First and last year that are taken.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=9999;

/// First and last second of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first second.
    pub not_before: OffsetDateTime,
    /// The last second.
    pub not_after: OffsetDateTime,
}

/// How long when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Calendar months.
    Months(u32),
    /// So long.
    Exactly(Duration),
}

/// The period that a validity means now.
///
/// # Errors
/// Every wrong field, below `/validity`.
pub fn period(validity: &Validity, now: OffsetDateTime, otherwise: Length) -> Result<Period, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: &str| {
        errors.push(FieldError { pointer: ["/validity/", field].concat(), message: message.to_owned() });
    };
    let now = seconds(now);
    if validity.not_before.is_some() && validity.offset_months.is_some() {
        wrong("offset_months", "give either not_before or offset_months, not both");
    }
    if [validity.months.is_some(), validity.days.is_some(), validity.not_after.is_some()].iter().filter(|given| **given).count() > 1 {
        wrong("months", "give one of months, days and not_after, not several");
    }
    if validity.months.is_some_and(|months| months == 0 || months > MOST_MONTHS) {
        wrong("months", "1 to 1200 months");
    }
    if validity.days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
        wrong("days", "1 to 36525 days");
    }
    let not_before = match (validity.not_before, validity.offset_months) {
        (Some(moment), _) => Some(seconds(moment)),
        (None, Some(offset)) if offset.unsigned_abs() > MOST_MONTHS => None,
        (None, offset) => add_months(now, offset.unwrap_or(0)),
    }
    .filter(|moment| YEARS.contains(&moment.year()));
    let Some(not_before) = not_before else {
        wrong("offset_months", "the certificate must begin between the years 1950 and 9999");
        return Err(errors);
    };
    let not_after = match (validity.not_after, validity.months, validity.days) {
        (Some(moment), ..) => Some(seconds(moment)),
        (None, Some(months), _) => i32::try_from(months).ok().and_then(|months| add_months(not_before, months)),
        (None, None, Some(days)) => not_before.checked_add(Duration::days(i64::from(days))),
        (None, None, None) => match otherwise {
            Length::Months(months) => i32::try_from(months).ok().and_then(|months| add_months(not_before, months)),
            Length::Exactly(length) => not_before.checked_add(length),
        },
    };
    match not_after.filter(|moment| YEARS.contains(&moment.year())) {
        Some(not_after) if not_after <= not_before => wrong("not_after", "the certificate would end before it begins"),
        None => wrong("not_after", "the certificate must end between the years 1950 and 9999"),
        Some(not_after) if errors.is_empty() => return Ok(Period { not_before, not_after }),
        Some(_) => {}
    }
    Err(errors)
}

/// Whole seconds in UTC: certificates know nothing finer.
fn seconds(moment: OffsetDateTime) -> OffsetDateTime {
    let moment = moment.to_offset(UtcOffset::UTC);
    moment.replace_nanosecond(0).unwrap_or(moment)
}

/// So many calendar months later; the last day of the month where there is no such day.
fn add_months(moment: OffsetDateTime, months: i32) -> Option<OffsetDateTime> {
    let since_year_zero = moment.year().checked_mul(12)?.checked_add(i32::from(u8::from(moment.month())) - 1)?.checked_add(months)?;
    let (year, month) = (since_year_zero.div_euclid(12), since_year_zero.rem_euclid(12) + 1);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, moment.day().min(month.length(year))).ok()?;
    Some(moment.replace_date(date))
}

/// UTCTime until 2049, GeneralizedTime afterwards (RFC 5280 section 4.1.2.5).
pub(crate) fn time(moment: OffsetDateTime) -> Vec<u8> {
    let moment = seconds(moment);
    let mut text = String::with_capacity(15);
    let mut pair = |number: u32| {
        text.push(char::from(b'0' + (number / 10 % 10) as u8));
        text.push(char::from(b'0' + (number % 10) as u8));
    };
    let year = moment.year().unsigned_abs();
    let short = (1950..2050).contains(&year);
    if !short {
        pair(year / 100);
    }
    pair(year % 100);
    for number in [u8::from(moment.month()), moment.day(), moment.hour(), moment.minute(), moment.second()] {
        pair(u32::from(number));
    }
    text.push('Z');
    der::wrap(if short { tag::UTC_TIME } else { tag::GENERALIZED_TIME }, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-30 12:00:00.75 UTC);

    #[rstest]
    #[case(Validity::default(), datetime!(2026-11-30 12:00 UTC), datetime!(2027-02-28 12:00 UTC))]
    #[case(Validity { months: Some(12), ..Validity::default() }, datetime!(2026-11-30 12:00 UTC), datetime!(2027-11-30 12:00 UTC))]
    #[case(Validity { days: Some(90), ..Validity::default() }, datetime!(2026-11-30 12:00 UTC), datetime!(2027-02-28 12:00 UTC))]
    #[case(Validity { months: Some(1), offset_months: Some(-9), ..Validity::default() }, datetime!(2026-02-28 12:00 UTC), datetime!(2026-03-28 12:00 UTC))]
    #[case(Validity { not_before: Some(datetime!(2027-01-01 02:00 +02:00)), not_after: Some(datetime!(2051-01-01 0:00 UTC)), ..Validity::default() }, datetime!(2027-01-01 0:00 UTC), datetime!(2051-01-01 0:00 UTC))]
    fn periods_are_as_people_count(#[case] validity: Validity, #[case] not_before: OffsetDateTime, #[case] not_after: OffsetDateTime) {
        assert_eq!(period(&validity, NOW, Length::Months(3)), Ok(Period { not_before, not_after }));
    }

    #[rstest]
    #[case(Validity { months: Some(0), ..Validity::default() }, "/validity/months")]
    #[case(Validity { days: Some(40_000), ..Validity::default() }, "/validity/days")]
    #[case(Validity { months: Some(3), days: Some(3), ..Validity::default() }, "/validity/months")]
    #[case(Validity { offset_months: Some(i32::MIN), ..Validity::default() }, "/validity/offset_months")]
    #[case(Validity { offset_months: Some(1), not_before: Some(NOW), ..Validity::default() }, "/validity/offset_months")]
    #[case(Validity { not_after: Some(datetime!(2026-01-01 0:00 UTC)), ..Validity::default() }, "/validity/not_after")]
    fn what_is_no_period_is_named(#[case] validity: Validity, #[case] pointer: &str) {
        assert_eq!(period(&validity, NOW, Length::Months(3)).unwrap_err()[0].pointer, pointer);
    }

    #[test]
    fn moments_are_written_as_rfc_5280_wants() {
        assert_eq!(time(datetime!(2049-12-31 23:59:59 UTC)), [&[0x17, 13], b"491231235959Z".as_slice()].concat());
        assert_eq!(time(datetime!(2050-01-01 00:00:00 UTC)), [&[0x18, 15], b"20500101000000Z".as_slice()].concat());
    }
}
