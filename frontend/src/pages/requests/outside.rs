//! The key of a request in a file of its owner: joined with the answer by the console, which does not keep it.

use crate::view::*;
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::keystore::OutsideKeyBundle;
use certdeck_shared::api::request::Request;
use wasm_bindgen::JsCast;

use crate::components::form::field::{Field, Note};
use crate::components::form::submission::Submission;
use crate::ids;
use crate::state::{App, browser};
use crate::transport::client;

/// The form; nothing before the answer is there.
pub fn join(app: App, db: StoredValue<String>, request: StoredValue<Request>) -> View {
    if request.with_value(|request| request.answers.is_empty()) {
        return View::nothing();
    }
    let file = RwSignal::new(None::<Vec<u8>>);
    let (password, new_password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submission = Submission::new();
    let chosen = move |event: web_sys::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(chosen) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        leptos::task::spawn_local(async move {
            file.set(browser::read_file(&chosen).await);
        });
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let bundle = OutsideKeyBundle {
            file: Base64(file.get_untracked().unwrap_or_default()),
            password: Some(password.get_untracked()).filter(|password| !password.is_empty()),
            bundle_password: Some(new_password.get_untracked()),
            ..OutsideKeyBundle::default()
        };
        let (db, id) = (db.get_value(), request.with_value(|request| request.id.clone()));
        let name = browser::file_name(&request.with_value(|request| request.nickname.clone()), "p12");
        submission.run(async move { client().bundle_with_outside_key(&db, &id, &bundle).await }, move |file| {
            browser::download(&name, "application/x-pkcs12", &file);
            app.announce("Saved");
        });
    };
    let ready = Signal::derive(move || file.with(Option::is_some) && new_password.with(|password| password.chars().count() >= 8));
    let short = Signal::derive(move || {
        let length = new_password.with(|password| password.chars().count());
        (length < 8).then(|| Note::warn("At least 8 characters. The file is worth what its password is worth."))
    });
    view! {
        <form class="stack" on:submit=submit>
            <p class="muted">"Key, certificate and chain as one file for the machine that needs them. The key passes through the console for this and is not kept."</p>
            <div class="field">
                <label class="lab" for=ids::OUTSIDE_FILE>"File of the key: PKCS#8, PKCS#1, SEC 1 or PKCS#12"</label>
                <input id=ids::OUTSIDE_FILE class="file" type="file" on:change=chosen/>
            </div>
            {Field::password(ids::OUTSIDE_PASSWORD, "Its password, if it has one", password, "off").faults(submission.faults, "/password").view()}
            {Field::password(ids::REQUEST_PASSWORD, "Password of the new file", new_password, "new-password").note(short).faults(submission.faults, "/bundle_password").view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("export", "Save as PKCS#12", ready)}</div>
        </form>
    }
}
