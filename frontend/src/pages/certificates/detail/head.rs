//! The line above a certificate: back, its place in the list, its successors, exports, rename, delete.

use std::sync::Arc;

use super::asking::{Asking, ask};
use crate::components::icon::icon;
use crate::components::layout::bar::menu;
use crate::components::x509::relations::relations;
use crate::pages::certificates::actions;
use crate::place::Place;
use crate::state::row::Row;
use crate::state::{App, browser};
use crate::view::*;

/// The line; which certificate it is about changes as one walks on.
pub fn head(app: App, db: Arc<str>, row: Memo<Option<Arc<Row>>>, asking: RwSignal<Asking>) -> View {
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

/// The chain leaf first, as servers send it.
fn export_chain(app: App, row: &Arc<Row>) {
    let related = app.certificates.rows.with_untracked(|rows| relations(row, rows, true, app.now.get_untracked()));
    let chain: Vec<Arc<Row>> = related.path.into_iter().rev().collect();
    browser::download(&browser::file_name(&row.name, "chain.pem"), "application/x-pem-file", actions::pem_of(&chain).as_bytes());
    app.announce(format!("Exported {}", actions::counted(chain.len(), "certificate")));
}
