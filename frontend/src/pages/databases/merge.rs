//! `/databases/:db/merge`: what is in another database, taken over into this one. Shown first, done as a job.

use crate::view::*;
use certdeck_shared::api::database::{Database, NewDatabase};
use certdeck_shared::api::job::{Job, JobState};
use certdeck_shared::api::merge::{Merge, MergeReport, MergedKey};

use super::actions::plain_submit;
use super::list::{format_words, place_of};
use super::merge_report::{report, summary};
use super::open_files::open_files;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::feedback::job::{follow, note_job, running};
use crate::components::feedback::undo::undo;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::{glyph, icon};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, use_app};
use crate::transport::client;

/// What the choice of a source says for a directory that is not on the list.
const ELSEWHERE: &str = "elsewhere";

#[derive(Clone, Copy)]
struct Page {
    app: App,
    db: StoredValue<String>,
    /// Identifier of the source, [`ELSEWHERE`], or nothing yet.
    source: RwSignal<String>,
    directory: RwSignal<String>,
    prefix: RwSignal<String>,
    password: RwSignal<String>,
    looking: Submission,
    /// What would happen; absent once a field has changed.
    shown: RwSignal<Option<MergeReport>>,
    merging: Submission,
    job: RwSignal<Option<Job>>,
}

impl Page {
    fn merge(self) -> Merge {
        let password = self.password.get_untracked();
        let given = !password.is_empty() || untrack(|| !self.has_password());
        Merge { source: self.source.get_untracked(), source_password: given.then_some(password) }
    }

    /// Whether the source has a password; one that is not known is taken to have one.
    fn has_password(self) -> bool {
        self.chosen().is_none_or(|source| source.token.login_required)
    }

    /// Whether private keys are to come, or may be, that leave the source for its password only.
    fn lacks_password(self) -> bool {
        let needed =
            self.shown.with(|shown| shown.as_ref().is_some_and(|report| report.keys_hidden || report.keys.iter().any(MergedKey::is_added)));
        needed && self.password.with(String::is_empty) && self.has_password()
    }

    /// Asks what would happen; a directory that is not on the list is registered first, which changes nothing on disk.
    fn look(self) {
        if self.source.with_untracked(|source| source != ELSEWHERE) {
            let (db, merge) = (self.db.get_value(), self.merge());
            return self.looking.run(async move { client().merge(&db, &merge, true).await }, move |report| self.shown.set(Some(report)));
        }
        let prefix = Some(self.prefix.get_untracked().trim().to_owned()).filter(|prefix| !prefix.is_empty());
        let register = NewDatabase::Register { path: self.directory.get_untracked().trim().to_owned(), prefix, label: None };
        self.looking.run(async move { client().add_database(&register).await }, move |database| {
            self.app.announce("Registered");
            self.app.refresh_databases();
            self.source.set(database.id);
            self.look();
        });
    }

    fn apply(self) {
        let (db, merge) = (self.db.get_value(), self.merge());
        self.merging.run(async move { client().merge_as_job(&db, &merge).await }, move |job| {
            note_job(Some(&job.id));
            self.password.set(String::new());
            self.job.set(Some(job));
        });
    }

    fn start_over(self) {
        note_job(None);
        self.job.set(None);
        self.shown.set(None);
        self.looking.faults.clear();
        self.merging.faults.clear();
    }

    fn others(self) -> Vec<Database> {
        let db = self.db.get_value();
        self.app.databases.with(|databases| databases.iter().flatten().filter(|one| one.id != db).cloned().collect())
    }

    fn chosen(self) -> Option<Database> {
        let id = self.source.get();
        self.others().into_iter().find(|one| one.id == id)
    }

    fn is_chosen(self) -> bool {
        match self.source.get().as_str() {
            "" => false,
            ELSEWHERE => self.directory.with(|path| path.trim().starts_with('/')),
            _ => true,
        }
    }

    fn may_merge(self) -> bool {
        !self.lacks_password() && self.shown.with(|shown| shown.as_ref().is_some_and(|report| summary(report).writes > 0))
    }
}

/// `/databases/:db/merge`.
pub fn merge_page(db: String) -> View {
    let app = use_app();
    let empty = || RwSignal::new(String::new());
    let page = Page {
        app,
        db: StoredValue::new(db),
        source: empty(),
        directory: empty(),
        prefix: empty(),
        password: empty(),
        looking: Submission::new(),
        shown: RwSignal::new(None),
        merging: Submission::new(),
        job: RwSignal::new(None),
    };
    follow(app, page.job, "The merge has ended");
    // What was shown is of another source, or of another password.
    effect(move || {
        page.source.with(|_| ());
        page.password.with(|_| ());
        if page.job.with_untracked(Option::is_none) {
            page.shown.set(None);
        }
    });
    app.keyboard.register(vec![Command::new("Ctrl+Enter", "Merge", "Merge", move || {
        if untrack(move || page.may_merge()) {
            page.apply();
        }
    })]);
    let name = move || app.database().map(|database| database.label);
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><a class="btn plain icon" href="/databases" aria-label="Back to the databases">{icon("back")}</a>
                    <h2 class="cut">"Merge into "{name}</h2>
                    {move || page.job.with(Option::is_some).then(|| view! { <button class="btn plain push" type="button" on:click=move |_| page.start_over()>"Start over"</button> })}
                </div>
                <div class="pane-body">{move || if page.job.with(Option::is_some) { at_work(page) } else { form(page) }}</div>
                {move || page.job.with(Option::is_none).then(|| foot(page))}
                {glass(move || stands_for(page))}
            </main>
        </div>
    }
}

fn form(page: Page) -> View {
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        page.look();
    };
    let ready = Signal::derive(move || page.is_chosen());
    let db = page.db.get_value();
    view! {
        <form class="sect stack" on:submit=submit>
            <p class="note">"Certificates, trust, private keys, revocation lists and S/MIME profiles of another database come into this one. What is here stays as it is, and so does the other database. Nothing is written before you have seen what will happen."</p>
            <div class="form">
                {move || source_field(page)}
                {when(move || page.source.with(|source| source == ELSEWHERE), move || elsewhere(page))}
                {Field::password(ids::MERGE_PASSWORD, "Password of the source", page.password, "off").class("field f3").hint("Its private keys leave it for this only.").faults(page.looking.faults, "/source_password").view()}
            </div>
            {page.looking.faults.callout()}
            <div class="row">{plain_submit(page.looking, "Look what would happen", ready)}</div>
        </form>
        {move || locked(page).then(|| view! { <section class="sect stack"><h3>"Unlock this database"</h3>{unlock_form(page.app, Callback::new(|()| ()))}</section> })}
        {open_files(page.app, db)}
        {move || page.shown.get().map(|shown| view! {
            <section class="sect flat">{page.merging.faults.callout()}</section>
            {shown.keys_hidden.then(|| view! { <section class="sect">{callout("warn", "The source is of the old format, which hides its private keys: give its password and look again.")}</section> })}
            {report(&page.db.get_value(), &shown)}
        })}
    }
}

fn locked(page: Page) -> bool {
    page.may_merge() && page.app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked)
}

fn source_field(page: Page) -> View {
    let option = |database: Database| {
        let place = place_of(&database.path, &database.prefix);
        let chosen = page.source.get() == database.id;
        view! { <option value=database.id selected=chosen>{database.label}" · "{place}" · "{format_words(database.format)}</option> }
    };
    let options: Vec<View> = page.others().into_iter().map(option).collect();
    view! {
        <div class="field f3">
            <label for=ids::MERGE_SOURCE>"Take from"</label>
            <select class="in" id=ids::MERGE_SOURCE on:change=move |event| page.source.set(event_target_value(&event))>
                <option value="" selected=page.source.with(String::is_empty)>"Choose a database"</option>
                {options}
                <option value=ELSEWHERE selected=page.source.with(|source| source == ELSEWHERE)>"Another directory on the server"</option>
            </select>
        </div>
    }
}

fn elsewhere(page: Page) -> View {
    let faults = page.looking.faults;
    view! {
        {Field::text(ids::DATABASE_PATH, "Directory on the server", page.directory).class("field f4").placeholder("/opt/SUNWmsgsr/config").hint("It is registered first, which changes nothing on disk.").faults(faults, "/path").view()}
        {Field::text(ids::DATABASE_PREFIX, "Prefix of its files", page.prefix).class("field f2").placeholder("none").hint("slapd-host- of slapd-host-cert8.db").faults(faults, "/prefix").view()}
    }
}

fn foot(page: Page) -> View {
    let words = move || match page.shown.get() {
        None => "Look first what would happen".to_owned(),
        Some(_) if page.lacks_password() => "Its private keys come for its password only: give it and look again".to_owned(),
        Some(report) if summary(&report).writes == 0 => "Nothing to write: all of it is here already".to_owned(),
        Some(_) => "A snapshot is taken first, so it can be undone".to_owned(),
    };
    let busy = page.merging.busy;
    view! {
        <div class="pane-foot actions">
            <button class="btn primary" type="button" disabled=move || busy.get() || locked(page) || !page.may_merge() on:click=move |_| page.apply()>
                {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("import") }}"Merge"<kbd aria-hidden="true">"Ctrl ↵"</kbd>
            </button>
            <span class="note cut">{words}</span>
        </div>
    }
}

/// A job as it stands, and in the end its report.
fn at_work(page: Page) -> View {
    let Some(job) = page.job.get() else { return View::nothing() };
    let db = page.db.get_value();
    let href = Place::Certificates(db.clone()).path();
    let certificates = || view! { <a class="btn primary" href=href.clone()>{icon("certificate")}"Certificates"</a> };
    let ended = |tone: &'static str, words: String| view! { <section class="sect stack" role="status">{callout(tone, words)}<div class="row">{certificates()}</div></section> };
    match job.state {
        JobState::Running => running(&job, "Merge", "objects written"),
        JobState::Succeeded => match job.result.clone().and_then(|result| serde_json::from_value::<MergeReport>(result).ok()) {
            Some(done) => view! {
                <section class="sect stack" role="status">
                    <p class="verdict ok">{glyph("ok")}<span><b>"Merged"</b>{[": ", &summary(&done).words].concat()}</span></p>
                    <div class="row">{certificates()}</div>
                    {done.snapshot.clone().map(|snapshot| undo(page.app, db.clone(), snapshot, "Undo the merge"))}
                </section>
                {report(&db, &done)}
            },
            None => ended("ok", "The merge is done.".to_owned()),
        },
        JobState::Cancelled => ended("warn", "Stopped. What had been written was taken back.".to_owned()),
        JobState::Failed | JobState::Interrupted => {
            let words =
                job.problem.as_ref().map_or_else(|| "The merge ended and did not say why.".to_owned(), |problem| problem.detail.clone());
            ended("bad", words)
        }
    }
}

fn stands_for(page: Page) -> Action {
    let (source, source_directory, source_prefix) =
        page.chosen().map_or_else(|| ("SOURCE".to_owned(), "/path".to_owned(), String::new()), |one| (one.id, one.path, one.prefix));
    Action::MergeDatabase { body: Merge { source, source_password: None }, source_directory, source_prefix }
}
