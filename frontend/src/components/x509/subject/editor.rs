//! The rows with the texts beneath them.

use crate::view::*;

use super::row::row;
use super::{Style, Subject};
use crate::components::form::faults::Faults;
use crate::components::form::field::Note;
use crate::components::icon::{glyph, icon};
use crate::ids;
use crate::state::{App, browser};

/// The editor; `fault` is what the page says against the subject, `faults` what the server said.
pub fn subject_editor(app: App, subject: Subject, fault: Signal<Option<String>>, faults: Faults) -> View {
    faults.covers("/form/subject");
    let said = Memo::new(move |_| faults.at("/form/subject").or_else(|| fault.get()).map(Note::bad));
    let add = move |_| {
        let id = subject.add();
        request_animation_frame(move || browser::focus(&format!("subject-attribute-{id}")));
    };
    let rows = keyed(move || subject.rows.get(), |row| row.id, move |each| row(app, subject, each.id));
    let changed = move || faults.forget("/form/subject");
    view! {
        <ol class="subject-rows" aria-label="Attributes, the most specific first" on:input=move |_| changed()>{rows}</ol>
        <div class="row wrap">
            <button class="btn" type="button" id=ids::SUBJECT_ADD on:click=add>{icon("plus")}"Add an attribute"</button>
            <span class="note"><kbd>"Alt"</kbd>" "<kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" moves an attribute. A whole subject pasted into one is taken apart."</span>
        </div>
        <div class="form gap-top">
            {written(subject, Style::Rfc4514, ids::SUBJECT_RFC4514, "As RFC 4514 writes it", changed)}
            {written(subject, Style::OpenSsl, ids::SUBJECT_OPENSSL, "As OpenSSL writes it", changed)}
        </div>
        <p class="note row tight bad" aria-live="polite" id=ids::SUBJECT_NOTE hidden=move || said.with(Option::is_none)>
            {glyph("expired")}<span>{move || said.get().map(|note| note.words)}</span>
        </p>
    }
}

/// One of the texts.
fn written(subject: Subject, style: Style, id: &'static str, label: &'static str, changed: impl Fn() + 'static) -> View {
    let typed = move |event| {
        changed();
        subject.type_text(style, event_target_value(&event));
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input class="in mono" id=id type="text" autocomplete="off" spellcheck="false" autocapitalize="off" aria-describedby=ids::SUBJECT_NOTE
                prop:value=move || subject.written(style) on:input=typed/>
        </div>
    }
}
