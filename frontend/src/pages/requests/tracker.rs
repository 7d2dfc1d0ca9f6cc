//! What people keep about a request: the CA, a note, the nickname to come.

use crate::view::*;
use certdeck_shared::api::request::{Request, RequestChange};

use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission};
use crate::ids;
use crate::transport::client;

/// The words, and a form that changes them.
pub fn section(at: StoredValue<(String, String)>, slot: RwSignal<Load<Request>>, request: &Request) -> View {
    let editing = RwSignal::new(false);
    let request = request.clone();
    let content = move || if editing.get() { form(at, slot, &request, editing) } else { words(&request, editing) };
    view! { {content} }
}

fn words(request: &Request, editing: RwSignal<bool>) -> View {
    let ca = request.ca_name.clone().map(|ca| view! { <p>{["Sent to ", &ca].concat()}</p> });
    view! {
        {ca}
        {request.note.clone().map(|note| view! { <p class="muted">{note}</p> })}
        <div class="row"><button class="btn plain" type="button" on:click=move |_| editing.set(true)>"Note, CA, nickname"</button></div>
    }
}

fn form(at: StoredValue<(String, String)>, slot: RwSignal<Load<Request>>, request: &Request, editing: RwSignal<bool>) -> View {
    let text = |value: &Option<String>| RwSignal::new(value.clone().unwrap_or_default());
    let (ca_name, note, nickname) = (text(&request.ca_name), text(&request.note), RwSignal::new(request.nickname.clone()));
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, id) = at.get_value();
        let change = RequestChange {
            nickname: Some(nickname.get_untracked().trim().to_owned()),
            note: Some(note.get_untracked()),
            ca_name: Some(ca_name.get_untracked().trim().to_owned()),
        };
        submission.run(async move { client().change_request(&db, &id, &change).await }, move |request| slot.set(Load::Ready(request)));
    };
    view! {
        <form class="form" on:submit=submit>
            {Field::text(ids::REQUEST_CA, "CA it went to", ca_name).class("field f3").faults(submission.faults, "/ca_name").view()}
            {Field::text(ids::REQUEST_NICKNAME, "Nickname for the certificate", nickname).class("field f3").faults(submission.faults, "/nickname").view()}
            {Field::area(ids::REQUEST_NOTE, "Note", note, 3).faults(submission.faults, "/note").view()}
            {submission.faults.callout()}
            <div class="row">
                {submission.button("check", "Save", Signal::stored(true))}
                <button class="btn plain" type="button" on:click=move |_| editing.set(false)>"Leave it"</button>
            </div>
        </form>
    }
}
