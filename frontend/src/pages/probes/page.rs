//! `/probe`: the form, and beside it what was seen.

use crate::view::*;
use certdeck_shared::api::inventory::Inventory;
use certdeck_shared::api::job::{Job, JobState};
use certdeck_shared::api::probe::ProbeReport;
use certdeck_shared::api::role::Right;
use certdeck_shared::api::service::Protocol;

use super::asked::{Asked, USUAL};
use super::inventory::inventory_view;
use super::report::report_view;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::job::{follow, running};
use crate::components::feedback::{callout, empty};
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
const PROFILES: [(&str, &str); 3] =
    [("modern", "modern: TLS 1.3 alone"), ("intermediate", "intermediate: nearly every client"), ("old", "old: clients of before 2014")];

/// What was seen last.
#[derive(Clone, Copy)]
struct Seen {
    report: RwSignal<Option<ProbeReport>>,
    /// The job that takes the inventory.
    job: RwSignal<Option<Job>>,
}

/// `/probe`.
pub fn probe_page() -> View {
    let app = use_app();
    let asked = Asked::of_address();
    let seen = Seen { report: RwSignal::new(None), job: RwSignal::new(None) };
    follow(app, seen.job, "The inventory is taken");
    app.keyboard.register(vec![
        Command::new("n", "Another host", "Probe", || browser::focus(ids::PROBE_HOST)),
        Command::new("u", "Back", "Probe", move || app.go(&asked.back())),
    ]);
    let action = move || {
        if asked.everything.get() {
            Action::CreateInventory { body: asked.inventory() }
        } else {
            Action::CreateProbe { body: asked.probe() }
        }
    };
    let (back, whither) = match asked.back() {
        Place::Endpoint(id) => (Place::Endpoint(id).path(), "Back to the endpoint"),
        place => (place.path(), "Back to the deployments"),
    };
    view! {
        <div class="panes probe">
            <main class="pane quiet" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href=back aria-label=whither>{icon("back")}</a>
                    <h2>"Probe a port"</h2>
                </div>
                <div class="pane-body">{form(app, asked, seen)}</div>
                <div class="pane-foot">{hint("n", "another host")}{hint("u", "back")}</div>
            </main>
            <section class="pane" aria-label="What was seen">
                <div class="pane-head"><h2>"What was seen"</h2></div>
                <div class="pane-body" aria-live="polite">{move || drawn(app, seen)}</div>
                {glass(action)}
            </section>
        </div>
    }
}

fn drawn(app: App, seen: Seen) -> View {
    if let Some(report) = seen.report.get() {
        return report_view(app, &report);
    }
    let Some(job) = seen.job.get() else {
        return empty(
            "Nothing asked yet",
            "The console connects from its own host, speaks STARTTLS where that is wanted, and tells what is served: of one complete handshake, or of everything that the port takes.",
            View::nothing(),
        );
    };
    match job.state {
        JobState::Running => running(&job, "Inventory", "steps"),
        JobState::Succeeded => match job.result.and_then(|result| serde_json::from_value::<Inventory>(result).ok()) {
            Some(made) => inventory_view(app, &made),
            None => ended("bad", "The answer is not understood: reload the page.".to_owned()),
        },
        JobState::Cancelled => ended("warn", "Stopped. Nothing is kept of it.".to_owned()),
        JobState::Failed | JobState::Interrupted => ended("bad", job.problem.map(|problem| problem.detail).unwrap_or_default()),
    }
}

fn ended(tone: &'static str, words: String) -> View {
    view! { <section class="sect">{callout(tone, words)}</section> }
}

fn form(app: App, asked: Asked, seen: Seen) -> View {
    let submission = Submission::new();
    let faults = submission.faults;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if asked.everything.get_untracked() {
            let new = untrack(|| asked.inventory());
            submission.run(async move { client().inventory_job(&new).await }, move |job| {
                asked.keep(Some(&job.id));
                seen.report.set(None);
                seen.job.set(Some(job));
            });
        } else {
            let new = untrack(|| asked.probe());
            submission.run(async move { client().probe(&new).await }, move |report| {
                app.announce("Probed");
                asked.keep(None);
                seen.report.set(Some(report));
            });
        }
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
    let admin = Signal::derive(move || app.may(Right::Administrate));
    let at_work = move || seen.job.with(|job| job.as_ref().is_some_and(|job| job.state == JobState::Running));
    let ready = Signal::derive(move || admin.get() && asked.host.with(|host| !host.trim().is_empty()) && !at_work());
    let denied = move || {
        (!admin.get()).then(|| view! { <p class="note">"Only an administrator probes: this host may reach what others cannot."</p> })
    };
    let everything = asked.everything;
    let what = [(false, "One handshake"), (true, "Everything it takes")].map(|(all, words)| {
        view! { <button type="button" aria-pressed=move || (everything.get() == all).to_string() on:click=move |_| everything.set(all)>{words}</button> }
    });
    let last = move || {
        if everything.get() {
            Field::select(ids::PROBE_PROFILE, "Mozilla's profile beside it", asked.profile, &PROFILES)
                .class("field f3")
                .faults(faults, "/profile")
                .view()
        } else {
            Field::select(ids::PROBE_KEY, "Certificate with the key", asked.key_type, &KEYS)
                .class("field f3")
                .faults(faults, "/key_type")
                .view()
        }
    };
    let send = move || {
        if everything.get() { submission.button("search", "Take inventory", ready) } else { submission.button("search", "Probe", ready) }
    };
    let effort = move || {
        if everything.get() {
            "Some dozens of connections, at most eight at a time, for a minute at most: every version, cipher suite and group is offered. Only a line in the audit log is kept."
        } else {
            "It takes 10 seconds at most. Only a line in the audit log is kept."
        }
    };
    view! {
        <form class="sect stack" on:submit=submit novalidate>
            <div class="seg" role="group" aria-label="What is asked">{Vec::from(what)}</div>
            <div class="row wrap tight" role="group" aria-label="Usual ports">{usual}</div>
            <div class="form">
                {Field::text(ids::PROBE_HOST, "Host", asked.host).class("field f4").placeholder("mail.example.org").hint("A name, or an IP address.").faults(faults, "/host").required().view()}
                {Field::text(ids::PROBE_PORT, "Port", asked.port).class("field f2").hint("1 to 65535.").faults(faults, "/port").required().view()}
                {Field::select(ids::PROBE_PROTOCOL, "It speaks", asked.protocol, &protocols).class("field f3").faults(faults, "/protocol").view()}
                {Field::select(ids::PROBE_TLS, "TLS begins", asked.tls, &BEGINS).class("field f3").faults(faults, "/tls").view()}
                {Field::text(ids::PROBE_NAME, "Server name", asked.server_name).class("field f3").hint("The host's own when empty.").faults(faults, "/server_name").view()}
                {last}
            </div>
            {faults.callout()}
            <div class="row">{send}</div>
            {denied}
            <p class="note">{effort}</p>
        </form>
    }
}
