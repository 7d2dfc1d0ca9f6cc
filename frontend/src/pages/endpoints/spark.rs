//! Plots of days: a bar for each, its height the time of a handshake; days on which something was wrong stand out by height and colour.

use std::fmt::Write as _;

use certdeck_shared::api::endpoint::{EndpointState, RecentDays};
use time::{Date, Duration, Month};

use super::words::{state_mark, state_of_letter};
use crate::view::*;

/// Width of a day and of its bar, in units of the plot.
const DAY: usize = 10;
const BAR: usize = 7;

/// The days as bars. Each tone is one path: a list has thousands of bars.
pub fn spark(recent: &RecentDays, height: u32) -> View {
    let slowest = recent.milliseconds.iter().copied().max().unwrap_or_default().max(1);
    let mut paths = [("", String::new()), ("s-w", String::new()), ("s-b", String::new()), ("s-n", String::new())];
    for (day, letter) in recent.worst.chars().enumerate() {
        let milliseconds = recent.milliseconds.get(day).copied().unwrap_or_default();
        // Up to five ninths of the height tell the time; what is wrong is higher than any of these.
        let tall = height * 2 / 9 + milliseconds.saturating_mul(height / 3) / slowest;
        let (tone, tall) = match state_of_letter(letter) {
            Some(EndpointState::Down | EndpointState::Broken | EndpointState::Stale) => (2, height * 8 / 9),
            Some(EndpointState::Due | EndpointState::Weak) => (1, height * 2 / 3),
            Some(EndpointState::Good) => (0, tall),
            Some(EndpointState::Unknown | EndpointState::Paused) | None => (3, height / 9),
        };
        if let Some((_, path)) = paths.get_mut(tone) {
            let _ = write!(path, "M{} {height}v-{tall}h{BAR}v{tall}z", day * DAY);
        }
    }
    let drawn: Vec<View> =
        paths.into_iter().filter(|(_, path)| !path.is_empty()).map(|(class, path)| view! { <path class=class d=path></path> }).collect();
    let size = format!("0 0 {} {height}", recent.worst.chars().count() * DAY);
    view! { <svg class="spark" viewBox=size preserveAspectRatio="none" role="img" aria-label=spoken(recent)>{drawn}</svg> }
}

/// `30 days: Good on 27, Down on 3`.
fn spoken(recent: &RecentDays) -> String {
    let mut counts = Vec::new();
    for state in EndpointState::ALL {
        match recent.worst.chars().filter(|letter| *letter == state.letter()).count() {
            0 => {}
            days => counts.push(format!("{} on {days}", state_mark(state).2)),
        }
    }
    let days = recent.worst.chars().count();
    if counts.is_empty() { format!("{days} days: none probed") } else { format!("{days} days: {}", counts.join(", ")) }
}

/// A day of a plot, so many after the first.
pub fn day(first: &str, after: usize) -> Option<Date> {
    let mut parts = first.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    let first = Date::from_calendar_date(year, month, parts.next()?.parse().ok()?).ok()?;
    first.checked_add(Duration::days(i64::try_from(after).ok()?))
}
