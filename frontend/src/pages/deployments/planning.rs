//! A plan for several services: which, in which order, and what is done when one fails.

use crate::view::*;
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure};
use certdeck_shared::api::service::Service;

use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::empty;
use crate::components::form::field::checkbox;
use crate::components::form::submission::{Load, Submission, loaded};
use crate::place::Place;
use crate::state::App;
use crate::transport::client;

/// The pane beside the list.
pub fn beside(app: App, services: RwSignal<Load<Vec<Service>>>, retry: Callback<()>) -> View {
    view! {
        <aside class="pane quiet" aria-label="Plan a deployment">
            <div class="pane-head"><h2>"Plan a deployment"</h2></div>
            <div class="pane-body">{loaded(services, 4, retry, move |services| form(app, services))}</div>
        </aside>
    }
}

fn form(app: App, services: Vec<Service>) -> View {
    if services.is_empty() {
        return empty("No service yet", "Register one first.", view! { <a class="btn" href="/services">"Services"</a> });
    }
    let named: Vec<String> = services.iter().map(|service| service.id.clone()).filter(|id| of_address().as_ref() == Some(id)).collect();
    let chosen = RwSignal::new(named);
    let keep_done = RwSignal::new(false);
    let submission = Submission::new();
    let wish = move || NewPlan {
        parts: chosen.get().into_iter().map(|service| NewPlanPart { service, bindings: None, settings: Vec::new() }).collect(),
        on_failure: if keep_done.get() { OnFailure::KeepDone } else { OnFailure::ReturnAll },
    };
    let rows: Vec<_> = services.into_iter().map(|service| choice(service, chosen)).collect();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = untrack(wish);
        submission.run(async move { client().make_plan(&new).await }, move |plan| app.go(&Place::Plan(plan.id)));
    };
    let ready = Signal::derive(move || chosen.with(|chosen| !chosen.is_empty()));
    view! {
        <form class="sect stack" on:submit=submit>
            <fieldset class="stack"><legend>"Services, in the order you tick them"</legend>{rows}</fieldset>
            {checkbox("Keep what is done when one fails", "Otherwise all go back to what they were.", keep_done)}
            {submission.faults.callout()}
            <div class="row">{submission.button("deploy", "Make a plan", ready)}</div>
            <p class="note">"A plan changes nothing. It asks ports what they serve and programs whether their settings are good, and shows everything that would be done."</p>
            {glass_of_form(move || Action::CreatePlan { body: wish() })}
        </form>
    }
}

/// A service with its place in the order.
fn choice(service: Service, chosen: RwSignal<Vec<String>>) -> View {
    let id = StoredValue::new(service.id);
    let place = move || id.with_value(|id| chosen.with(|chosen| chosen.iter().position(|one| one == id)));
    let toggle = move |_| {
        let id = id.get_value();
        chosen.update(|chosen| match chosen.iter().position(|one| *one == id) {
            Some(place) => drop(chosen.remove(place)),
            None => chosen.push(id),
        });
    };
    let number = move || place().map(|place| (place + 1).to_string()).unwrap_or_default();
    view! {
        <label class="check"><input type="checkbox" class="cb" prop:checked=move || place().is_some() on:change=toggle/><span>{service.label.clone()}" "<span class="note">{service.kind.title()}</span></span><span class="tag n">{number}</span></label>
    }
}

/// The service of the address, `?service=`: whoever comes from its page has chosen it.
fn of_address() -> Option<String> {
    let query = window().location().search().ok()?;
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("service=")).map(str::to_owned)
}
