//! What the policy in the form would mean for the certificates that are there, asked of the server while it is worked on.

use std::time::Duration;

use certdeck_shared::api::notice::{ExpiryPolicy, ForetoldCertificate, PolicyPreview};
use leptos::task::spawn_local;

use super::super::words::stage_mark;
use super::Policy;
use crate::components::feedback::skeleton;
use crate::components::form::submission::Load;
use crate::components::icon::{state, toned_glyph};
use crate::place::Place;
use crate::state::clock;
use crate::transport::client;
use crate::view::*;

/// How long somebody must rest before the server is asked.
const PAUSE: Duration = Duration::from_millis(400);

/// The pane beside the form, for those who may ask.
pub fn foretold(policy: Policy) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let wish = Memo::new(move |_| policy.wish());
    let asked = StoredValue::new(0_u32);
    effect(move || {
        // Whatever is saved or read meanwhile is another comparison.
        policy.base.track();
        let Some(wish) = wish.get() else { return };
        let number = asked.get_value() + 1;
        asked.set_value(number);
        // Who types on is asked for later, and the page may be left.
        set_timeout(
            move || {
                if asked.try_get_value() == Some(number) {
                    spawn_local(ask(policy, wish, slot, asked, number));
                }
            },
            PAUSE,
        );
    });
    let content = move || match slot.get() {
        Load::Waiting => skeleton(6),
        Load::Failed(words) => view! { <section class="sect"><p class="note bad" role="status">{words}</p></section> },
        Load::Ready(preview) => drawn(policy, &preview),
    };
    view! {
        <aside class="pane" aria-labelledby="foretold">
            <div class="pane-head"><h2 id="foretold">"For the certificates here"</h2></div>
            <div class="pane-body">{content}</div>
        </aside>
    }
}

async fn ask(policy: Policy, wish: ExpiryPolicy, slot: RwSignal<Load<PolicyPreview>>, asked: StoredValue<u32>, number: u32) {
    let answer = client().preview_expiry_policy(&wish).await;
    if asked.try_get_value() != Some(number) {
        return;
    }
    let read = match answer {
        Ok(preview) => Load::Ready(preview),
        Err(error) => {
            policy.notifying.app.note_error(&error);
            Load::Failed(error.to_string())
        }
    };
    slot.try_set(read);
}

fn drawn(policy: Policy, preview: &PolicyPreview) -> View {
    let rows: Vec<View> = preview.certificates.iter().map(row).collect();
    let more = preview.total - preview.certificates.len();
    let more = (more > 0).then(|| view! { <p class="note">{["And ", &more.to_string(), " more, later."].concat()}</p> });
    let by_tag = policy.draft.with_untracked(|draft| draft.is_some_and(|draft| draft.has_tags()));
    let by_tag = by_tag.then(|| view! { <p class="note">"Rules by tag are for endpoints: what they mean shows at the next probe."</p> });
    view! {
        <section class="sect stack">
            <p aria-live="polite">{said(preview)}</p>
            {by_tag}
        </section>
        <table class="grid rows foreseen">
            <thead><tr><th scope="col">"Told first"</th><th scope="col">"Certificate"</th><th scope="col">"Reminder"</th><th scope="col">"Last days"</th><th scope="col">"Ends"</th><th scope="col">"By"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {more}
    }
}

/// What saving it does at once, in a sentence.
fn said(preview: &PolicyPreview) -> String {
    let count = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(["1 ", one].concat()),
        count => Some([&count.to_string(), " ", many].concat()),
    };
    let at_once = [
        count(preview.told_at_once, "is told of at once", "are told of at once"),
        count(preview.no_longer, "is not due any more", "are not due any more"),
    ];
    let at_once: Vec<String> = at_once.into_iter().flatten().collect();
    let first = if at_once.is_empty() {
        "Saving it tells nobody of anything at once.".to_owned()
    } else {
        ["When it is saved, ", &at_once.join(" and "), "."].concat()
    };
    let whole = count(preview.total, "certificate counts", "certificates count").unwrap_or_else(|| "No certificate counts".to_owned());
    let silent = count(preview.silent, "of them is left alone", "of them are left alone");
    let silent = silent.map(|words| [", ", &words].concat()).unwrap_or_default();
    [&first, " ", &whole, &silent, "."].concat()
}

fn row(one: &ForetoldCertificate) -> View {
    let day = |at: Option<time::OffsetDateTime>| at.map(clock::date);
    let cell = |at: Option<time::OffsetDateTime>| match day(at) {
        Some(day) => view! { <td class="r-wide muted">{day}</td> },
        None => view! { <td class="r-wide faint">"never"</td> },
    };
    let href = Place::Certificate(one.database.clone(), one.fingerprint_sha256.clone()).path();
    let by = one.rule.map_or_else(|| "No rule".to_owned(), |place| ["Rule ", &(place + 1).to_string()].concat());
    let title = ["In ", &one.label].concat();
    view! {
        <tr>
            <td class="r-state">{first(one)}</td>
            <td class="r-name"><a href=href title=title>{one.name.clone()}</a></td>
            {cell(one.begins.map(|begins| begins.reminder))}
            {cell(one.begins.map(|begins| begins.last_days))}
            <td class="r-sub">{clock::date(one.not_after)}</td>
            <td class="r-end muted">{by}</td>
        </tr>
    }
}

/// The day of the first notice; the stage where that is over, and whether it is so by this policy alone.
fn first(one: &ForetoldCertificate) -> View {
    let Some(begins) = one.begins else { return state("none", "off", "Never") };
    let day = clock::date(begins.first_notice);
    match one.stage {
        None => day.into_view(),
        Some(stage) => {
            let (glyph, tone, words) = stage_mark(stage);
            let new = (one.stage_now != Some(stage)).then(|| view! { " "<span class="tag">"at once"</span> });
            view! { <span title=["Since ", &day].concat()><span class=["state ", tone].concat()>{toned_glyph(glyph, tone)}{words}</span>{new}</span> }
        }
    }
}
