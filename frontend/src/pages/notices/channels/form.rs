//! The form of a new channel, and of one that is there.

use std::sync::Arc;

use certdeck_shared::api::notice::{Channel, ChannelMade};
use certdeck_shared::glass::Action;

use super::super::words::CHANNEL_KINDS;
use super::draft::Draft;
use super::{Beside, Ways, fields};
use crate::components::data::glass::glass_of_form;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::browser;
use crate::transport::client;
use crate::view::*;

/// The pane. A channel stays of its kind.
pub fn form(ways: Ways, of: Option<Arc<Channel>>) -> View {
    let draft = of.as_ref().map_or_else(Draft::new, |channel| Draft::of(channel));
    let submission = Submission::new();
    let faults = submission.faults;
    let kept = of.as_ref().is_some_and(|channel| channel.has_secret);
    let title = if of.is_some() { "Edit the channel" } else { "A new channel" };
    let (words, symbol) = if of.is_some() { ("Save", "check") } else { ("Add the channel", "plus") };
    let kinds = of.is_none().then(|| kinds(draft));
    let kind = Memo::new(move |_| draft.kind.get());
    // What was refused of one kind is nothing to another.
    effect(move || {
        kind.get();
        faults.clear();
    });
    let target = move || {
        let kind = kind.get();
        untrack(|| fields::of_kind(draft, &kind, faults, kept))
    };
    let of = StoredValue::new(of);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match of.get_value() {
            None => {
                let new = untrack(|| draft.channel());
                submission.run(async move { client().add_channel(&new).await }, move |made| added(ways, made));
            }
            Some(channel) => {
                let change = untrack(|| draft.change(&channel));
                submission.run(async move { client().change_channel(&channel.id, &change).await }, move |_| {
                    ways.notifying.app.announce("Saved");
                    ways.notifying.read();
                    ways.beside.set(Beside::Chosen);
                });
            }
        }
    };
    let stands_for = move || match of.get_value() {
        None => Action::CreateChannel { body: draft.channel() },
        Some(channel) => Action::ChangeChannel { channel: channel.id.clone(), body: draft.change(&channel) },
    };
    let ready = Signal::derive(move || draft.label.with(|label| !label.trim().is_empty()));
    browser::focus_soon(ids::CHANNEL_LABEL);
    view! {
        <div class="pane-head">
            <h2 class="cut">{title}</h2>
            <button class="btn plain icon push" type="button" aria-label="Close" on:click=move |_| ways.close()>{icon("close")}</button>
        </div>
        <div class="pane-body">
            <form class="sect stack" on:submit=submit>
                {Field::text(ids::CHANNEL_LABEL, "Name for people", draft.label).placeholder("Mail to operations").faults(faults, "/label").required().view()}
                {kinds}
                {target}
                {fields::wanted(draft)}
                {faults.callout()}
                <div class="row">{submission.button(symbol, words, ready)}<button class="btn plain" type="button" on:click=move |_| ways.close()>"Cancel"</button></div>
                {glass_of_form(stands_for)}
            </form>
        </div>
    }
}

/// What comes of a new one: it is chosen, and its secret, where one was made, is shown once.
fn added(ways: Ways, made: ChannelMade) {
    let ChannelMade { channel, secret } = made;
    ways.notifying.app.announce("Added");
    ways.made.set(secret.map(|secret| (channel.label.clone(), secret)));
    ways.choose(channel.id);
    ways.notifying.read();
}

fn kinds(draft: Draft) -> View {
    let choices: Vec<View> = CHANNEL_KINDS
        .into_iter()
        .map(|(name, words, note)| {
            view! {
                <label>
                    <input class="cb" type="radio" name="channel-kind" value=name prop:checked=move || draft.kind.with(|kind| kind == name) on:change=move |_| draft.kind.set(name.to_owned())/>
                    <b>{words}</b><span class="note">{note}</span>
                </label>
            }
        })
        .collect();
    view! { <div class="choice two" role="radiogroup" aria-label="By which way">{choices}</div> }
}
