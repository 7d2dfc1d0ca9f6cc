//! `/deployments/:id`: a deployment while it goes on and afterwards, with the button that takes it back.

use crate::view::*;
use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::event::Event;
use certdeck_shared::api::role::Right;
use leptos::task::spawn_local;

use super::part::{index, part_view};
use super::steps::{goes_on, of_part, standing, steps};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::client;

/// How often one that goes on is asked for, should its events not come.
const POLL: std::time::Duration = std::time::Duration::from_secs(2);

/// `/deployments/:id`.
pub fn deployment_page(id: String) -> View {
    let app = use_app();
    let id = StoredValue::new(id);
    let slot = RwSignal::new(Load::<Deployment>::Waiting);
    // Not by the client of the page: the effect below would take its call back when the next event comes.
    let read = move || load(app, slot, async move { client().deployment(&id.get_value()).await });
    read();
    // Each step comes as an event; the end is read as a whole.
    effect(move || {
        let Some(Event::DeploymentChanged { deployment: news }) = app.event.get() else { return };
        if news.id != id.get_value() {
            return;
        }
        let mut ended = false;
        slot.update(|slot| {
            if let Load::Ready(known) = slot {
                ended = goes_on(known.state) && !goes_on(news.state);
                (known.state, known.message, known.steps) = (news.state, news.message.clone(), news.steps.clone());
            }
        });
        if ended {
            app.announce(if news.state == DeploymentState::Succeeded { "Served and proved" } else { "The deployment has ended; read how" });
            read();
        }
    });
    let ask = move || {
        if slot.with_untracked(|slot| matches!(slot, Load::Ready(known) if goes_on(known.state))) {
            read();
        }
    };
    if let Ok(handle) = set_interval_with_handle(ask, POLL) {
        on_cleanup(move || handle.clear());
    }
    app.keyboard.register(vec![
        Command::new("r", "Read again", "Deployment", read),
        Command::new("u", "Back to the deployments", "Deployment", move || app.go(&Place::Deployments)),
    ]);
    let at = RwSignal::new(0);
    view! { {loaded(slot, 8, Callback::new(move |()| read()), move |deployment| panes(app, deployment, at))} }
}

fn panes(app: App, deployment: Deployment, at: RwSignal<usize>) -> View {
    let kept = StoredValue::new(deployment.clone());
    let tone = move |place: usize| kept.with_value(|deployment| of_part(&deployment.steps, place));
    let detail = move || kept.with_value(|deployment| deployment.parts.get(at.get()).map(part_view));
    let title = move || kept.with_value(|deployment| deployment.parts.get(at.get()).map(|part| part.label.clone()).unwrap_or_default());
    let action = move || Action::ShowDeployment { deployment: kept.with_value(|deployment| deployment.id.clone()) };
    let over = deployment.steps.iter().filter(|step| step.milliseconds.is_some()).count();
    let count = format!("{over} of {}", deployment.steps.len());
    let heading = if deployment.rollback_of.is_some() { "Return" } else { "Deployment" };
    view! {
        <div class="panes plan">
            <nav class="pane quiet" aria-label="Services of the deployment">
                <div class="pane-head"><a class="btn plain icon" href="/deployments" aria-label="Back to the deployments">{icon("back")}</a><h2>{heading}</h2></div>
                {index(&deployment.parts, at, tone)}
                <div class="sect small"><p class="note">{began(&deployment)}</p>{relatives(&deployment)}</div>
            </nav>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><h2 class="cut">{title}</h2><span class="push nowrap">{standing(deployment.state)}</span></div>
                <div class="pane-body">{outcome(&deployment)}{detail}</div>
                <div class="pane-foot">{hint("r", "read again")}{hint("u", "all deployments")}</div>
                {glass(action)}
            </main>
            <aside class="pane" aria-label="Steps">
                <div class="pane-head"><h2>"Steps"</h2><span class="push n small muted">{count}</span></div>
                <div class="pane-body">{steps(&deployment)}</div>
                {foot(app, deployment)}
            </aside>
        </div>
    }
}

fn began(deployment: &Deployment) -> String {
    ["Begun by ", &deployment.started_by, ", ", &clock::exact(deployment.started_at), "."].concat()
}

fn relatives(deployment: &Deployment) -> View {
    let plan = deployment.plan.clone().map(|id| view! { <p><a href=Place::Plan(id).path()>"Its plan"</a></p> });
    let of = deployment
        .rollback_of
        .clone()
        .map(|id| view! { <p><a href=Place::Deployment(id).path()>"The deployment that it takes back"</a></p> });
    view! { {plan}{of} }
}

/// How it ended, in the words of the server.
fn outcome(deployment: &Deployment) -> View {
    let tone = match deployment.state {
        DeploymentState::Running | DeploymentState::RollingBack => return View::nothing(),
        DeploymentState::Succeeded => "ok",
        DeploymentState::RolledBack | DeploymentState::Partly => "warn",
        DeploymentState::NeedsAttention => "bad",
    };
    view! { <section class="sect" role="status">{callout(tone, deployment.message.clone())}</section> }
}

fn foot(app: App, deployment: Deployment) -> View {
    let submission = Submission::new();
    let may = app.may_somewhere(Right::Deploy);
    if deployment.state == DeploymentState::Running {
        let stopping = RwSignal::new(false);
        let job = StoredValue::new(deployment.job.clone());
        let stop = move |_| {
            let Some(job) = job.get_value() else { return };
            stopping.set(true);
            spawn_local(async move {
                let _ = client().cancel_job(&job).await;
            });
        };
        return view! {
            <div class="sect stack foot"><p class="note">"It goes on when you leave this page."</p><div class="row tight">
                <button class="btn danger" type="button" disabled=move || stopping.get() || !may on:click=stop>{icon("undo")}{move || if stopping.get() { "Stopping" } else { "Stop and roll back" }}</button>
            </div></div>
        };
    }
    let (note, label) = match deployment.state {
        DeploymentState::NeedsAttention => (
            "Once what stands in the way is mended, the way back can be gone again: files, settings, running services, and proof by asking the ports.",
            "Try the way back again",
        ),
        _ if deployment.returnable => (
            "Returns files, settings and running services to what they were before. Its checkpoint is kept for 30 days.",
            "Return to what was before",
        ),
        _ => return View::nothing(),
    };
    let id = StoredValue::new(deployment.id);
    let back = move |_| {
        let id = id.get_value();
        submission.run(async move { client().roll_back(&id).await }, move |deployment| app.go(&Place::Deployment(deployment.id)));
    };
    view! {
        <div class="sect stack foot"><p class="note">{note}</p>{submission.faults.callout()}<div class="row tight">
            <button class="btn danger" type="button" disabled=move || submission.busy.get() || !may on:click=back>{icon("undo")}{label}</button>
        </div></div>
    }
}
