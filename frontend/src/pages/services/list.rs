//! `/services`: the registered services, and those of this host beside them.

use crate::view::*;
use certdeck_shared::api::role::Right;
use certdeck_shared::api::service::{FoundService, Service};

use super::register::beside;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, clock, use_app};
use crate::transport::page_client;

/// What the page and its parts share.
#[derive(Clone, Copy)]
pub struct Services {
    pub app: App,
    registered: RwSignal<Load<Vec<Service>>>,
    pub found: RwSignal<Load<Vec<FoundService>>>,
    /// Who may register.
    pub admin: Signal<bool>,
}

impl Services {
    /// Reads everything; each configuration is read anew by the server.
    pub fn read(self) {
        let reader = page_client();
        load(self.app, self.registered, async move { reader.services().await });
        if self.admin.get_untracked() {
            let reader = page_client();
            load(self.app, self.found, async move { reader.found_services().await });
        }
    }
}

/// `/services`.
pub fn services_page() -> View {
    let app = use_app();
    // The session may arrive after the page.
    let admin = Signal::derive(move || app.may(Right::Administrate));
    let services = Services { app, registered: RwSignal::new(Load::Waiting), found: RwSignal::new(Load::Waiting), admin };
    effect(move || {
        admin.get();
        services.read();
    });
    app.keyboard.register(vec![
        Command::new("n", "Register a service", "Services", || browser::focus(ids::SERVICE_CONFIG)),
        Command::new("r", "Read again", "Services", move || services.read()),
    ]);
    view! {
        <div class="panes list-detail stacked">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Services"</h2>
                    <span class="note wide-only">"What they are configured to serve; nothing is changed"</span>
                    <a class="btn push" href=Place::CertificateMaps(String::new()).path()>"Certificate maps"</a>
                    <button class="btn" type="button" on:click=move |_| services.read()>{icon("renew")}"Read again"</button>
                </div>
                <div class="scroll">{loaded(services.registered, 4, Callback::new(move |()| services.read()), move |registered| table(app, registered))}</div>
                <div class="pane-foot">{hint("n", "register")}{hint("r", "read again")}</div>
                {glass(|| Action::ListServices)}
            </main>
            {move || admin.get().then(|| beside(services))}
        </div>
    }
}

fn table(app: App, registered: Vec<Service>) -> View {
    if registered.is_empty() {
        let words = "Register one of this host, or one whose configuration is anywhere: Apache, Dovecot, nginx, OpenLDAP, Postfix, Sun Calendar and Messaging Server, Tomcat, vsftpd. Any other program is described in the form.";
        return empty("No service yet", words, View::nothing());
    }
    let rows: Vec<_> = registered.into_iter().map(|service| row(app, service)).collect();
    view! {
        <table class="grid rows svcs">
            <thead><tr><th scope="col">"State"</th><th scope="col">"Name"</th><th scope="col">"Configuration"</th><th scope="col" class="num">"With TLS"</th><th scope="col">"First end"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(app: App, service: Service) -> View {
    let href = Place::Service(service.id.clone()).path();
    let program = (service.label != service.kind.title()).then(|| view! { " "<span class="tag">{service.kind.title()}</span> });
    let end = service.not_after.map_or_else(|| "none".to_owned(), clock::date);
    let title = service.not_after.map(|end| clock::relative(end, app.now.get_untracked()));
    view! {
        <tr>
            <td class="r-state">{standing(&service, app.now.get_untracked())}</td>
            <td class="r-name"><a href=href>{service.label.clone()}</a>{program}</td>
            <td class="r-sub"><code title=service.config.clone()>{service.config.clone()}</code></td>
            <td class="num r-wide">{service.endpoints.to_string()}</td>
            <td class="r-end" title=title>{end}</td>
        </tr>
    }
}

/// How a service stands: shape, word and colour.
pub fn standing(service: &Service, now: i64) -> View {
    let over = service.not_after.is_some_and(|end| end < clock::at(now));
    match (&service.problem, over, service.findings, service.processes.is_empty()) {
        (Some(_), ..) => state("expired", "bad", "Unreadable"),
        (None, true, ..) => state("expired", "bad", "Expired"),
        (None, false, 1.., _) => state("soon", "warn", "Look"),
        (None, false, 0, false) => state("ok", "ok", "Runs"),
        (None, false, 0, true) => state("none", "off", "Not running"),
    }
}
