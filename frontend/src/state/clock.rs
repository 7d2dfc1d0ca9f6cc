//! The page's clock: the only place that asks the browser for the time, and how times are said.

use crate::view::*;
use time::OffsetDateTime;

use super::App;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since the epoch.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit far beyond the year 9999")]
pub fn now() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

/// A time from seconds since the epoch.
pub fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Lets `now` move each minute.
pub fn start(app: App) {
    let _ = set_interval_with_handle(move || app.now.set(now()), std::time::Duration::from_secs(60));
}

/// `27 Nov 2026`.
pub fn date(time: OffsetDateTime) -> String {
    let month = MONTHS[usize::from(u8::from(time.month()) - 1)];
    format!("{} {month} {}", time.day(), time.year())
}

/// `23:59:59 UTC`.
pub fn time_of_day(time: OffsetDateTime) -> String {
    format!("{:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second())
}

/// `27 Nov 2026 23:59:59 UTC`.
pub fn exact(time: OffsetDateTime) -> String {
    format!("{} {}", date(time), time_of_day(time))
}

/// `12 minutes ago`, `in 3 days`: how long before or after now.
pub fn relative(time: OffsetDateTime, now: i64) -> String {
    let seconds = time.unix_timestamp() - now;
    let (count, unit) = match seconds.unsigned_abs() {
        0..45 => return "just now".to_owned(),
        size @ 45..5_400 => ((size + 30) / 60, "minute"),
        size @ 5_400..129_600 => ((size + 1_800) / 3_600, "hour"),
        size @ 129_600..63_072_000 => ((size + 43_200) / 86_400, "day"),
        size => ((size + 15_778_800) / 31_557_600, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds < 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}
