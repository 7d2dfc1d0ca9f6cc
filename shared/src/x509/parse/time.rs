//! UTCTime and GeneralizedTime, also the forms that only BER allows.

use time::{Date, Duration, Month, OffsetDateTime};

use crate::x509::der::tag;

/// The instant, or nothing when the octets are no time. Years of two digits are 1950 to 2049 (RFC 5280 section 4.1.2.5.1).
pub(crate) fn instant(kind: u8, content: &[u8]) -> Option<OffsetDateTime> {
    let mut digits = Digits { rest: content };
    let year = match kind {
        tag::UTC_TIME => {
            let short = digits.pair()?;
            short + if short < 50 { 2000 } else { 1900 }
        }
        tag::GENERALIZED_TIME => digits.pair()? * 100 + digits.pair()?,
        _ => return None,
    };
    let month = Month::try_from(u8::try_from(digits.pair()?).ok()?).ok()?;
    let date = Date::from_calendar_date(year, month, u8::try_from(digits.pair()?).ok()?).ok()?;
    let hour = digits.pair()?;
    let minute = digits.pair().unwrap_or(0);
    let second = digits.pair().unwrap_or(0);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    digits.fraction();
    let offset = digits.offset()?;
    let midnight = date.midnight().assume_utc();
    midnight.checked_add(Duration::seconds(i64::from((hour * 60 + minute - offset) * 60 + second)))
}

struct Digits<'a> {
    rest: &'a [u8],
}

impl Digits<'_> {
    /// Two decimal digits; nothing is taken when there are none.
    fn pair(&mut self) -> Option<i32> {
        let (&[tens, ones], rest) = self.rest.split_first_chunk::<2>()?;
        if !(tens.is_ascii_digit() && ones.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        Some(i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
    }

    fn fraction(&mut self) {
        if let [b'.' | b',', rest @ ..] = self.rest {
            let end = rest.iter().position(|octet| !octet.is_ascii_digit()).unwrap_or(rest.len());
            self.rest = rest.get(end..).unwrap_or_default();
        }
    }

    /// Minutes east of UTC.
    fn offset(&mut self) -> Option<i32> {
        match self.rest {
            // Local time of nowhere: taken as UTC.
            [] | [b'Z' | b'z'] => Some(0),
            [sign @ (b'+' | b'-'), rest @ ..] => {
                let sign = if *sign == b'+' { 1 } else { -1 };
                self.rest = rest;
                let minutes = self.pair()? * 60 + self.pair()?;
                self.rest.is_empty().then_some(sign * minutes)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;

    #[rstest]
    #[case(0x17, "991231235959Z", Some(datetime!(1999-12-31 23:59:59 UTC)))]
    #[case(0x17, "491231235959Z", Some(datetime!(2049-12-31 23:59:59 UTC)))]
    #[case(0x17, "5001010000Z", Some(datetime!(1950-01-01 00:00 UTC)))]
    #[case(0x17, "200101020000+0200", Some(datetime!(2020-01-01 00:00 UTC)))]
    #[case(0x18, "99991231235959Z", Some(datetime!(9999-12-31 23:59:59 UTC)))]
    #[case(0x18, "20200101000000.123Z", Some(datetime!(2020-01-01 00:00 UTC)))]
    #[case(0x18, "2020010100", Some(datetime!(2020-01-01 00:00 UTC)))]
    #[case(0x17, "200230000000Z", None)]
    #[case(0x17, "200101250000Z", None)]
    #[case(0x17, "", None)]
    #[case(0x04, "991231235959Z", None)]
    fn times_are_read(#[case] kind: u8, #[case] text: &str, #[case] expected: Option<OffsetDateTime>) {
        assert_eq!(instant(kind, text.as_bytes()), expected);
    }
}
