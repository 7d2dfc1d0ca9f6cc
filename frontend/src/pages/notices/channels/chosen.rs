//! The chosen channel: how it works, a test with what came of it, and its ways out.

use std::sync::Arc;

use certdeck_shared::api::notice::{Channel, ChannelChange, ChannelTarget, Delivery};
use certdeck_shared::glass::Action;

use super::super::tries;
use super::super::words::{channel_kind, channel_mark, leads_to, wants};
use super::{Beside, Ways};
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::data::glass::glass_of_form;
use crate::components::feedback::callout;
use crate::components::icon::{glyph, icon};
use crate::place::Place;
use crate::state::clock;
use crate::transport::client;
use crate::view::*;

/// Tries the chosen channel: once, now.
pub fn test(ways: Ways) {
    let Some(id) = ways.chosen.get_untracked().map(|chosen| chosen.id.clone()) else { return };
    ways.tested.set(None);
    ways.notifying.acting.run(async move { client().test_channel(&id).await }, move |delivery| {
        let said = delivery.tries.last().map(tries::answer).unwrap_or_default();
        ways.notifying.app.announce(["The test: ", &said].concat());
        ways.tested.set(Some(delivery));
        ways.notifying.read();
    });
}

/// The pane. Buttons stay while what is around them changes.
pub fn chosen(ways: Ways) -> View {
    let name = move || ways.chosen.with(|chosen| chosen.as_ref().map(|channel| channel.label.clone()));
    let outcome = move || {
        let here = ways.chosen.with(|chosen| chosen.as_ref().map(|channel| channel.id.clone()));
        ways.tested.with(|tested| tested.as_ref().filter(|delivery| Some(&delivery.channel) == here.as_ref()).map(came_of))
    };
    let stands_for = move || Action::TestChannel {
        channel: ways.chosen.with(|chosen| chosen.as_ref().map(|channel| channel.id.clone())).unwrap_or_default(),
    };
    view! {
        <div class="pane-head">
            <button class="btn plain icon narrow-only" type="button" aria-label="Back to the list" on:click=move |_| ways.close()>{icon("back")}</button>
            <h2 class="cut">{name}</h2>
        </div>
        <div class="pane-body">
            <section class="sect stack">
                <div class="stack">{move || ways.chosen.get().map(|channel| verdict(&channel))}</div>
                {buttons(ways)}
                <div aria-live="polite">{outcome}</div>
                {ways.notifying.acting.faults.callout()}
            </section>
            <section class="sect">{move || ways.chosen.get().map(|channel| about(&channel))}</section>
            <section class="sect stack">{glass_of_form(stands_for)}{remove(ways)}</section>
        </div>
    }
}

fn verdict(channel: &Arc<Channel>) -> View {
    let (name, tone, word) = channel_mark(channel);
    let words = match (&channel.trouble, channel.enabled, channel.delivered_at) {
        (_, false, _) => "Nothing goes there until it is switched on.".to_owned(),
        (Some(trouble), true, _) => ["The last try: ", trouble].concat(),
        (None, true, Some(at)) => ["Something was taken last on ", &clock::exact(at), "."].concat(),
        (None, true, None) => "Nothing has gone there yet. Send a test.".to_owned(),
    };
    let waiting = match channel.waiting {
        0 => None,
        1 => Some("1 message waits and is tried again, for three days.".to_owned()),
        count => Some(format!("{count} messages wait and are tried again, for three days.")),
    };
    view! {
        <p class=["verdict ", tone].concat()>{glyph(name)}<span><b>{[word, "."].concat()}</b>" "<span class="break">{words}</span></span></p>
        {waiting.map(|words| view! { <p class="note indent">{words}</p> })}
    }
}

fn buttons(ways: Ways) -> View {
    let busy = ways.notifying.acting.busy;
    let on = Memo::new(move |_| ways.chosen.with(|chosen| chosen.as_ref().is_some_and(|channel| channel.enabled)));
    let switch = move |_| {
        let Some(id) = ways.chosen.get_untracked().map(|chosen| chosen.id.clone()) else { return };
        let (wanted, words) = if on.get_untracked() { (false, "Switched off") } else { (true, "Switched on") };
        let change = ChannelChange { enabled: Some(wanted), ..ChannelChange::default() };
        ways.notifying.acting.run(async move { client().change_channel(&id, &change).await }, move |_| {
            ways.notifying.app.announce(words);
            ways.notifying.read();
        });
    };
    view! {
        <div class="row tight wrap">
            <button class="btn primary" type="button" disabled=busy on:click=move |_| test(ways)>
                {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("bell") }}"Send a test"<kbd aria-hidden="true">"t"</kbd>
            </button>
            <button class="btn" type="button" disabled=busy on:click=move |_| ways.show(Beside::Edit)>{icon("edit")}"Edit"<kbd aria-hidden="true">"e"</kbd></button>
            <button class="btn" type="button" disabled=busy on:click=switch>{move || if on.get() { "Switch off" } else { "Switch on" }}</button>
        </div>
    }
}

/// Whether the other side took the test, and its own words.
fn came_of(delivery: &Delivery) -> View {
    let taken = delivery.tries.last().is_some_and(|tried| tried.taken);
    let said = delivery.tries.last().map(|tried| tried.answer.clone()).unwrap_or_default();
    let words = if taken { "The test was taken." } else { "The test was not taken." };
    callout(if taken { "ok" } else { "bad" }, view! { <p>{words}</p>{(!said.is_empty()).then(|| view! { <p class="break">{said}</p> })} })
}

fn about(channel: &Channel) -> View {
    let mut rows: Vec<Fact> = vec![fact("Kind", channel_kind(&channel.target))];
    match &channel.target {
        ChannelTarget::Webhook { url, .. } => rows.push(fact_code("Address", url.clone())),
        ChannelTarget::Command { arguments, seconds } => {
            rows.push(fact_code("Arguments", arguments.join("\n")));
            rows.push(fact("May take", format!("{seconds} s")));
        }
        ChannelTarget::Mail { from, user_name, .. } => {
            rows.push(fact("Leads to", leads_to(&channel.target)));
            rows.push(fact("From", from.clone()));
            rows.extend(user_name.as_ref().map(|name| fact("Account", name.clone())));
        }
        ChannelTarget::Syslog { .. } => rows.push(fact("Leads to", leads_to(&channel.target))),
    }
    if channel.has_secret {
        rows.push(fact("Secret", "kept, and not shown"));
    }
    rows.push(fact("Gets", wants(channel)));
    rows.push(fact("Made", clock::exact(channel.created_at)));
    let sent = Place::Notices("deliveries".to_owned()).path();
    view! { {facts(vec![("", rows)])}<p class="gap-top"><a href=sent>"What was sent"</a></p> }
}

/// The way out, asked twice.
fn remove(ways: Ways) -> View {
    let asked = RwSignal::new(false);
    let gone = move |_| {
        let Some(id) = ways.chosen.get_untracked().map(|chosen| chosen.id.clone()) else { return };
        ways.notifying.acting.run(async move { client().remove_channel(&id).await }, move |()| {
            ways.notifying.app.announce("Removed");
            asked.set(false);
            ways.close();
            ways.notifying.read();
        });
    };
    let content = move || {
        if asked.get() {
            view! {
                <div class="row wrap">
                    <button class="btn danger" type="button" disabled=ways.notifying.acting.busy on:click=gone>"Remove it, and what waits for it"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            }
        } else {
            view! { <button class="btn danger" type="button" on:click=move |_| asked.set(true)>"Remove"</button> }
        }
    };
    view! { {content} }
}
