//! A plan for several services: which, in which order, with which settings, and what is done when one fails.

use crate::view::*;
use certdeck_shared::api::plan::{NewPlan, OnFailure};
use certdeck_shared::api::service::Service;

use super::settings::{Wishes, at_its_card, wished};
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::empty;
use crate::components::form::faults::repointed;
use crate::components::form::field::{checkbox, tick};
use crate::components::form::submission::{Load, Submission, loaded};
use crate::place::Place;
use crate::state::{App, address};
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
    // Whoever comes from the page of a service has chosen it.
    let asked = address::asked("service");
    let named: Vec<String> = services.iter().map(|service| service.id.clone()).filter(|id| asked.as_ref() == Some(id)).collect();
    let chosen = RwSignal::new(named);
    let keep_done = RwSignal::new(false);
    let submission = Submission::new();
    let next = StoredValue::new(0);
    let services: Vec<(Service, Wishes)> =
        services.into_iter().map(|service| (service, Wishes::new(app, submission.faults, next))).collect();
    let rows: Vec<_> = services.iter().map(|(service, _)| choice(service, chosen)).collect();
    let services = StoredValue::new(services);
    let of = move |id: &str| services.with_value(|all| all.iter().find(|(service, _)| service.id == id).cloned());
    let wish = move || NewPlan {
        parts: chosen.get().into_iter().filter_map(|id| Some(of(&id)?.1.part(id))).collect(),
        on_failure: if keep_done.get() { OnFailure::KeepDone } else { OnFailure::ReturnAll },
    };
    let settings = keyed(
        move || chosen.get(),
        String::clone,
        move |id| {
            let settings = of(&id).map(|(service, wishes)| wished(&service, wishes));
            view! { <div>{settings}</div> }
        },
    );
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = untrack(wish);
        let cards: Vec<Vec<u32>> = chosen.get_untracked().iter().filter_map(|id| untrack(|| Some(of(id)?.1.numbers()))).collect();
        let made = async move { client().make_plan(&new).await.map_err(|error| repointed(error, &|pointer| at_its_card(pointer, &cards))) };
        submission.run(made, move |plan| app.go(&Place::Plan(plan.id)));
    };
    let ready = Signal::derive(move || chosen.with(|chosen| !chosen.is_empty()));
    view! {
        <form class="sect stack" on:submit=submit novalidate>
            <fieldset class="stack"><legend>"Services, in the order you tick them"</legend>{rows}</fieldset>
            <div class="stack">{settings}</div>
            {checkbox("Keep what is done when one fails", "Otherwise all go back to what they were.", keep_done)}
            {submission.faults.callout()}
            <div class="row">{submission.button("deploy", "Make a plan", ready)}</div>
            <p class="note">"A plan changes nothing. It asks ports what they serve and programs whether their settings are good, and shows everything that would be done."</p>
            {glass_of_form(move || Action::CreatePlan { body: wish() })}
        </form>
    }
}

/// A service with its place in the order.
fn choice(service: &Service, chosen: RwSignal<Vec<String>>) -> View {
    let id = service.id.clone();
    let number = move || {
        let place = chosen.with(|chosen| chosen.iter().position(|one| *one == id))?;
        Some(view! { " "<span class="tag">{(place + 1).to_string()}</span> })
    };
    let kind = (service.label != service.kind.title()).then(|| view! { " "<span class="note">{service.kind.title()}</span> });
    tick(service.id.clone(), chosen, view! { <span>{service.label.clone()}{kind}{number}</span> })
}
