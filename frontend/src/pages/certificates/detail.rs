//! One certificate of a database: verdict, chain, trust, every field, structure.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::certificate::CertificateChange;
use leptos::task::spawn_local;

use super::{actions, index, selection};
use crate::chunks::{self, lazy_part};
use crate::components::data::glass::glass;
use crate::components::feedback::{callout, empty, failure, skeleton};
use crate::components::icon::{icon, state};
use crate::components::layout::bar::menu;
use crate::components::trust::matrix::matrix;
use crate::components::trust::staged_bar::staged_bar;
use crate::components::x509::chain::wide_path;
use crate::components::x509::life::standing;
use crate::components::x509::relations::{Relations, relations};
use crate::components::x509::sections::{everything, usages};
use crate::components::x509::summary::{remark_list, remarks, verdict_line};
use crate::ids;
use crate::place::Place;
use crate::state::certificates::Reading;
use crate::state::keyboard::Command;
use crate::state::row::Row;
use crate::state::{App, browser, use_app};
use crate::transport::{client, page_client};

/// What is open in the head: nothing, renaming, deleting, exporting in a form that asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    Name,
    Deletion,
    Export,
}

/// The detail; which certificate is read from the address, so that walking on keeps the page.
pub fn detail_page(db: String) -> View {
    let app = use_app();
    let db: Arc<str> = db.into();
    let fingerprint = Memo::new(move |_| match app.place.get() {
        Place::Certificate(_, fingerprint) => fingerprint,
        _ => String::new(),
    });
    let row = Memo::new(move |_| app.certificates.row(&fingerprint.get()));
    // Also when the rows come after the address: reading another database forgets the cursor.
    effect(move || {
        if row.with(Option::is_some) {
            app.list.cursor.set(Some(fingerprint.get()));
        }
    });
    let asking = RwSignal::new(Asking::Nothing);
    effect(move || {
        fingerprint.track();
        asking.set(Asking::Nothing);
    });
    app.keyboard.register(commands(app, Arc::clone(&db), asking, row));
    effect(move || {
        if row.with(Option::is_some) && window().location().hash().is_ok_and(|hash| hash == "#trust") {
            request_animation_frame(focus_matrix);
        }
    });
    let place = Arc::clone(&db);
    let content = move || match row.get() {
        Some(row) => certificate(app, &place, &row),
        None => absent(app, &place),
    };
    view! {
        <div class="panes index-detail">
            {index::index(app, db.to_string())}
            <main class="pane" id=ids::MAIN aria-label="Certificate">
                {head(app, Arc::clone(&db), row, asking)}
                <div class="pane-body">{asked(app, Arc::clone(&db), row, asking)}{content}</div>
                {staged_bar(app)}
                {glass(Memo::new(move |_| actions::glass_of(app)))}
            </main>
        </div>
    }
}

/// Ways from a certificate to another: its successor, and of a CA what it issues and revokes.
fn successor_menu(db: Arc<str>, row: Memo<Option<Arc<Row>>>) -> View {
    menu("menu-end", view! { {icon("renew")}"Renew" }, "Renew, issue, revoke".to_owned(), move || {
        let Some(row) = row.get() else { return View::nothing() };
        let at = |place: fn(String, String) -> Place| place(db.to_string(), row.entry.fingerprint_sha256.clone()).path();
        let of_authority = (row.ca && row.has_key()).then(|| {
            view! {
                <a role="menuitem" href=at(Place::Make)>{icon("certificate")}"Issue a certificate from it"</a>
                <a role="menuitem" href=at(Place::Revocation)>{icon("delete")}"Revoke, revocation list"</a>
            }
        });
        view! { <a role="menuitem" href=at(Place::Renewal)>{icon("renew")}"Renew or re-key"</a>{of_authority} }
    })
}

fn focus_matrix() {
    use wasm_bindgen::JsCast;
    if let Some(head) = document().get_element_by_id(ids::TRUST_MATRIX) {
        head.scroll_into_view_with_bool(false);
    }
    if let Ok(Some(first)) = document().query_selector(".matrix input")
        && let Ok(first) = first.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = first.focus();
    }
}

fn absent(app: App, db: &str) -> View {
    match app.certificates.reading.get() {
        Reading::Idle | Reading::Fetching | Reading::Parsing => skeleton(14),
        Reading::Failed(words) => {
            failure("The certificates could not be read", words, Some(Callback::new(move |()| app.certificates.refresh(app))))
        }
        Reading::Done => empty(
            "This certificate is not here",
            "It was deleted, or the address belongs to another database.",
            view! { <a class="btn" href=Place::Certificates(db.to_owned()).path()>"All certificates"</a> },
        ),
    }
}

fn head(app: App, db: Arc<str>, row: Memo<Option<Arc<Row>>>, asking: RwSignal<Asking>) -> View {
    let position = move || {
        app.list.cursor.track();
        let position = app.list.items.with(|_| app.list.position())? + 1;
        Some(format!("{position} of {}", app.list.shown.get()))
    };
    let exports = {
        let db = Arc::clone(&db);
        menu("menu-end", view! { {icon("export")}"Export" }, "Export".to_owned(), move || {
            let db = Arc::clone(&db);
            let with = move |act: fn(App, &Arc<Row>)| {
                move |_| {
                    if let Some(row) = row.get_untracked() {
                        act(app, &row)
                    }
                }
            };
            view! {
                <button role="menuitem" type="button" on:click=with(|app, row| actions::export_pem(app, std::slice::from_ref(row)))>"Certificate, PEM "<span class="push"><kbd>"e"</kbd></span></button>
                <button role="menuitem" type="button" on:click=with(|app, row| actions::export_der(app, row))>"Certificate, DER"</button>
                <button role="menuitem" type="button" on:click=with(export_chain)>"Chain, PEM"</button>
                <button role="menuitem" type="button" disabled=move || !app.may_write() on:click=move |_| ask(asking, Asking::Export)>"With key, or as a bundle …"<span class="push"><kbd>"x"</kbd></span></button>
                <a role="menuitem" href=move || row.get().map(|row| certdeck_shared::api::paths::certificate(&db, &row.entry.fingerprint_sha256)) target="_blank" rel="external">"REST resource"</a>
            }
        })
    };
    let successor = successor_menu(Arc::clone(&db), row);
    let writable = move || app.may_write() && row.with(Option::is_some);
    view! {
        <div class="pane-head detail-bar">
            <a class="btn plain back" href=Place::Certificates(db.to_string()).path()>{icon("back")}"Certificates "<kbd>"u"</kbd></a>
            <span class="faint small wide-only">{position}</span>
            <span class="push row tight">
                <span class="btn-menu">{successor}</span>
                <span class="btn-menu">{exports}</span>
                <button class="btn" type="button" disabled=move || !writable() on:click=move |_| ask(asking, Asking::Name)>"Rename "<kbd>"F2"</kbd></button>
                <button class="btn danger icon" type="button" aria-label="Delete" title="Delete (#)" disabled=move || !writable() on:click=move |_| ask(asking, Asking::Deletion)>{icon("delete")}</button>
            </span>
        </div>
    }
}

fn ask(asking: RwSignal<Asking>, what: Asking) {
    asking.update(|asking| *asking = if *asking == what { Asking::Nothing } else { what });
    if what == Asking::Name {
        browser::focus_soon(ids::RENAME);
    }
}

/// The chain leaf first, as servers send it.
fn export_chain(app: App, row: &Arc<Row>) {
    let related = app.certificates.rows.with_untracked(|rows| relations(row, rows, true, app.now.get_untracked()));
    let chain: Vec<Arc<Row>> = related.path.into_iter().rev().collect();
    browser::download(&browser::file_name(&row.name, "chain.pem"), "application/x-pem-file", actions::pem_of(&chain).as_bytes());
    app.announce(format!("Exported {}", actions::counted(chain.len(), "certificate")));
}

fn certificate(app: App, db: &Arc<str>, row: &Arc<Row>) -> View {
    let now = app.now.get_untracked();
    let related = app.certificates.rows.with(|rows| relations(row, rows, true, now));
    let title = title(app, row, &related);
    let view = match &row.view {
        Ok(view) => view,
        Err(reason) => {
            return view! { {title}<section class="sect">{callout("bad", view! { <b>"These bytes are no certificate that can be read."</b>" "{reason.clone()} })}</section><section class="sect">{crate::components::x509::asn1::structure(row.entry.der.0.clone())}</section> };
        }
    };
    let path = |row: &Row| Place::Certificate(db.to_string(), row.entry.fingerprint_sha256.clone()).path();
    let said = remarks(row, now);
    let judged = Arc::clone(row);
    let validity = lazy_part(move || chunks::validity_section(app, Arc::clone(&judged)));
    let issued = related.issued.iter().map(|row| row.name.clone()).collect();
    view! {
        {title}
        <section class="sect">{wide_path(&related, now, path)}</section>
        <div class="cols">
            <div><section class="sect">{matrix(app, row, issued)}</section></div>
            <div><section class="sect">{usages(view)}</section></div>
        </div>
        {validity}
        {(!said.is_empty()).then(|| view! { <section class="sect"><div class="sect-head"><h2>"To look at"</h2></div>{remark_list(said)}</section> })}
        {everything(row, view, true, now)}
    }
}

fn title(app: App, row: &Arc<Row>, related: &Relations) -> View {
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let cells = move || app.staged.changes.with(|changes| id.with_value(|id| changes.get(id).map_or(0, |change| change.cells())));
    let staged = move || {
        let cells = cells();
        (cells > 0).then(|| state("soon", "warn", format!("{} staged", actions::counted(cells, "change"))))
    };
    let depend = match related.issued.len() {
        0 => None,
        1 => Some("One certificate here depends on it".to_owned()),
        count => Some(format!("{count} certificates here depend on it")),
    };
    let now = app.now.get_untracked();
    let verdict = related.verdict.as_ref().map(|verdict| verdict_line(verdict, standing(row, now).glyph));
    view! {
        <section class="sect detail-head">
            <h1 class="break">{row.name.clone()}</h1>
            <div class="row wrap under-name">{verdict}{staged}{depend.map(|words| view! { <span class="muted small">{words}</span> })}</div>
            {authenticity(app, row)}
        </section>
    }
}

/// A warning when the stored trust does not carry a good signature. Asked of the console while the token is unlocked, because the signature can
/// only be checked with its password.
fn authenticity(app: App, row: &Arc<Row>) -> View {
    let forged = RwSignal::new(false);
    let fingerprint = row.entry.fingerprint_sha256.clone();
    let unlocked = Memo::new(move |_| app.database().filter(|database| database.token.unlocked).map(|database| database.id));
    effect(move || {
        let Some(database) = unlocked.get() else { return };
        let (reader, fingerprint) = (page_client(), fingerprint.clone());
        spawn_local(async move {
            if let Ok(authentic) = reader.trust_is_authentic(&database, &fingerprint).await {
                forged.try_set(authentic == Some(false));
            }
        });
    });
    let warning = move || {
        let words = " Somebody changed it without the password of the database. Set the trust you want, and apply.";
        forged.get().then(|| callout("bad", view! { <b>"Its trust does not carry a good signature."</b>{words} }))
    };
    warning.into_view()
}

/// What is asked, above the certificate. It stands by itself: a change from elsewhere redraws the certificate, not what one is typing.
fn asked(app: App, db: Arc<str>, row: Memo<Option<Arc<Row>>>, asking: RwSignal<Asking>) -> View {
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

fn commands(app: App, db: Arc<str>, asking: RwSignal<Asking>, row: Memo<Option<Arc<Row>>>) -> Vec<Command> {
    const GROUP: &str = "Certificate";
    let walk = {
        let db = Arc::clone(&db);
        move |by: isize| {
            app.list.step(by);
            if let Some(cursor) = app.list.cursor.get_untracked() {
                app.go(&Place::Certificate(db.to_string(), cursor));
            }
        }
    };
    let back = move || app.go(&Place::Certificates(db.to_string()));
    let (next, previous, escape) = (walk.clone(), walk, back.clone());
    vec![
        Command::new("j", "Next certificate", GROUP, move || next(1)),
        Command::new("k", "Previous certificate", GROUP, move || previous(-1)),
        Command::new("u", "Back to the list", GROUP, back),
        Command::new("/", "Filter", GROUP, || browser::focus(ids::FILTER)),
        Command::new("t", "Edit trust", GROUP, focus_matrix),
        Command::new("e", "Export as PEM", GROUP, move || {
            if let Some(row) = row.get_untracked() {
                actions::export_pem(app, &[row])
            }
        }),
        Command::new("x", "Export with key, or as a bundle", GROUP, move || {
            if app.may_write() {
                ask(asking, Asking::Export);
            }
        }),
        Command::new("F2", "Rename", GROUP, move || ask(asking, Asking::Name)),
        Command::new("#", "Delete", GROUP, move || ask(asking, Asking::Deletion)),
        Command::new("Ctrl+Enter", "Apply staged changes", GROUP, move || actions::apply_trust(app)),
        Command::new("Escape", "Close what is asked, else back to the list", GROUP, move || {
            if asking.get_untracked() == Asking::Nothing { escape() } else { asking.set(Asking::Nothing) }
        }),
    ]
}
