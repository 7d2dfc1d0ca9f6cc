//! Moments and processes in sentences.

use certdeck_shared::x509::life::date;
use time::{OffsetDateTime, UtcOffset};

use super::surroundings::Running;

/// `11:17 UTC` of the same day, else `20 Nov 2026, 11:17 UTC`.
pub(super) fn moment(at: OffsetDateTime, now: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let time = format!("{:02}:{:02} UTC", at.hour(), at.minute());
    if at.date() == now.to_offset(UtcOffset::UTC).date() { time } else { format!("{}, {time}", date(at)) }
}

/// `master (process 2214, since 08:02 UTC)`.
pub(super) fn process(running: &Running, now: OffsetDateTime) -> String {
    match running.started_at {
        Some(at) => format!("{} (process {}, since {})", running.program, running.id, moment(at, now)),
        None => format!("{} (process {})", running.program, running.id),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_moment_of_today_has_no_date() {
        let now = datetime!(2026-11-22 11:31 UTC);
        assert_eq!(moment(datetime!(2026-11-22 12:17 +1), now), "11:17 UTC");
        assert_eq!(moment(datetime!(2026-11-20 08:02 UTC), now), "20 Nov 2026, 08:02 UTC");
    }
}
