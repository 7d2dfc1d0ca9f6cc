//! The subject of a new request: fields, or one text in any order with attributes as often as wanted.

use crate::view::*;
use certdeck_shared::request;

use super::draft::Draft;
use crate::components::form::faults::Faults;
use crate::components::form::field::{Field, Note};
use crate::ids;

/// The section.
pub fn section(draft: Draft, faults: Faults) -> View {
    for pasted in [draft.organization, draft.common_name] {
        effect(move || {
            let pasted = pasted.get();
            untrack(|| draft.take_apart(&pasted));
        });
    }
    let button = move |as_text: bool, words: &'static str| {
        let pressed = move || (draft.as_text.get() == as_text).to_string();
        view! { <button type="button" aria-pressed=pressed on:click=move |_| draft.turn(as_text)>{words}</button> }
    };
    let content = move || if draft.as_text.get() { text(draft, faults) } else { fields(draft) };
    view! {
        <section class="sect"><div class="sect-head"><h3>"Subject"</h3>
            <div class="seg push">{button(false, "Fields")}{button(true, "Text")}</div></div>
            {content}
        </section>
    }
}

fn about(draft: Draft, pointer: &'static str) -> Signal<Option<Note>> {
    Signal::derive(move || {
        let form = draft.form();
        // Nothing is wrong with a form that nobody has begun to fill in; the checks beside it say what is still needed.
        let begun =
            !form.subject_alternative_names.is_empty() || !request::distinguished_name(&form).is_empty() || !form.subject.is_empty();
        let fault = || request::validate(&form).into_iter().find(|error| error.pointer == pointer);
        begun.then(fault).flatten().map(|error| Note::bad(error.message))
    })
}

fn text(draft: Draft, faults: Faults) -> View {
    view! {
        {Field::area(ids::REQUEST_SUBJECT, "Attributes in any order, as often as wanted", draft.subject, 6)
            .placeholder("CN=www.example.org\nOU=hostname/ SSL Web Server\nO=Example\nC=CH")
            .hint("One a line or with commas, the most specific first; or as OpenSSL has it: /C=CH/O=Example/CN=www.example.org")
            .note(about(draft, "/subject")).faults(faults, "/form/subject").view()}
    }
}

fn fields(draft: Draft) -> View {
    view! {
        <div class="form">
            {Field::text(ids::REQUEST_CN, "Common name (CN)", draft.common_name).class("field f4").placeholder("the first name").note(about(draft, "/common_name")).view()}
            {Field::text(ids::REQUEST_C, "Country (C)", draft.country).class("field f2").note(about(draft, "/country")).view()}
            {Field::text(ids::REQUEST_O, "Organisation (O)", draft.organization).class("field f4").autocomplete("organization").note(about(draft, "/organization")).view()}
            {Field::text(ids::REQUEST_OU, "Unit (OU)", draft.unit).class("field f2").note(about(draft, "/organizational_unit")).view()}
            {Field::text(ids::REQUEST_L, "Locality (L)", draft.locality).class("field f2").note(about(draft, "/locality")).view()}
            {Field::text(ids::REQUEST_ST, "State (ST)", draft.state).class("field f2").note(about(draft, "/state_or_province")).view()}
            {Field::text(ids::REQUEST_EMAIL, "E-mail", draft.email).class("field f2").note(about(draft, "/email_address")).view()}
        </div>
        <p class="note gap-top">"Paste a whole line into one of them, it is taken apart."</p>
    }
}
