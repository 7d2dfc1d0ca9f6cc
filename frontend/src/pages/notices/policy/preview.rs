//! When a certificate would be told of: its life as a line with the beginning of each stage on it, and the same in words.

use certdeck_shared::expiry::length;
use time::Duration;

use super::super::words::stage_mark;
use super::draft::TimingDraft;
use super::leads::STAGES;
use crate::components::icon::toned_glyph;
use crate::ids;
use crate::state::clock;
use crate::view::*;

/// Lifetimes at one click: Let's Encrypt's, the limits of public CAs, and a private one's.
const USUAL: [(&str, &str); 6] = [("47", "47"), ("90", "90"), ("100", "100"), ("200", "200"), ("398", "398"), ("3650", "10 years")];
/// The longest lifetime that is shown, days.
const LONGEST: i64 = 36_500;

/// The lifetime that is asked for, as it is typed.
pub fn days() -> RwSignal<String> {
    RwSignal::new("90".to_owned())
}

/// The field for it.
pub fn asked(days: RwSignal<String>) -> View {
    let usual = USUAL.map(|(value, words)| {
        view! { <button class="chip" type="button" aria-pressed=move || days.with(|days| days.trim() == value).to_string() on:click=move |_| days.set(value.to_owned())>{words}</button> }
    });
    view! {
        <div class="row wrap">
            <label for=ids::POLICY_PREVIEW>"Show it for a certificate of"</label>
            <input class="in days-in" id=ids::POLICY_PREVIEW inputmode="numeric" autocomplete="off" prop:value=days on:input=move |event| days.set(event_target_value(&event))/>
            <span>"days, issued today"</span>
            <div class="chips" role="group" aria-label="Usual lifetimes">{Vec::from(usual)}</div>
        </div>
    }
}

/// A stage of the certificate that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begin {
    /// Seconds of its life before it.
    after: i64,
    /// Seconds of its life after it.
    before_end: i64,
}

/// The line and the words.
pub fn preview(days: RwSignal<String>, draft: TimingDraft) -> View {
    let begins = Memo::new(move |_| {
        let days = days.with(|days| days.trim().parse::<i64>().ok().filter(|days| (1..=LONGEST).contains(days)))?;
        let (timing, whole) = (draft.timing(), Duration::days(days));
        let begin = |lead| {
            let left = length(lead, whole).min(whole).whole_seconds();
            Begin { after: whole.whole_seconds() - left, before_end: left }
        };
        Some((days, [begin(&timing.first_notice), begin(&timing.reminder), begin(&timing.last_days)]))
    });
    let content = move || match begins.get() {
        Some((days, begins)) => drawn(days, begins),
        None => view! { <p class="note">"A lifetime has 1 to 36500 days."</p> },
    };
    view! { <div class="foretold">{content}</div> }
}

fn drawn(days: i64, begins: [Begin; 3]) -> View {
    let whole = days * 86_400;
    let today = clock::now();
    let marks: Vec<View> = STAGES
        .into_iter()
        .zip(begins)
        .map(|((_, stage), begin)| {
            let (at, (_, tone, _)) = (percent(begin.after, whole), stage_mark(stage));
            view! { <line class=tone x1=at.clone() x2=at y1="2" y2="16"></line> }
        })
        .collect();
    let words: Vec<View> = STAGES
        .into_iter()
        .zip(begins)
        .map(|((_, stage), begin)| {
            let (glyph, tone, name) = stage_mark(stage);
            let day = clock::date(clock::at(today + begin.after));
            view! { <li>{toned_glyph(glyph, tone)}<span>{name}</span><b>{day}</b><span class="note">{[&span(begin.before_end), " before the end"].concat()}</span></li> }
        })
        .collect();
    let end = clock::date(clock::at(today + whole));
    let begun = percent(begins.first().map_or(whole, |begin| begin.after), whole);
    let said = format!("A life of {days} days until {end} with the beginning of each stage");
    view! {
        <svg class="life-line" role="img" aria-label=said>
            <rect class="m0" x="0" y="7" width="100%" height="4" rx="2"></rect>
            <rect class="m1" x="0" y="7" width=begun height="4" rx="2"></rect>
            {marks}
        </svg>
        <ul>{words}<li>{toned_glyph("expired", "bad")}<span>"Expired"</span><b>{end}</b><span class="note">"the second after its end"</span></li></ul>
    }
}

/// Where on the line something is. Whole hundredths are finer than a screen.
fn percent(part: i64, whole: i64) -> String {
    let hundredths = part * 10_000 / whole.max(1);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// `29 days 16 hours`; whole days alone where nothing is left.
fn span(seconds: i64) -> String {
    let plural = |count: i64, unit: &str| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") };
    match (seconds / 86_400, seconds % 86_400 / 3_600) {
        (0, 0) => "less than an hour".to_owned(),
        (0, hours) => plural(hours, "hour"),
        (days, 0) => plural(days, "day"),
        (days, hours) => [plural(days, "day"), plural(hours, "hour")].join(" "),
    }
}
