//! The pane beside the list: what one wants to know before opening a certificate.

use std::sync::Arc;

use crate::view::*;

use super::actions;
use crate::components::data::facts::facts;
use crate::components::feedback::callout;
use crate::components::icon::icon;
use crate::components::trust::legend::legend;
use crate::components::x509::chain::mini_path;
use crate::components::x509::fields::short_facts;
use crate::components::x509::life::standing;
use crate::components::x509::relations::relations;
use crate::components::x509::summary::{remark_list, remarks, verdict_line};
use crate::place::Place;
use crate::state::App;
use crate::state::row::Row;

/// The pane; says what to do while no row is chosen.
pub fn aside(app: App, db: Arc<str>) -> View {
    let row = Memo::new(move |_| app.list.cursor.get().and_then(|cursor| app.certificates.row(&cursor)));
    let content = move || match row.get() {
        Some(row) => chosen(app, &db, &row),
        None => view! {
            <div class="pane-head"><h2 class="faint">"Nothing chosen"</h2>{close(app)}</div>
            <div class="pane-body"><p class="sect muted">"Choose a certificate to see its verdict, chain and trust here. "<kbd>"j"</kbd>" and "<kbd>"k"</kbd>" walk through the list."</p></div>
        },
    };
    view! { {content} }
}

fn close(app: App) -> View {
    view! { <button class="btn plain icon push" type="button" aria-label="Close the detail" on:click=move |_| app.list.set_aside(false)>{icon("close")}</button> }
}

fn chosen(app: App, db: &Arc<str>, row: &Arc<Row>) -> View {
    let path = |fingerprint: &str| Place::Certificate(db.to_string(), fingerprint.to_owned()).path();
    let href = path(&row.entry.fingerprint_sha256);
    let now = app.now.get_untracked();
    let related = app.certificates.rows.with_untracked(|rows| relations(row, rows, true, now));
    let export = vec![Arc::clone(row)];
    let verdict = related.verdict.as_ref().map(|verdict| verdict_line(verdict, standing(row, now).glyph));
    let body = match &row.view {
        Ok(view) => view! {
            <section class="sect">{facts(short_facts(row, view))}</section>
            <section class="sect"><h3>"Chain"</h3>{mini_path(&related, now, |row| path(&row.entry.fingerprint_sha256))}</section>
        },
        Err(reason) => {
            view! { <section class="sect">{callout("bad", view! { <b>"These bytes are no certificate that can be read."</b>" "{reason.clone()} })}</section> }
        }
    };
    let said = remarks(row, now);
    let trust = row.trust;
    view! {
        <div class="pane-head"><h2 class="cut" title=row.name.clone()>{row.name.clone()}</h2><span class="push row tight"><a class="btn plain" href=href.clone()>"Open "<kbd>"↵"</kbd></a>{close(app)}</span></div>
        <div class="pane-body">
            <section class="sect">
                {verdict}
                <div class="row tight gap-top">
                    <a class="btn primary" href=[href.as_str(), "#trust"].concat()>"Edit trust "<kbd>"t"</kbd></a>
                    <button class="btn" type="button" on:click=move |_| actions::export_pem(app, &export)>"Export "<kbd>"e"</kbd></button>
                    <button class="btn plain icon push" type="button" aria-label="Command line" title="What it stands for (`)" on:click=move |_| app.glass.update(|open| *open = !*open)>{icon("terminal")}</button>
                </div>
            </section>
            {body}
            <section class="sect">
                <div class="sect-head"><h3>"Trust"</h3><code class="muted">{trust.to_string()}</code></div>
                {legend(trust)}
            </section>
            {(!said.is_empty()).then(|| view! { <section class="sect"><h3>"To look at"</h3>{remark_list(said)}</section> })}
        </div>
    }
}
