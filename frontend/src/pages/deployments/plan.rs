//! `/plans/:id`: everything a deployment would do, and the button that does it.

use crate::view::*;
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, Plan, PlanState};
use certdeck_shared::api::role::Right;

use super::part::{index, part_view, standing};
use super::steps::planned;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::{client, page_client};

/// `/plans/:id`.
pub fn plan_page(id: String) -> View {
    let app = use_app();
    let id = StoredValue::new(id);
    let slot = RwSignal::new(Load::<Plan>::Waiting);
    let read = move || {
        let reader = page_client();
        load(app, slot, async move { reader.plan(&id.get_value()).await });
    };
    read();
    app.keyboard.register(vec![
        Command::new("r", "Read again", "Plan", read),
        Command::new("u", "Back to the deployments", "Plan", move || app.go(&Place::Deployments)),
    ]);
    let at = RwSignal::new(0);
    view! {
        {loaded(slot, 8, Callback::new(move |()| read()), move |plan| planned_panes(app, plan, at))}
    }
}

fn planned_panes(app: App, plan: Plan, at: RwSignal<usize>) -> View {
    let states: Vec<PlanState> = plan.parts.iter().map(|part| part.state).collect();
    let states = StoredValue::new(states);
    let tone = move |place: usize| match states.with_value(|states| states.get(place).copied()) {
        Some(PlanState::Blocked) => ("expired", "bad"),
        Some(PlanState::Unchanged) => ("ok", "off"),
        _ => ("none", "off"),
    };
    let kept = StoredValue::new(plan.clone());
    let detail = move || kept.with_value(|plan| plan.parts.get(at.get()).map(part_view));
    let title = move || kept.with_value(|plan| plan.parts.get(at.get()).map(|part| part.label.clone()).unwrap_or_default());
    let action = move || kept.with_value(|plan| Action::ApplyPlan { plan: plan.id.clone(), parts: plan.parts.clone() });
    view! {
        <div class="panes plan">
            <nav class="pane quiet" aria-label="Services of the plan">
                <div class="pane-head"><a class="btn plain icon" href="/deployments" aria-label="Back to the deployments">{icon("back")}</a><h2>"Plan"</h2></div>
                {index(&plan.parts, at, tone)}
                <div class="sect small"><p class="note">{made(&plan)}</p></div>
            </nav>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><h2 class="cut">{title}</h2><span class="push nowrap">{standing(plan.state)}</span></div>
                <div class="pane-body">{detail}</div>
                <div class="pane-foot">{hint("r", "read again")}{hint("u", "all deployments")}</div>
                {glass(action)}
            </main>
            <aside class="pane" aria-label="Steps">
                <div class="pane-head"><h2>"Steps"</h2></div>
                <div class="pane-body">{planned(&plan.parts)}</div>
                {foot(app, plan)}
            </aside>
        </div>
    }
}

fn made(plan: &Plan) -> String {
    ["Made by ", &plan.created_by, ", ", &clock::exact(plan.created_at), ". It can be applied until ", &clock::exact(plan.expires_at), "."]
        .concat()
}

/// What is so of the plan, and what can be done with it.
fn foot(app: App, plan: Plan) -> View {
    let submission = Submission::new();
    let may = app.may_somewhere(Right::Deploy);
    let kept = StoredValue::new(plan.clone());
    let apply = move |_| {
        let id = kept.with_value(|plan| plan.id.clone());
        submission.run(async move { client().apply_plan(&id).await }, move |deployment| app.go(&Place::Deployment(deployment.id)));
    };
    let again = move |_| {
        let new = kept.with_value(anew);
        submission.run(async move { client().make_plan(&new).await }, move |plan| app.go(&Place::Plan(plan.id)));
    };
    let again =
        move || view! { <button class="btn" type="button" disabled=submission.busy on:click=again>{icon("renew")}"Make it anew"</button> };
    let (words, button) = match plan.state {
        PlanState::Ready => {
            let words = match plan.on_failure {
                OnFailure::ReturnAll => {
                    "If a port does not serve the new certificate, everything goes back: files, settings and the running services."
                }
                OnFailure::KeepDone => "If a port does not serve the new certificate, its service goes back; those before it keep theirs.",
            };
            let button = view! { <button class="btn primary" type="button" disabled=move || submission.busy.get() || !may on:click=apply>{icon("deploy")}"Apply"</button> };
            (view! { <p class="note">{words}</p> }, button)
        }
        PlanState::Unchanged => {
            (view! { <p class="note">"Everything is as this plan would make it: files, settings, and what the ports serve."</p> }, again())
        }
        PlanState::Blocked => (callout("bad", "A check stops it. Mend what it names, then make the plan anew."), again()),
        PlanState::Stale => (callout("warn", plan.stale.clone().unwrap_or_default()), again()),
        PlanState::Applied => {
            let href = plan.deployment.clone().map(|id| Place::Deployment(id).path()).unwrap_or_default();
            (view! { <p class="note">"It was applied."</p> }, view! { <a class="btn" href=href>"See the deployment"</a> })
        }
    };
    let denied = (!may).then(|| view! { <p class="note">"Only a deployer applies plans."</p> });
    view! { <div class="sect stack foot">{words}{submission.faults.callout()}<div class="row tight">{button}</div>{denied}</div> }
}

/// The same wish once more.
fn anew(plan: &Plan) -> NewPlan {
    let part = |part: &certdeck_shared::api::plan::PlanPart| NewPlanPart {
        service: part.service.clone(),
        bindings: part.bindings.clone(),
        settings: part.settings.clone(),
    };
    NewPlan { parts: plan.parts.iter().map(part).collect(), on_failure: plan.on_failure }
}
