//! A file that is looked into here and sent nowhere: certificates with all their fields, and what else is in it.

mod found;

use std::sync::Arc;

use crate::view::*;
use leptos::task::spawn_local;

use self::found::{Looked, look};
use crate::components::feedback::callout;
use crate::components::icon::{glyph, hint, icon};
use crate::components::x509::chain::wide_path;
use crate::components::x509::life::standing;
use crate::components::x509::relations::relations;
use crate::components::x509::sections::{everything, usages};
use crate::components::x509::summary::{remark_list, remarks, verdict_line};
use crate::ids;
use crate::pages::certificates::actions;
use crate::state::keyboard::Command;
use crate::state::row::Row;
use crate::state::{App, browser, use_app};

/// The viewer.
pub fn viewer_page() -> View {
    let app = use_app();
    let looked = RwSignal::new(None::<Arc<Looked>>);
    let chosen = RwSignal::new(0_usize);
    let over = RwSignal::new(false);
    let take = move |name: String, bytes: Vec<u8>| {
        chosen.set(0);
        looked.set(Some(Arc::new(look(name, &bytes))));
    };
    let take_files = move |files: Option<web_sys::FileList>| {
        let Some(file) = files.and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            if let Some(bytes) = browser::read_file(&file).await {
                take(file.name(), bytes);
            }
        });
    };
    listen(take, take_files, over);
    let picker = NodeRef::<web_sys::HtmlInputElement>::new();
    let pick = move || {
        if let Some(picker) = picker.get_untracked() {
            picker.click();
        }
    };
    let step = move |by: isize| {
        let count = looked.with_untracked(|looked| looked.as_ref().map_or(0, |looked| looked.rows.len()));
        chosen.update(|chosen| *chosen = chosen.saturating_add_signed(by).min(count.saturating_sub(1)));
    };
    let one = move || looked.get_untracked().and_then(|looked| looked.rows.get(chosen.get_untracked()).cloned());
    app.keyboard.register(vec![
        Command::new("f", "Choose a file", "Viewer", pick),
        Command::new("j", "Next certificate", "Viewer", move || step(1)),
        Command::new("k", "Previous certificate", "Viewer", move || step(-1)),
        Command::new("e", "Export as PEM", "Viewer", move || {
            if let Some(row) = one() {
                actions::export_pem(app, &[row])
            }
        }),
        Command::new("Escape", "Close the file", "Viewer", move || looked.set(None)),
    ]);
    let content = move || match looked.get() {
        None => begin(pick),
        Some(found) => shown(app, &found, chosen, looked),
    };
    view! {
        <div class=move || if looked.with(|looked| looked.as_ref().is_some_and(|looked| looked.rows.len() > 1)) { "panes index-detail" } else { "panes" } class:is-over=over>
            <input class="sr" node_ref=picker id=ids::VIEWER_FILE type="file" tabindex="-1" aria-label="File to look into" on:change=move |event| {
                use wasm_bindgen::JsCast;
                let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
                take_files(input.as_ref().and_then(web_sys::HtmlInputElement::files));
                if let Some(input) = input {
                    input.set_value("");
                }
            }/>
            {content}
        </div>
    }
}

/// Dropping anywhere and pasting anywhere on the page.
fn listen(
    take: impl Fn(String, Vec<u8>) + Copy + 'static,
    take_files: impl Fn(Option<web_sys::FileList>) + Copy + 'static,
    over: RwSignal<bool>,
) {
    let dragged = window_event_listener(leptos::ev::dragover, move |event| {
        event.prevent_default();
        over.set(true);
    });
    let left = window_event_listener(leptos::ev::dragleave, move |_| over.set(false));
    let dropped = window_event_listener(leptos::ev::drop, move |event| {
        event.prevent_default();
        over.set(false);
        let Some(transfer) = event.data_transfer() else { return };
        match transfer.get_data("text/plain") {
            Ok(text) if !text.is_empty() => take("dropped text".to_owned(), text.into_bytes()),
            _ => take_files(transfer.files()),
        }
    });
    let pasted = window_event_listener(leptos::ev::paste, move |event| {
        let Some(transfer) = event.clipboard_data() else { return };
        match transfer.get_data("text/plain") {
            Ok(text) if !text.trim().is_empty() => take("pasted text".to_owned(), text.into_bytes()),
            _ => take_files(transfer.files()),
        }
    });
    on_cleanup(move || {
        dragged.remove();
        left.remove();
        dropped.remove();
        pasted.remove();
    });
}

fn begin(pick: impl Fn() + Copy + 'static) -> View {
    view! {
        <main class="pane" id=ids::MAIN>
            <div class="pane-head"><h2>"Look into a file"</h2></div>
            <div class="pane-body">
                <div class="viewer-drop">
                    {icon("file")}
                    <h3>"Drop a file anywhere here, or paste"</h3>
                    <p class="muted">"PEM with any text around it, DER, PKCS#7, bare base64; several at once. It is read in this page and sent nowhere."</p>
                    <button class="btn primary" type="button" on:click=move |_| pick()>"Choose a file "<kbd>"f"</kbd></button>
                </div>
            </div>
        </main>
    }
}

fn shown(app: App, found: &Arc<Looked>, chosen: RwSignal<usize>, looked: RwSignal<Option<Arc<Looked>>>) -> View {
    let several = (found.rows.len() > 1).then(|| column(app, found, chosen));
    let rows = Arc::clone(found);
    let detail = move || match rows.rows.get(chosen.get()) {
        Some(row) => certificate(app, row, &rows),
        None => View::nothing(),
    };
    let notes: Vec<View> = found.notes.iter().map(|(tone, words)| callout(tone, words.clone())).collect();
    let export = Arc::clone(found);
    let any = !found.rows.is_empty();
    view! {
        {several}
        <main class="pane" id=ids::MAIN>
            <div class="pane-head">
                <h2 class="cut">{found.name.clone()}</h2>
                <span class="faint small nowrap">{found.summary.clone()}</span>
                <span class="push row tight">
                    {any.then(|| view! { <button class="btn" type="button" on:click=move |_| actions::export_pem(app, &export.rows)>{icon("export")}"Export PEM"</button> })}
                    <button class="btn plain icon" type="button" aria-label="Close the file" on:click=move |_| looked.set(None)>{icon("close")}</button>
                </span>
            </div>
            <div class="pane-body">
                {(!notes.is_empty()).then(|| view! { <section class="sect stack">{notes}</section> })}
                {detail}
            </div>
            <div class="pane-foot"><span>"Read in this page, sent nowhere"</span>{any.then(|| hint("j k", "next, previous"))}{hint("Escape", "close")}</div>
        </main>
    }
}

fn column(app: App, found: &Arc<Looked>, chosen: RwSignal<usize>) -> View {
    let entries: Vec<View> = found
        .rows
        .iter()
        .zip(&found.places)
        .enumerate()
        .take(500)
        .map(|(index, (row, place))| {
            let standing = standing(row, app.now.get_untracked());
            let tone = if standing.tone == "ok" { "off" } else { standing.tone };
            view! {
                <a href="#" aria-current=move || (chosen.get() == index).then_some("true") on:click=move |event| { event.prevent_default(); chosen.set(index); }>
                    <span class=tone>{glyph(standing.glyph)}</span><b class="cut">{row.name.clone()}</b><span class="n">{standing.short}</span>
                    <span class="sub cut">{place.clone()}</span>
                </a>
            }
        })
        .collect();
    view! { <nav class="pane quiet" aria-label="Certificates of the file"><div class="pane-head"><h2>{actions::counted(found.rows.len(), "certificate")}</h2></div><div class="pane-body idx">{entries}</div></nav> }
}

fn certificate(app: App, row: &Arc<Row>, found: &Looked) -> View {
    let now = app.now.get_untracked();
    let Ok(view) = &row.view else {
        let reason = row.view.as_ref().err().cloned().unwrap_or_default();
        return view! { <section class="sect">{callout("bad", view! { <b>"These bytes are no certificate that can be read."</b>" "{reason} })}</section><section class="sect">{crate::components::x509::asn1::structure(row.entry.der.0.clone())}</section> };
    };
    let related = relations(row, &found.rows, false, now);
    let verdict = related.verdict.as_ref().map(|verdict| verdict_line(verdict, standing(row, now).glyph));
    let said = remarks(row, now);
    let path = (related.path.len() > 1 || !related.issued.is_empty())
        .then(|| view! { <section class="sect">{wide_path(&related, now, |_| "/viewer".to_owned())}</section> });
    let note = if said.is_empty() {
        view! { <p class="muted small">"Nothing to look at."</p> }
    } else {
        remark_list(said)
    };
    view! {
        <section class="sect detail-head"><h1 class="break">{row.name.clone()}</h1><div class="row wrap under-name">{verdict}</div></section>
        {path}
        <div class="cols">
            <div><section class="sect"><div class="sect-head"><h2>"To look at"</h2></div>{note}</section></div>
            <div><section class="sect">{usages(view)}</section></div>
        </div>
        {everything(row, view, false, now)}
    }
}
