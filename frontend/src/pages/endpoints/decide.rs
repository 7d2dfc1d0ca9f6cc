//! How endpoints are watched: how often, and what may be probed beside this host.

use certdeck_shared::api::endpoint::WatchSettings;
use certdeck_shared::glass::Action;

use super::watch::Watch;
use crate::components::data::glass::glass_of_form;
use crate::components::feedback::skeleton;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::transport::client;
use crate::view::*;

/// The pane.
pub fn decide(watch: Watch) -> View {
    let content = move || match watch.settings.get() {
        Some(settings) if watch.admin.get() => form(watch, &settings),
        Some(settings) => read_only(&settings),
        None => skeleton(3),
    };
    view! {
        <div class="pane-head">
            <h2 class="cut">"How endpoints are watched"</h2>
            <button class="btn plain icon push" type="button" aria-label="Close" on:click=move |_| watch.close()>{icon("close")}</button>
        </div>
        <div class="pane-body"><section class="sect stack">{content}</section></div>
    }
}

fn form(watch: Watch, settings: &WatchSettings) -> View {
    let every = RwSignal::new(settings.every_seconds.to_string());
    let allowed = RwSignal::new(settings.allowed.join("\n"));
    let submission = Submission::new();
    let faults = submission.faults;
    let wish = move || WatchSettings {
        // No number is no interval; the server says so at the field.
        every_seconds: every.with(|every| every.trim().parse().unwrap_or_default()),
        allowed: allowed.with(|lines| lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let settings = untrack(wish);
        submission.run(async move { client().decide_watch(&settings).await }, move |settings| {
            watch.app.announce("Saved");
            watch.settings.set(Some(settings));
            watch.close();
        });
    };
    view! {
        <form class="stack" on:submit=submit>
            {Field::text(ids::WATCH_EVERY, "Seconds between two probes of an endpoint", every).hint("60 to 86400. What is down is asked less often.").faults(faults, "/every_seconds").required().view()}
            {Field::area(ids::WATCH_ALLOWED, "What may be probed beside this host", allowed, 6).placeholder("mail.example.org\n*.example.com\n192.0.2.0/24").hint("A name, *.example.org, an address or a network on each line.").faults(faults, "/allowed").view()}
            {faults.callout()}
            <div class="row">{submission.button("check", "Save", Signal::stored(true))}</div>
            {glass_of_form(move || Action::DecideWatch { body: wish() })}
        </form>
    }
}

/// For those who may not decide.
fn read_only(settings: &WatchSettings) -> View {
    let allowed = if settings.allowed.is_empty() { "this host alone".to_owned() } else { settings.allowed.join(", ") };
    view! {
        <p>{format!("Each endpoint is probed every {} seconds. Beside this host may be probed: {allowed}.", settings.every_seconds)}</p>
        <p class="note">"An administrator can change this."</p>
    }
}
