//! One certificate of a database: verdict, chain, trust, every field, structure.

mod asking;
mod commands;
mod head;
mod title;

use std::sync::Arc;

use self::asking::{Asking, asked};
use self::commands::{commands, focus_matrix};
use self::head::head;
use self::title::title;
use super::{actions, index};
use crate::chunks::{self, lazy_part};
use crate::components::data::glass::glass;
use crate::components::feedback::{callout, empty, failure, skeleton};
use crate::components::trust::matrix::matrix;
use crate::components::trust::staged_bar::staged_bar;
use crate::components::x509::chain::wide_path;
use crate::components::x509::relations::relations;
use crate::components::x509::sections::{everything, usages};
use crate::components::x509::summary::{remark_list, remarks};
use crate::ids;
use crate::place::Place;
use crate::state::certificates::Reading;
use crate::state::row::Row;
use crate::state::{App, use_app};
use crate::view::*;

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
                {glass(move || actions::stands_for(app))}
            </main>
        </div>
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
