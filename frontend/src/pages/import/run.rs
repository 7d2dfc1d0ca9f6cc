//! An import under way or done: progress by the job's events, cancel, the result and the way back.

use crate::view::*;
use certdeck_shared::api::event::Event;
use certdeck_shared::api::import::ImportReport;
use certdeck_shared::api::job::{Job, JobState};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::table::disposition;
use crate::components::feedback::callout;
use crate::components::form::submission::Submission;
use crate::components::icon::{glyph, icon};
use crate::place::Place;
use crate::state::App;
use crate::transport::client;

/// How often a running job is asked for, should its events not come.
const POLL: std::time::Duration = std::time::Duration::from_secs(3);

/// The job of the address, `?job=`: it survives a reload.
pub fn job_of_address() -> Option<String> {
    let query = window().location().search().ok()?;
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("job=")).map(str::to_owned).filter(|id| !id.is_empty())
}

/// Puts a job into the address, or takes it out.
pub fn note_job(id: Option<&str>) {
    let path = window().location().pathname().unwrap_or_default();
    let url = id.map_or_else(|| path.clone(), |id| format!("{path}?job={id}"));
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}

/// Follows a job by its events, and by asking now and then.
pub fn follow(app: App, job: RwSignal<Option<Job>>) {
    effect(move || {
        let Some(Event::JobChanged { job: news }) = app.event.get() else { return };
        if job.with_untracked(|job| job.as_ref().is_some_and(|job| job.id == news.id)) {
            arrived(app, job, *news);
        }
    });
    let ask = move || {
        let Some(id) = job.with_untracked(|job| job.as_ref().filter(|job| job.state == JobState::Running).map(|job| job.id.clone())) else {
            return;
        };
        spawn_local(async move {
            if let Ok(news) = client().job(&id).await {
                arrived(app, job, news);
            }
        });
    };
    if let Ok(handle) = set_interval_with_handle(ask, POLL) {
        on_cleanup(move || handle.clear());
    }
}

/// News may overtake each other: what is done does not run again.
fn arrived(app: App, slot: RwSignal<Option<Job>>, news: Job) {
    let Some(known) = slot.try_get_untracked().flatten() else { return };
    if known.state != JobState::Running || (news.state == JobState::Running && news.done < known.done) {
        return;
    }
    if news.state != JobState::Running {
        app.announce("The import has ended");
        app.refresh_databases();
        app.certificates.refresh(app);
    }
    slot.set(Some(news));
}

/// A job as it stands.
pub fn progress(app: App, db: &str, job: &Job, again: Callback<()>) -> View {
    match job.state {
        JobState::Running => running(job),
        JobState::Succeeded => match job.result.clone().and_then(|result| serde_json::from_value::<ImportReport>(result).ok()) {
            Some(report) => done(app, db, report, again),
            None => ended(app, db, "ok", "The import is done.".to_owned(), again),
        },
        JobState::Cancelled => ended(
            app,
            db,
            "warn",
            format!(
                "Stopped after {} of {}. What was written until then is in the database; the snapshot taken before is the way back.",
                job.done, job.total
            ),
            again,
        ),
        JobState::Failed | JobState::Interrupted => {
            let words =
                job.problem.as_ref().map_or_else(|| "The import ended and did not say why.".to_owned(), |problem| problem.detail.clone());
            ended(app, db, "bad", words, again)
        }
    }
}

fn running(job: &Job) -> View {
    let share = (job.done.min(job.total) * 100).checked_div(job.total).unwrap_or(0);
    let id = job.id.clone();
    let stopping = RwSignal::new(false);
    let cancel = move |_| {
        stopping.set(true);
        let id = id.clone();
        spawn_local(async move {
            let _ = client().cancel_job(&id).await;
        });
    };
    view! {
        <section class="sect stack">
            <p class="verdict"><span class="spin live">{glyph("running")}</span><span><b>{format!("{} of {}", job.done, job.total)}</b>" certificates written"</span></p>
            <div role="progressbar" aria-label="Import" aria-valuemin="0" aria-valuemax="100" aria-valuenow=share.to_string()>
                <svg class="meter live progress" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="m0" width="100" height="5"></rect><rect class="m1" width=share.to_string() height="5"></rect>
                </svg>
            </div>
            <p class="note">{if job.message.is_empty() { "Working".to_owned() } else { job.message.clone() }}". It goes on when you leave this page, and shows here again after a reload."</p>
            <div class="row"><button class="btn danger" type="button" disabled=move || stopping.get() hidden=!job.cancellable on:click=cancel>{move || if stopping.get() { "Stopping" } else { "Stop" }}</button></div>
        </section>
    }
}

fn ended(app: App, db: &str, tone: &'static str, words: String, again: Callback<()>) -> View {
    let _ = app;
    view! {
        <section class="sect stack" role="status">
            {callout(tone, words)}
            {ways_on(db, again)}
        </section>
    }
}

/// What was done, and undo.
pub fn done(app: App, db: &str, report: ImportReport, again: Callback<()>) -> View {
    let written = report.certificates.iter().filter(|outcome| outcome.disposition.is_written()).count();
    let rest = report.certificates.len() - written;
    let words = if rest == 0 { String::new() } else { format!(", {rest} were there already") };
    let rows: Vec<_> = report
        .certificates
        .iter()
        .take(500)
        .map(|outcome| {
            let href = Place::Certificate(db.to_owned(), outcome.fingerprint_sha256.clone()).path();
            let (state, words) = disposition(outcome);
            view! { <tr><td class="r-state">{state}</td><td class="r-name"><a href=href>{outcome.nickname.clone()}</a></td><td class="r-sub">{outcome.subject.clone()}" "<span class="note">{words}</span></td><td class="r-end"><code>{outcome.trust.clone()}</code></td></tr> }
        })
        .collect();
    let undo = report.snapshot.map(|snapshot| undo(app, db.to_owned(), snapshot));
    view! {
        <section class="sect stack" role="status">
            <p class="verdict ok">{glyph("ok")}<span><b>{format!("{written} imported")}</b>{words}</span></p>
            {ways_on(db, again)}
            {undo}
        </section>
        <table class="grid rows imported"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Nickname"</th><th scope="col">"Subject"</th><th scope="col">"Trust"</th></tr></thead><tbody>{rows}</tbody></table>
    }
}

/// Where one goes from here.
pub fn ways_on(db: &str, again: Callback<()>) -> View {
    view! {
        <div class="row wrap">
            <a class="btn primary" href=Place::Certificates(db.to_owned()).path()>{icon("certificate")}"Certificates"</a>
            <button class="btn" type="button" on:click=move |_| again.run(())>{icon("import")}"Import more"</button>
        </div>
    }
}

/// The way back: the snapshot taken before.
pub fn undo(app: App, db: String, snapshot: String) -> View {
    let submission = Submission::new();
    let undone = RwSignal::new(false);
    let restore = move |_| {
        let (db, snapshot) = (db.clone(), snapshot.clone());
        submission.run(async move { client().restore(&db, &snapshot).await }, move |_| {
            undone.set(true);
            app.announce("Undone");
            app.refresh_databases();
            app.certificates.refresh(app);
        });
    };
    view! {
        {submission.faults.callout()}
        <div class="row">
            <button class="btn plain" type="button" disabled=move || undone.get() || submission.busy.get() on:click=restore>{icon("undo")}{move || if undone.get() { "Undone" } else { "Undo the import" }}</button>
        </div>
    }
}
