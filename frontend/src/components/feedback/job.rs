//! A job under way: followed by its events and by asking now and then, shown with its progress, stopped when asked.

use crate::view::*;
use certdeck_shared::api::event::Event;
use certdeck_shared::api::job::{Job, JobState};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use crate::components::icon::glyph;
use crate::state::{App, address};
use crate::transport::client;

/// How often a running job is asked for, should its events not come.
const POLL: std::time::Duration = std::time::Duration::from_secs(3);

/// The job of the address, `?job=`: it survives a reload.
pub fn job_of_address() -> Option<String> {
    address::asked("job").filter(|id| !id.is_empty())
}

/// Puts a job into the address, or takes it out.
pub fn note_job(id: Option<&str>) {
    let path = window().location().pathname().unwrap_or_default();
    let url = id.map_or_else(|| path.clone(), |id| format!("{path}?job={id}"));
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}

/// Reads the job of the address into its slot, and follows whatever job is there. `ended` is what is said when it ends.
pub fn follow(app: App, job: RwSignal<Option<Job>>, ended: &'static str) {
    if let Some(id) = job_of_address() {
        spawn_local(async move {
            match client().job(&id).await {
                Ok(known) => drop(job.try_set(Some(known))),
                Err(_) => note_job(None),
            }
        });
    }
    effect(move || {
        let Some(Event::JobChanged { job: news }) = app.event.get() else { return };
        if job.with_untracked(|job| job.as_ref().is_some_and(|job| job.id == news.id)) {
            arrived(app, job, *news, ended);
        }
    });
    let ask = move || {
        let Some(id) = job.with_untracked(|job| job.as_ref().filter(|job| job.state == JobState::Running).map(|job| job.id.clone())) else {
            return;
        };
        spawn_local(async move {
            if let Ok(news) = client().job(&id).await {
                arrived(app, job, news, ended);
            }
        });
    };
    if let Ok(handle) = set_interval_with_handle(ask, POLL) {
        on_cleanup(move || handle.clear());
    }
}

/// News may overtake each other: what is done does not run again.
fn arrived(app: App, slot: RwSignal<Option<Job>>, news: Job, ended: &'static str) {
    let Some(known) = slot.try_get_untracked().flatten() else { return };
    if known.state != JobState::Running || (news.state == JobState::Running && news.done < known.done) {
        return;
    }
    if news.state != JobState::Running {
        app.announce(ended);
        app.refresh_databases();
        app.certificates.refresh(app);
    }
    slot.set(Some(news));
}

/// A job that runs: `label` names it, `what` is counted.
pub fn running(job: &Job, label: &'static str, what: &'static str) -> View {
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
            <p class="verdict"><span class="spin live">{glyph("running")}</span><span><b>{format!("{} of {}", job.done, job.total)}</b>" "{what}</span></p>
            <div role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=share.to_string()>
                <svg class="meter live progress" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="m0" width="100" height="5"></rect><rect class="m1" width=share.to_string() height="5"></rect>
                </svg>
            </div>
            <p class="note">{if job.message.is_empty() { "Working".to_owned() } else { job.message.clone() }}". It goes on when you leave this page, and shows here again after a reload."</p>
            <div class="row"><button class="btn danger" type="button" disabled=move || stopping.get() hidden=!job.cancellable on:click=cancel>{move || if stopping.get() { "Stopping" } else { "Stop" }}</button></div>
        </section>
    }
}
