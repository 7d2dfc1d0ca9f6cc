//! The inside of the glass box.

use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::glass::{self, CommandLine, CommandLines, Inventory, Site};
use certdeck_shared::x509::chain;

use super::copy::copy_wide;
use super::glass::Asked;
use crate::components::icon::{icon, keys};
use crate::state::{App, use_app};
use crate::view::*;

/// Which of the lines are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Tools,
    Msgcert,
    Rest,
}

/// The lines of an operation, to be put into an `aside`; `open` closes it.
pub fn of_operation(asked: &Asked, open: RwSignal<bool>) -> View {
    let app = use_app();
    let asked = asked.clone();
    let lines = Memo::new(move |_| computed(app, &asked));
    let close = view! {
        <button class="btn plain icon" type="button" aria-label="Close the command lines" on:click=move |_| open.set(false)>{icon("close")}</button>
        {keys("`")}
    };
    drawn(lines, close)
}

/// The lines of what was done, as the audit log has them.
pub fn of_entry(lines: CommandLines) -> View {
    drawn(Memo::new(move |_| lines.clone()), View::nothing())
}

fn drawn(lines: Memo<CommandLines>, close: View) -> View {
    let chosen = RwSignal::new(Shown::Tools);
    let has_msgcert = Memo::new(move |_| lines.with(|lines| !lines.msgcert.is_empty()));
    // What is chosen may have no lines any more.
    let shown = Memo::new(move |_| if chosen.get() == Shown::Msgcert && !has_msgcert.get() { Shown::Tools } else { chosen.get() });
    let listed = move || {
        lines.with(|lines| match shown.get() {
            Shown::Tools => lines.commands.clone(),
            Shown::Msgcert => lines.msgcert.clone(),
            Shown::Rest => lines.rest.clone(),
        })
    };
    let tab = move |which: Shown, words: &'static str| {
        view! { <button type="button" aria-pressed=move || (shown.get() == which).to_string() on:click=move |_| chosen.set(which)>{words}</button> }
    };
    let text = move || listed().iter().map(|line| line.command.clone()).collect::<Vec<_>>().join("\n");
    let notes = move || {
        let notes = lines.with(|lines| if shown.get() == Shown::Tools { lines.notes.clone() } else { Vec::new() });
        let notes: Vec<View> = notes.into_iter().map(|words| view! { <li>{words}</li> }).collect();
        (!notes.is_empty()).then(|| view! { <ul class="notes">{notes}</ul> })
    };
    view! {
        <header>
            <h3>{icon("terminal")}"Command lines"</h3>
            <div class="seg">
                {tab(Shown::Tools, "NSS")}
                {move || has_msgcert.get().then(|| tab(Shown::Msgcert, "msgcert"))}
                {tab(Shown::Rest, "REST")}
            </div>
            <span class="push row tight">{copy_wide("Copy", text)}{close}</span>
        </header>
        <div class="lines">
            {notes}
            {move || { let listed = listed(); (!listed.is_empty()).then(|| view! { <pre tabindex="0">{listed.into_iter().map(line).collect::<Vec<_>>()}</pre> }) }}
        </div>
    }
}

fn line(line: CommandLine) -> View {
    let remark = (!line.remark.is_empty()).then(|| view! { <span class="c">{["   # ", &line.remark].concat()}</span> });
    view! { <span class="p">"$ "</span>{line.command}{remark}"\n" }
}

fn computed(app: App, asked: &Asked) -> CommandLines {
    let database = app.database();
    let origin = window().location().origin().ok();
    let site = match &database {
        Some(database) => Site {
            origin: origin.as_deref(),
            database: &database.id,
            directory: &database.path,
            prefix: &database.prefix,
            format: database.format,
            inventory: &Rows(app),
        },
        None => Site { origin: origin.as_deref(), ..Site::console() },
    };
    glass::command_lines(&site, &asked())
}

/// The certificates that the page has read.
struct Rows(App);

impl Inventory for Rows {
    fn certificate(&self, fingerprint: &str) -> Option<CertificateEntry> {
        self.0.certificates.row(fingerprint).map(|row| row.entry.clone())
    }

    fn namesakes(&self, nickname: &str) -> usize {
        let rows = self.0.certificates.rows;
        rows.with(|rows| rows.iter().filter(|row| row.entry.nickname.as_deref() == Some(nickname)).count())
    }

    fn chain(&self, fingerprint: &str) -> Vec<CertificateEntry> {
        self.0.certificates.rows.with(|rows| {
            let readable: Vec<_> = rows.iter().filter_map(|row| Some((row, row.view.as_ref().ok()?))).collect();
            let views: Vec<_> = readable.iter().map(|(_, view)| *view).collect();
            let Some(leaf) = readable.iter().position(|(row, _)| row.entry.fingerprint_sha256 == fingerprint) else { return Vec::new() };
            let places = chain::path(leaf, &views).places;
            places.iter().filter_map(|place| readable.get(*place)).map(|(row, _)| row.entry.clone()).collect()
        })
    }
}
