//! How a service is checked, reloaded and restarted: what the console does by itself, and programs that are given in its place.

use crate::view::*;
use certdeck_shared::api::service::{OwnControl, ServiceChange, ServiceControl, ServiceDescription};

use crate::components::data::glass::{Action, glass_of_form};
use crate::components::form::faults::Faults;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission};
use crate::ids;
use crate::state::App;
use crate::transport::client;

/// Programs being filled in, one argument a line.
#[derive(Clone, Copy)]
pub struct Programs {
    check: RwSignal<String>,
    reload: RwSignal<String>,
    restart: RwSignal<String>,
}

impl Programs {
    /// Those that are given already.
    pub fn of(control: &ServiceControl) -> Self {
        let lines = |list: &Option<Vec<String>>| RwSignal::new(list.as_ref().map(|list| list.join("\n")).unwrap_or_default());
        Self { check: lines(&control.check), reload: lines(&control.reload), restart: lines(&control.restart) }
    }

    /// The argument lists; none where nothing is written.
    pub fn control(self) -> ServiceControl {
        let list = |lines: RwSignal<String>| {
            let list: Vec<String> =
                lines.with(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect());
            Some(list).filter(|list| !list.is_empty())
        };
        ServiceControl { check: list(self.check), reload: list(self.reload), restart: list(self.restart) }
    }

    /// The three fields.
    pub fn fields(self, faults: Faults) -> View {
        let area =
            |id, label, value, example, pointer| Field::area(id, label, value, 3).placeholder(example).faults(faults, pointer).view();
        view! {
            <p class="note">"One argument a line, the program first with its whole path. No shell reads them. What stays empty, the console does by itself where it knows how."</p>
            {area(ids::CONTROL_CHECK, "Check of the configuration", self.check, "/usr/sbin/nginx\n-t", "/control/check")}
            {area(ids::CONTROL_RELOAD, "Reload", self.reload, "/usr/bin/systemctl\nreload\nnginx", "/control/reload")}
            {area(ids::CONTROL_RESTART, "Restart", self.restart, "/usr/bin/systemctl\nrestart\nnginx", "/control/restart")}
        }
    }
}

/// The section; `admin` may change it.
pub fn control(app: App, described: &ServiceDescription, slot: RwSignal<Load<ServiceDescription>>, admin: bool) -> View {
    let own = described.own_control.clone();
    if own.is_none() && described.service.problem.is_none() {
        return View::nothing();
    }
    let own = own.unwrap_or_default();
    let given = &described.control;
    let form = admin.then(|| form(app, described, slot));
    view! {
        <section class="sect stack" aria-label="How it takes changes up">
            <h3>"How it takes changes up"</h3>
            <dl class="facts">{rows(given, &own)}</dl>
            {form}
        </section>
    }
}

fn rows(given: &ServiceControl, own: &OwnControl) -> View {
    let row = |name: &'static str, given: &Option<Vec<String>>, own: &Option<Vec<String>>, words: &str, none: &'static str| {
        let (line, note) = match (given, own) {
            (Some(given), _) => (Some(given.join(" ")), "as it was given"),
            (None, Some(own)) => (Some(own.join(" ")), "by itself"),
            (None, None) => (None, none),
        };
        let words = (given.is_none() && !words.is_empty()).then(|| view! { <span class="note">{words}</span> });
        let line = line.map(|line| view! { <code class="break">{line}</code>" " });
        view! { <dt>{name}</dt><dd class="setting">{line}<span class="note">{note}</span>{words}</dd> }
    };
    view! {
        {row("Check", &given.check, &own.check, "", "none: it has none that is worth something")}
        {row("New certificates", &given.reload, &own.reload, &own.words, "no program")}
        {row("Restart", &given.restart, &own.restart, "", "none: nobody said how")}
    }
}

fn form(app: App, described: &ServiceDescription, slot: RwSignal<Load<ServiceDescription>>) -> View {
    let id = StoredValue::new(described.service.id.clone());
    let programs = Programs::of(&described.control);
    let submission = Submission::new();
    let change = move || ServiceChange { label: None, control: Some(programs.control()) };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let change = untrack(change);
        submission.run(async move { client().change_service(&id.get_value(), &change).await }, move |described| {
            app.announce("Kept");
            slot.set(Load::Ready(described));
        });
    };
    view! {
        <details class="more">
            <summary>"Give it other programs"</summary>
            <form class="stack" on:submit=submit>
                {programs.fields(submission.faults)}
                {submission.faults.callout()}
                <div class="row">{submission.button("check", "Keep these", Signal::derive(|| true))}</div>
                {glass_of_form(move || Action::ChangeService { service: id.get_value(), body: change() })}
            </form>
        </details>
    }
}
