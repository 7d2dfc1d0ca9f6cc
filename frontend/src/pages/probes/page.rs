//! `/probe`: the form, and the report beside it.

use crate::view::*;
use certdeck_shared::api::account::Scope;
use certdeck_shared::api::probe::ProbeReport;
use certdeck_shared::api::service::Protocol;

use super::asked::{Asked, USUAL};
use super::report::report_view;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser, use_app};
use crate::transport::client;

const BEGINS: [(&str, &str); 2] = [("implicit", "from the first byte"), ("starttls", "after STARTTLS")];
const KEYS: [(&str, &str); 3] = [("", "whichever it prefers"), ("rsa", "RSA"), ("ecdsa", "ECDSA")];

/// `/probe`.
pub fn probe_page() -> View {
    let app = use_app();
    let asked = Asked::of_address();
    let report = RwSignal::new(None::<ProbeReport>);
    app.keyboard.register(vec![
        Command::new("n", "Another host", "Probe", || browser::focus(ids::PROBE_HOST)),
        Command::new("u", "Back to the deployments", "Probe", move || app.go(&Place::Deployments)),
    ]);
    let seen = move || match report.get() {
        Some(report) => report_view(app, &report),
        None => empty(
            "Nothing asked yet",
            "The console connects from its own host, speaks STARTTLS where that is wanted, completes a handshake and tells what is served.",
            View::nothing(),
        ),
    };
    view! {
        <div class="panes probe">
            <main class="pane quiet" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href="/deployments" aria-label="Back to the deployments">{icon("back")}</a>
                    <h2>"Probe a port"</h2>
                </div>
                <div class="pane-body">{form(app, asked, report)}</div>
                <div class="pane-foot">{hint("n", "another host")}{hint("u", "deployments")}</div>
            </main>
            <section class="pane" aria-label="What was seen">
                <div class="pane-head"><h2>"What was seen"</h2></div>
                <div class="pane-body" aria-live="polite">{seen}</div>
                {glass(move || Action::CreateProbe { body: asked.probe() })}
            </section>
        </div>
    }
}

fn form(app: App, asked: Asked, report: RwSignal<Option<ProbeReport>>) -> View {
    let submission = Submission::new();
    let faults = submission.faults;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = untrack(|| asked.probe());
        submission.run(async move { client().probe(&new).await }, move |seen| {
            app.announce("Probed");
            report.set(Some(seen));
        });
    };
    let usual: Vec<View> = USUAL
        .iter()
        .map(|one| {
            let pressed = Memo::new(move |_| asked.is(one));
            let take = move |_| asked.take(one);
            view! { <button class="chip" type="button" aria-pressed=move || pressed.get().to_string() on:click=take>{one.name}<span class="n">{one.port.to_string()}</span></button> }
        })
        .collect();
    let protocols: Vec<(&'static str, &'static str)> =
        Protocol::ALL.iter().map(|one| (one.name(), if *one == Protocol::Other { "something else" } else { one.title() })).collect();
    let admin = Signal::derive(move || app.scope() >= Some(Scope::Admin));
    let ready = Signal::derive(move || admin.get() && asked.host.with(|host| !host.trim().is_empty()));
    let denied = move || {
        (!admin.get()).then(|| view! { <p class="note">"Only an administrator probes: this host may reach what others cannot."</p> })
    };
    view! {
        <form class="sect stack" on:submit=submit novalidate>
            <div class="row wrap tight" role="group" aria-label="Usual ports">{usual}</div>
            <div class="form">
                {Field::text(ids::PROBE_HOST, "Host", asked.host).class("field f4").placeholder("mail.example.org").hint("A name, or an IP address.").faults(faults, "/host").required().view()}
                {Field::text(ids::PROBE_PORT, "Port", asked.port).class("field f2").hint("1 to 65535.").faults(faults, "/port").required().view()}
                {Field::select(ids::PROBE_PROTOCOL, "It speaks", asked.protocol, &protocols).class("field f3").faults(faults, "/protocol").view()}
                {Field::select(ids::PROBE_TLS, "TLS begins", asked.tls, &BEGINS).class("field f3").faults(faults, "/tls").view()}
                {Field::text(ids::PROBE_NAME, "Server name", asked.server_name).class("field f3").hint("The host's own when empty.").faults(faults, "/server_name").view()}
                {Field::select(ids::PROBE_KEY, "Certificate with the key", asked.key_type, &KEYS).class("field f3").faults(faults, "/key_type").view()}
            </div>
            {faults.callout()}
            <div class="row">{submission.button("search", "Probe", ready)}</div>
            {denied}
            <p class="note">"It takes 10 seconds at most. Only a line in the audit log is kept."</p>
        </form>
    }
}
