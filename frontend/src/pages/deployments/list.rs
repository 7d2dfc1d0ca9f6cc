//! `/deployments`: those that were, and a plan for a new one beside them.

use crate::view::*;
use certdeck_shared::api::deployment::DeploymentSummary;
use certdeck_shared::api::event::Event;
use certdeck_shared::api::role::Right;
use certdeck_shared::api::service::Service;

use super::planning::beside;
use super::steps::standing;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{clock, use_app};
use crate::transport::page_client;

/// `/deployments`.
pub fn deployments_page() -> View {
    let app = use_app();
    let may = Signal::derive(move || app.may_somewhere(Right::Deploy));
    let slot = RwSignal::new(Load::<Vec<DeploymentSummary>>::Waiting);
    let services = RwSignal::new(Load::<Vec<Service>>::Waiting);
    let read = move || {
        let reader = page_client();
        load(app, slot, async move { reader.deployments().await });
        let reader = page_client();
        load(app, services, async move { reader.services().await });
    };
    read();
    effect(move || {
        let Some(Event::DeploymentChanged { deployment: news }) = app.event.get() else { return };
        slot.update(|slot| {
            if let Load::Ready(known) = slot
                && let Some(known) = known.iter_mut().find(|known| known.id == news.id)
            {
                (known.state, known.message) = (news.state, news.message);
            }
        });
    });
    app.keyboard.register(vec![
        Command::new("p", "Probe a port", "Deployments", move || app.go(&Place::Probe)),
        Command::new("r", "Read again", "Deployments", read),
    ]);
    view! {
        <div class="panes list-detail stacked">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Deployments"</h2>
                    <span class="note wide-only">"Each with its proof, and the way back for 30 days"</span>
                    <a class="btn push" href=Place::Probe.path()>{icon("search")}"Probe a port"</a>
                    <button class="btn" type="button" on:click=move |_| read()>{icon("renew")}"Read again"</button>
                </div>
                <div class="scroll">{loaded(slot, 4, Callback::new(move |()| read()), table)}</div>
                <div class="pane-foot">{hint("p", "probe a port")}{hint("r", "read again")}</div>
                {glass(|| Action::ListDeployments)}
            </main>
            {move || may.get().then(|| beside(app, services, Callback::new(move |()| read())))}
        </div>
    }
}

fn table(deployments: Vec<DeploymentSummary>) -> View {
    if deployments.is_empty() {
        let words = "Join a certificate to a service, on the page of the service. Then make a plan: it changes nothing, and shows everything that applying it would do.";
        return empty("No deployment yet", words, view! { <a class="btn" href="/services">"Services"</a> });
    }
    let rows: Vec<_> = deployments.into_iter().map(row).collect();
    view! {
        <table class="grid rows deps">
            <thead><tr><th scope="col">"State"</th><th scope="col">"Services"</th><th scope="col">"How it ended"</th><th scope="col">"Begun"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(deployment: DeploymentSummary) -> View {
    let href = Place::Deployment(deployment.id).path();
    let services: Vec<String> = deployment.services.into_iter().map(|(_, label)| label).collect();
    let back = deployment.rollback_of.map(|_| view! { " "<span class="tag">"return"</span> });
    let by = ["by ", &deployment.started_by].concat();
    view! {
        <tr>
            <td class="r-state">{standing(deployment.state)}</td>
            <td class="r-name"><a href=href>{services.join(", ")}</a>{back}</td>
            <td class="r-sub"><span title=deployment.message.clone()>{deployment.message.clone()}</span></td>
            <td class="r-end" title=by>{clock::exact(deployment.started_at)}</td>
        </tr>
    }
}
