//! An import under way or done: its progress, the result and the way back.

use crate::view::*;
use certdeck_shared::api::import::ImportReport;
use certdeck_shared::api::job::{Job, JobState};

use super::table::disposition;
use crate::components::feedback::callout;
use crate::components::feedback::job::running;
use crate::components::feedback::undo::undo;
use crate::components::icon::{glyph, icon};
use crate::place::Place;
use crate::state::App;

/// A job as it stands.
pub fn progress(app: App, db: &str, job: &Job, again: Callback<()>) -> View {
    match job.state {
        JobState::Running => running(job, "Import", "certificates written"),
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
    let undo = report.snapshot.map(|snapshot| undo(app, db.to_owned(), snapshot, "Undo the import"));
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
