//! A module for the list.

use crate::view::*;
use certdeck_shared::api::module::NewModule;

use super::page::Tokens;
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::ids;
use crate::transport::client;

/// Name, library, parameters; tried before it is written.
pub fn add_form(tokens: Tokens) -> View {
    let name = RwSignal::new(String::new());
    let library = RwSignal::new(String::new());
    let parameters = RwSignal::new(String::new());
    let submission = Submission::new();
    let wanted = move || NewModule {
        name: name.get().trim().to_owned(),
        library: library.get().trim().to_owned(),
        parameters: Some(parameters.get()).filter(|text| !text.is_empty()),
        default_mechanisms: Vec::new(),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, module) = (tokens.db.get_value(), untrack(wanted));
        submission.run(async move { client().add_module(&db, &module).await }, move |_| {
            tokens.open.set(String::new());
            tokens.app.announce("Module added");
            tokens.read();
        });
    };
    let ready = Signal::derive(move || !name.with(String::is_empty) && !library.with(String::is_empty));
    view! {
        <section class="sect">
            <form class="ask" on:submit=submit>
                <p class="note">"The library is loaded in a process of its own first. One that hangs, dies or is no module is refused, and nothing changes."</p>
                {Field::text(ids::MODULE_NAME, "Name", name).placeholder("SoftHSM").faults(submission.faults, "/name").required().view()}
                {Field::text(ids::MODULE_LIBRARY, "Library on the server", library).placeholder("/usr/lib/softhsm/libsofthsm2.so").faults(submission.faults, "/library").required().view()}
                {Field::text(ids::MODULE_PARAMETERS, "Parameters", parameters).hint("Most libraries want none.").faults(submission.faults, "/parameters").view()}
                {submission.faults.callout()}
                <div class="row">{submission.button("plus", "Try and add", ready)}<button class="btn plain" type="button" on:click=move |_| tokens.open.set(String::new())>"Cancel"</button></div>
                {glass_of_form(move || Action::AddModule { body: wanted() })}
            </form>
        </section>
    }
}
