//! What a new request is for: a template, and single usages beneath it.

use crate::view::*;
use certdeck_shared::request::{RequestForm, Usages};
use certdeck_shared::x509::usage;

use super::draft::Draft;
use crate::components::form::faults::Faults;
use crate::components::form::field::Field;
use crate::components::x509::usages::usage_boxes;
use crate::ids;
use crate::state::App;

const TEMPLATES: &[(&str, &str)] = &[
    ("tls-server", "TLS server"),
    ("tls-client", "TLS client"),
    ("mail", "E-mail"),
    ("ca", "Certificate authority"),
    ("", "Nothing in particular"),
];

/// The section.
pub fn section(app: App, draft: Draft, faults: Faults) -> View {
    let form = move || draft.form();
    let asked = move || in_words(&form(), draft);
    view! {
        <section class="sect"><div class="sect-head"><h3>"What it is for"</h3><span class="note">{asked}</span></div>
            <div class="form">
                {Field::select(ids::REQUEST_TEMPLATE, "Template", draft.template, TEMPLATES).class("field f3").view()}
                {move || draft.template.with(|template| template == "ca").then(|| {
                    Field::text(ids::REQUEST_PATH_LENGTH, "CAs that may follow", draft.path_length).class("field f3").placeholder("any number")
                        .faults(faults, "/form/basic_constraints/path_length").view()
                })}
                {like(app, draft)}
            </div>
            <details class="gap-top">
                <summary>"Single usages instead of the template's"</summary>
                {usage_boxes(draft.key_usage, draft.extended_key_usage)}
            </details>
        </section>
    }
}

/// `digitalSignature; TLS server`.
fn in_words(form: &RequestForm, draft: Draft) -> String {
    let algorithm = draft.key_algorithm().words();
    let usages = Usages::of(form, algorithm.split(' ').next().unwrap_or_default());
    let mut words: Vec<&str> = usages.key_usage.iter().map(|name| usage::key_word(name)).collect();
    words.extend(usages.extended_key_usage.iter().map(|name| usage::extended_word(name)));
    words.join(", ")
}

/// The subject, names and usages of a certificate that is here.
fn like(app: App, draft: Draft) -> View {
    let options = move || {
        let mut options = vec![view! { <option value="">"Choose to take over its subject, names and usages"</option> }];
        app.certificates.rows.with(|rows| {
            options.extend(rows.iter().filter(|row| row.view.is_ok()).take(500).map(|row| {
                view! { <option value=row.entry.fingerprint_sha256.clone()>{row.name.clone()}</option> }
            }));
        });
        options
    };
    let take = move |event: web_sys::Event| {
        let chosen = event_target_value(&event);
        let form = app.certificates.rows.with_untracked(|rows| {
            let row = rows.iter().find(|row| row.entry.fingerprint_sha256 == chosen)?;
            row.view.as_ref().ok().map(RequestForm::of_certificate)
        });
        if let Some(form) = form {
            draft.fill(form);
        }
    };
    view! {
        <div class="field">
            <label for=ids::REQUEST_LIKE>"Like a certificate that is here"</label>
            <select id=ids::REQUEST_LIKE class="in" on:change=take>{options}</select>
        </div>
    }
}
