//! The files of one database: whose they are, what is wrong with their modes, who has them open; and another owner, group or mode.

use crate::view::*;
use certdeck_shared::api::database::Database;
use certdeck_shared::api::files::{FileOnDisk, FileRole, FilesChange, FilesChanged, FilesReport};

use super::actions::plain_submit;
use super::open_files::warning;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{icon, toned_glyph};
use crate::ids;
use crate::state::{App, use_app};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Files {
    app: App,
    db: StoredValue<String>,
    slot: RwSignal<Load<FilesReport>>,
    changing: RwSignal<bool>,
    owner: RwSignal<String>,
    group: RwSignal<String>,
    mode: RwSignal<String>,
    submission: Submission,
    /// What would change, once it was asked for.
    planned: RwSignal<Option<FilesChanged>>,
}

impl Files {
    fn read(self) {
        let (db, reader) = (self.db.get_value(), page_client());
        load(self.app, self.slot, async move { reader.files(&db).await });
    }

    fn change(self) -> FilesChange {
        let given = |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        FilesChange { owner: given(self.owner), group: given(self.group), mode: given(self.mode) }
    }

    /// Shows what would change, or with `apply` changes it.
    fn send(self, apply: bool) {
        let (db, change) = (self.db.get_value(), self.change());
        self.submission.run(async move { client().change_files(&db, &change, !apply).await }, move |changed| {
            if !apply {
                return self.planned.set(Some(changed));
            }
            self.app.announce("Owner and modes changed");
            self.close();
            self.app.refresh_databases();
            self.read();
        });
    }

    fn close(self) {
        self.planned.set(None);
        self.submission.faults.clear();
        self.changing.set(false);
    }
}

/// The section of the pane.
pub fn files_section(database: Database) -> View {
    let text = |text: &str| RwSignal::new(text.to_owned());
    let files = Files {
        app: use_app(),
        db: StoredValue::new(database.id),
        slot: RwSignal::new(Load::Waiting),
        changing: RwSignal::new(false),
        owner: text(""),
        group: text(""),
        mode: text(""),
        submission: Submission::new(),
        planned: RwSignal::new(None),
    };
    files.read();
    effect(move || {
        for field in [files.owner, files.group, files.mode] {
            field.with(|_| ());
        }
        files.planned.set(None);
    });
    let toggle = move |_| if files.changing.get_untracked() { files.close() } else { files.changing.set(true) };
    view! {
        <section class="sect stack" aria-label="Files">
            <div class="sect-head"><h3>"Files"</h3>
                <button class="btn push" type="button" aria-expanded=move || files.changing.get().to_string() on:click=toggle>{icon("edit")}"Owner and mode"</button>
            </div>
            {move || files.changing.get().then(|| form(files))}
            {loaded(files.slot, 4, Callback::new(move |()| files.read()), report)}
        </section>
    }
}

fn report(report: FilesReport) -> View {
    let findings: Vec<View> =
        report.findings.iter().map(|words| view! { <li>{toned_glyph("soon", "warn")}<span>{words.clone()}</span></li> }).collect();
    let findings = (!findings.is_empty()).then(|| view! { <ul class="checks">{findings}</ul> });
    let open = warning(&report).unwrap_or_else(|| view! { <p class="note">"No other program that can be looked into has them open."</p> });
    let hidden = (report.hidden_processes > 0).then(|| {
        let words = format!("{} processes of other users cannot be looked into.", report.hidden_processes);
        view! { <p class="note">{words}</p> }
    });
    let files: Vec<View> = report.files.iter().map(file).collect();
    view! { {findings}<ul class="files owned">{files}</ul>{open}{hidden} }
}

fn file(file: &FileOnDisk) -> View {
    let (symbol, name) = match file.role {
        FileRole::Directory => ("database", file.path.clone()),
        FileRole::Keys | FileRole::Password => ("key", last(&file.path)),
        FileRole::Certificates | FileRole::Modules => ("file", last(&file.path)),
    };
    let owner = [file.owner.as_str(), ":", &file.group].concat();
    view! { <li>{icon(symbol)}<code class="break" title=file.path.clone()>{name}</code><span class="small">{owner}" "<code>{file.mode.clone()}</code></span></li> }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn form(files: Files) -> View {
    let faults = files.submission.faults;
    let given =
        Signal::derive(move || [files.owner, files.group, files.mode].iter().any(|field| field.with(|text| !text.trim().is_empty())));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        files.send(files.planned.with_untracked(Option::is_some));
    };
    let plan = move || files.planned.get().map(|planned| plan(&planned));
    let nothing = move || files.planned.with(|planned| planned.as_ref().is_some_and(|planned| planned.changes.is_empty()));
    let button = move || match files.planned.with(Option::is_some) {
        true => plain_submit(files.submission, "Change them", Signal::derive(move || !nothing())),
        false => plain_submit(files.submission, "Show what would change", given),
    };
    view! {
        <form class="ask" on:submit=submit>
            <p class="note">"For the directory, the database and its password files: all of them, or none. Only a console that runs as root gives files to others."</p>
            <div class="form">
                {Field::text(ids::DATABASE_OWNER, "Owner", files.owner).class("field f2").placeholder("icsuser").faults(faults, "/owner").view()}
                {Field::text(ids::DATABASE_GROUP, "Group", files.group).class("field f2").placeholder("icsgroup").faults(faults, "/group").view()}
                {Field::text(ids::DATABASE_MODE, "Mode of the directory", files.mode).class("field f2").placeholder("0750").faults(faults, "/mode").view()}
            </div>
            {faults.callout()}
            {plan}
            <div class="row">{button}<button class="btn plain" type="button" on:click=move |_| files.close()>"Cancel"</button></div>
        </form>
    }
}

fn plan(planned: &FilesChanged) -> View {
    if planned.changes.is_empty() {
        return view! { <p class="note">"Nothing would change: all of it is so already."</p> };
    }
    let shown = |file: &FileOnDisk| format!("{}:{} {}", file.owner, file.group, file.mode);
    let rows: Vec<View> = planned
        .changes
        .iter()
        .map(|change| view! { <tr class="is-changed"><th scope="row">{last(&change.before.path)}</th><td>{shown(&change.before)}</td><td>{shown(&change.after)}</td></tr> })
        .collect();
    view! { <table class="compare"><thead><tr><th scope="col">"File"</th><th scope="col">"Now"</th><th scope="col">"Then"</th></tr></thead><tbody>{rows}</tbody></table> }
}
