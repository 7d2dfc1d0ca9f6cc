//! What the head of a certificate asks before it acts: a new nickname, whether to delete, what to export with the key.

use std::sync::Arc;

use certdeck_shared::api::certificate::CertificateChange;
use leptos::task::spawn_local;

use crate::chunks::{self, lazy_part};
use crate::components::feedback::callout;
use crate::ids;
use crate::pages::certificates::{actions, selection};
use crate::place::Place;
use crate::state::row::Row;
use crate::state::{App, browser};
use crate::transport::client;
use crate::view::*;

/// What is open in the head: nothing, renaming, deleting, exporting in a form that asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    Nothing,
    Name,
    Deletion,
    Export,
}

/// Opens a question, or closes it where it is open.
pub fn ask(asking: RwSignal<Asking>, what: Asking) {
    asking.update(|asking| *asking = if *asking == what { Asking::Nothing } else { what });
    if what == Asking::Name {
        browser::focus_soon(ids::RENAME);
    }
}

/// What is asked, above the certificate. It stands by itself: a change from elsewhere redraws the certificate, not what one is typing.
pub fn asked(app: App, db: Arc<str>, row: Memo<Option<Arc<Row>>>, asking: RwSignal<Asking>) -> View {
    let content = move || {
        // First, so that it is followed also while the certificates are still on their way.
        let what = asking.get();
        let row = row.get_untracked()?;
        match what {
            Asking::Nothing => None,
            Asking::Name => Some(rename(app, &row, asking)),
            Asking::Export => {
                let close = Callback::new(move |()| asking.set(Asking::Nothing));
                Some(lazy_part(move || chunks::export_form(app, Arc::clone(&row), close)))
            }
            Asking::Deletion => {
                let list = Place::Certificates(db.to_string());
                let open = RwSignal::new(true);
                effect(move || {
                    if !open.get() {
                        asking.set(Asking::Nothing);
                    }
                });
                let confirm = selection::confirm_deletion(app, vec![row], open, Callback::new(move |()| app.go(&list)));
                Some(view! { <div class="asking">{confirm}</div> })
            }
        }
    };
    view! { {content} }
}

fn rename(app: App, row: &Arc<Row>, asking: RwSignal<Asking>) -> View {
    let name = RwSignal::new(row.name.clone());
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let row = Arc::clone(row);
    let others = app.certificates.rows.with_untracked(|rows| {
        let subject = row.view.as_ref().ok().map(|view| &view.subject);
        rows.iter()
            .filter(|other| {
                other.entry.fingerprint_sha256 != row.entry.fingerprint_sha256
                    && other.view.as_ref().ok().map(|view| &view.subject) == subject
            })
            .count()
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let nickname = name.get_untracked();
        if nickname.is_empty() || nickname.chars().count() > 255 || nickname.chars().any(char::is_control) {
            problem.set(Some("A nickname has 1 to 255 characters, none of them control characters.".to_owned()));
            return;
        }
        let Some(database) = app.selected.get_untracked() else { return };
        let fingerprint = row.entry.fingerprint_sha256.clone();
        busy.set(true);
        spawn_local(async move {
            let change = CertificateChange { nickname: Some(nickname), trust: None };
            let answer = client().change_certificate(&database, &fingerprint, &change, None).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    asking.set(Asking::Nothing);
                    app.announce("Renamed");
                    app.certificates.refresh(app);
                }
                Err(error) => {
                    app.note_error(&error);
                    problem.set(Some(error.problem().map_or_else(|| error.to_string(), |problem| problem.detail.clone())));
                }
            }
        });
    };
    let note = match others {
        0 => "NSS keeps one nickname a subject.".to_owned(),
        count => format!("NSS keeps one nickname a subject: {} of the same subject get it too.", actions::counted(count, "certificate")),
    };
    view! {
        <form class="asking" on:submit=submit>
            <div class="field">
                <label for=ids::RENAME>"Nickname"</label>
                <span class="rename">
                    <input class="in" id=ids::RENAME maxlength="255" autocomplete="off" prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event))
                        on:keydown=move |event| if event.key() == "Escape" { asking.set(Asking::Nothing) }/>
                    <button class="btn primary" disabled=move || busy.get()>"Rename"</button>
                    <button class="btn plain" type="button" on:click=move |_| asking.set(Asking::Nothing)>"Keep"</button>
                </span>
                <p class="note">{note}</p>
                {move || problem.get().map(|words| callout("bad", words))}
            </div>
        </form>
    }
}
