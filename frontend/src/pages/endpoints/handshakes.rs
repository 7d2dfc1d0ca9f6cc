//! The last days of an endpoint: how long handshakes took, and what changed.

use certdeck_shared::api::endpoint::{EndpointDay, EndpointEvent, RecentDays};

use super::spark::{day, spark};
use super::words::state_view;
use crate::state::clock;
use crate::view::*;

/// The plot with its ends, the last and the slowest time.
pub fn handshakes(recent: &RecentDays, days: &[EndpointDay], now: Option<u32>) -> View {
    let slowest = days.iter().map(|day| day.milliseconds_most).max().filter(|most| *most > 0);
    let said = [now.map(|now| format!("now {now} ms")), slowest.map(|most| format!("slowest {most} ms"))];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (probes, failed) = days.iter().fold((0, 0), |(probes, failed), day| (probes + day.probes, failed + day.failed));
    let ends = [0, recent.worst.chars().count().saturating_sub(1)]
        .map(|place| day(&recent.first, place).map(|day| clock::date(day.midnight().assume_utc())).unwrap_or_default());
    let [first, last] = ends;
    view! {
        <section class="sect">
            <div class="sect-head"><h3>"Handshake, 30 days"</h3><span class="note push">{said}</span></div>
            <div class="plot-large">{spark(recent, 60)}</div>
            <div class="row note"><span>{first}</span><span class="push">{format!("{probes} probes, {failed} failed")}</span><span class="push">{last}</span></div>
        </section>
    }
}

/// What changed, the newest first.
pub fn changes(changes: &[EndpointEvent]) -> View {
    let rows: Vec<View> = changes
        .iter()
        .map(|change| {
            view! { <li><span class="row">{state_view(change.state)}<span class="note push">{clock::exact(change.at)}</span></span><span class="note">{change.words.clone()}</span></li> }
        })
        .collect();
    view! { <section class="sect"><h3>"Changes"</h3><ul class="changes">{rows}</ul></section> }
}
