//! `/databases/:db/import`.

use crate::view::*;
use certdeck_shared::api::client::Imported;
use certdeck_shared::api::import::ImportReport;
use certdeck_shared::api::job::Job;
use certdeck_shared::glass::CertificateFile;

use super::intake::intake;
use super::key_file::{KeyFile, go_on, key_file};
use super::plan::{Item, Plan};
use super::run::{done, progress};
use super::table::table;
use super::trial::Trial;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::feedback::job::{follow, note_job};
use crate::components::form::submission::Submission;
use crate::components::icon::{glyph, hint, icon};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{App, browser, use_app};
use crate::transport::client;

#[derive(Clone, Copy)]
struct Page {
    app: App,
    plan: Plan,
    trial: Trial,
    keys: KeyFile,
    applying: Submission,
    job: RwSignal<Option<Job>>,
    report: RwSignal<Option<ImportReport>>,
}

impl Page {
    /// Whether there is something to write and nothing in its way.
    fn ready(self) -> bool {
        let (written, refused, _) = self.plan.counts();
        self.plan.fresh.get() && written > 0 && refused == 0 && self.plan.trust_is_readable() && !self.applying.busy.get()
    }

    fn apply(self) {
        let (import, _) = self.plan.import();
        let db = self.plan.db.get_value();
        self.applying.run(async move { client().import(&db, &import, true).await }, move |imported| match imported {
            Imported::Started(job) => {
                note_job(Some(&job.id));
                self.job.set(Some(*job));
            }
            Imported::Done(report) => {
                self.app.announce("Imported");
                self.app.refresh_databases();
                self.app.certificates.refresh(self.app);
                self.report.set(Some(report));
            }
        });
    }

    fn start_over(self) {
        note_job(None);
        self.job.set(None);
        self.report.set(None);
        self.applying.faults.clear();
        self.plan.clear();
        self.keys.clear();
    }

    /// Leaves the keys of the file alone.
    fn certificates_only(self) {
        if let Some((detected, name)) = self.keys.give_up() {
            self.plan.take(detected, &name);
        }
    }

    /// Whether there is something on the page that one can start over from.
    fn is_begun(self) -> bool {
        self.keys.is_chosen() || !self.is_over() && self.plan.items.with(|items| !items.is_empty())
    }

    fn is_over(self) -> bool {
        self.job.with(Option::is_some) || self.report.with(Option::is_some)
    }
}

/// `/databases/:db/import`.
pub fn import_page(db: String) -> View {
    let app = use_app();
    let keys = KeyFile::new(app, &db);
    let plan = Plan::new(app, db);
    let page = Page {
        app,
        plan,
        trial: Trial::new(plan),
        keys,
        applying: Submission::new(),
        job: RwSignal::new(None),
        report: RwSignal::new(None),
    };
    follow(app, page.job, "The import has ended");
    app.keyboard.register(vec![
        Command::new("f", "Choose files", "Import", || browser::focus(ids::IMPORT_FILE)),
        Command::new("Ctrl+Enter", "Import", "Import", move || {
            if untrack(move || page.keys.is_chosen()) {
                go_on(page.keys);
            } else if untrack(move || page.ready()) {
                page.apply();
            }
        }),
    ]);
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Import"</h2>
                    <span class="note wide-only">{move || summary(page)}</span>
                    {move || page.is_begun().then(|| view! {
                        <button class="btn plain push" type="button" on:click=move |_| page.start_over()>"Start over"</button>
                    })}
                </div>
                <div class="pane-body">{move || body(page)}</div>
                {move || (page.is_begun() && !page.keys.is_chosen()).then(|| foot(page))}
                {glass(move || stands_for(page))}
            </main>
        </div>
    }
}

fn summary(page: Page) -> String {
    if page.is_over() || page.keys.is_chosen() || page.plan.items.with(Vec::is_empty) {
        return String::new();
    }
    let (written, refused, alone) = page.plan.counts();
    let mut parts = vec![format!("{written} to write")];
    if alone > 0 {
        parts.push(format!("{alone} left alone"));
    }
    if refused > 0 {
        parts.push(format!("{refused} refused"));
    }
    parts.join(", ")
}

fn body(page: Page) -> View {
    let db = page.plan.db.get_value();
    let again = Callback::new(move |()| page.start_over());
    if let Some(report) = page.report.get() {
        return done(page.app, &db, report, again);
    }
    if page.job.with(Option::is_some) {
        return view! { {move || page.job.get().map(|job| progress(page.app, &page.plan.db.get_value(), &job, again))} };
    }
    if page.keys.is_chosen() {
        let certificates_only = Callback::new(move |()| page.certificates_only());
        return key_file(page.keys, again, certificates_only, move |sending| locked(page, sending));
    }
    let items = page.plan.items.get();
    let remarks = move || {
        page.plan.remarks.with(|remarks| {
            (!remarks.is_empty()).then(|| {
                let words: Vec<_> = remarks.iter().take(12).map(|words| view! { <p>{words.clone()}</p> }).collect();
                view! { <section class="sect">{callout("warn", words)}</section> }
            })
        })
    };
    if items.is_empty() {
        return view! {
            {remarks}
            {intake(page.plan, page.keys)}
            <section class="sect"><p class="note">"Nothing is written before you have seen what will happen. A snapshot is taken first, so it can be undone."</p></section>
        };
    }
    view! {
        {remarks}
        <section class="sect flat">{page.plan.asking.faults.callout()}{page.applying.faults.callout()}{move || locked(page, page.applying)}</section>
        {table(page.plan, &items)}
        {page.trial.view()}
        <details class="sect more"><summary>"Add more files or text"</summary>{intake(page.plan, page.keys)}</details>
    }
}

fn locked(page: Page, sending: Submission) -> Option<View> {
    let locked = page.app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked);
    let asked = sending.faults.get().is_some_and(|error| error.code() == Some(certdeck_shared::api::problem::ProblemCode::TokenLocked));
    (locked && asked).then(|| unlock_form(page.app, Callback::new(move |()| sending.faults.clear())))
}

fn foot(page: Page) -> View {
    let words = move || match page.plan.counts() {
        (_, refused, _) if refused > 0 => format!("Leave the refused out first: {refused}"),
        (0, ..) if page.plan.fresh.get() => "Nothing to write: all of it is there already".to_owned(),
        _ => String::new(),
    };
    let busy = page.applying.busy;
    view! {
        <div class="pane-foot actions">
            <button class="btn primary" type="button" disabled=move || !page.ready() on:click=move |_| page.apply()>
                {move || if busy.get() { view! { <span class="spin">{glyph("running")}</span> } } else { icon("import") }}
                {move || format!("Import {}", page.plan.counts().0)}<kbd aria-hidden="true">"Ctrl ↵"</kbd>
            </button>
            {page.trial.button(Signal::derive(move || page.ready()))}
            <span class="note cut">{words}</span>
            <span class="push wide-only">{hint("Tab", "next field")}</span>
        </div>
    }
}

fn stands_for(page: Page) -> Action {
    if page.keys.is_chosen() {
        return page.keys.stands_for();
    }
    let files = page.plan.items.with(|items| {
        let wanted = items.iter().filter(|item| item.wanted.get());
        let file = |(number, item): (usize, &Item)| CertificateFile {
            file: format!("{number}.pem"),
            nickname: Some(item.nickname.get()).filter(|nickname| !nickname.is_empty()).unwrap_or_else(|| item.name.clone()),
            trust: Some(item.trust.get()),
        };
        (1..).zip(wanted).map(file).collect()
    });
    Action::ImportCertificates { files }
}
