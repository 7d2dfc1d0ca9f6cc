//! Registering: what is on this host with one button each, and a form for a configuration anywhere.

use crate::view::*;
use certdeck_shared::api::service::{FoundService, NewService, ServiceControl, ServiceKind};

use super::control::Programs;
use super::described::{Described, at_its_field};
use super::list::Services;
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::empty;
use crate::components::form::faults::repointed;
use crate::components::form::field::{Field, Note, Tone, checkbox};
use crate::components::form::submission::{Submission, loaded};
use crate::components::icon::{icon, state};
use crate::ids;
use crate::place::Place;
use crate::transport::client;

/// The pane beside the list.
pub fn beside(services: Services) -> View {
    let submission = Submission::new();
    view! {
        <aside class="pane quiet" aria-label="Register a service">
            <div class="pane-head"><h2>"On this host"</h2></div>
            <div class="pane-body">
                {loaded(services.found, 3, Callback::new(move |()| services.read()), move |found| list(services, submission, found))}
                {by_hand(services)}
            </div>
        </aside>
    }
}

/// `ports` are the numbers of the ports of a description.
fn register(services: Services, submission: Submission, new: NewService, ports: Vec<u32>) {
    let call = async move { client().add_service(&new).await.map_err(|error| repointed(error, &|pointer| at_its_field(pointer, &ports))) };
    submission.run(call, move |service| {
        services.app.announce("Registered");
        services.app.go(&Place::Service(service.id));
    });
}

fn list(services: Services, submission: Submission, found: Vec<FoundService>) -> View {
    if found.is_empty() {
        return empty("None found", "None runs, and the usual places hold no configuration. Give its path below.", View::nothing());
    }
    let rows: Vec<_> = found
        .into_iter()
        .map(|found| {
            let (kind, config) = (found.kind, found.config.clone());
            let words = match found.processes.first() {
                Some(process) => format!("{}, runs as process {process}", kind.title()),
                None => format!("{}, not running", kind.title()),
            };
            let end = if found.registered {
                state("ok", "ok", "Registered")
            } else {
                let label = ["Register ", &config].concat();
                let new = NewService::new(kind, config);
                view! { <button class="btn" type="button" aria-label=label disabled=submission.busy on:click=move |_| register(services, submission, new.clone(), Vec::new())>"Register"</button> }
            };
            view! { <li>{icon("service")}<span><code class="break">{found.config}</code><span class="note">{words}</span></span>{end}</li> }
        })
        .collect();
    view! { <ul class="listed">{rows}</ul>{submission.faults.callout()} }
}

fn by_hand(services: Services) -> View {
    let kind = RwSignal::new(ServiceKind::Apache.name().to_owned());
    let config = RwSignal::new(String::new());
    let label = RwSignal::new(String::new());
    let here = RwSignal::new(true);
    let described = Described::new();
    let programs = Programs::of(&ServiceControl::default());
    let submission = Submission::new();
    let chosen = move || ServiceKind::ALL.into_iter().find(|one| kind.with(|name| one.name() == name)).unwrap_or(ServiceKind::Apache);
    let other = Memo::new(move |_| chosen() == ServiceKind::Generic);
    let is_here = Memo::new(move |_| other.get() && here.get());
    let new = move || {
        let is_here = is_here.get();
        NewService {
            kind: chosen(),
            config: if is_here { String::new() } else { config.get().trim().to_owned() },
            label: Some(label.get().trim().to_owned()).filter(|label| !label.is_empty()),
            control: if other.get() { programs.control() } else { ServiceControl::default() },
            description: is_here.then(|| described.description()),
        }
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        register(services, submission, untrack(new), described.numbers());
    };
    let note = Signal::derive(move || {
        let relative = config.with(|config| !config.is_empty() && !config.trim().starts_with('/'));
        Some(if relative {
            Note::warn("An absolute path, beginning with /.")
        } else {
            Note { tone: Tone::Plain, words: format!("It is {}.", chosen().config_words()) }
        })
    });
    let kinds: Vec<(&'static str, &'static str)> = ServiceKind::ALL.iter().map(|kind| (kind.name(), kind.title())).collect();
    let ready = Signal::derive(move || match is_here.get() {
        true => described.is_begun(),
        false => config.with(|config| config.trim().starts_with('/')),
    });
    let file = move || {
        let field =
            Field::text(ids::SERVICE_CONFIG, "Configuration on the server", config).placeholder("/srv/mail/dovecot.conf").note(note);
        field.faults(submission.faults, "/config").required().view()
    };
    let faults = submission.faults;
    let what = move || match is_here.get() {
        true => described.fields(faults),
        false => file(),
    };
    let way = move || other.get().then(|| checkbox("Described here", "Otherwise by a file (TOML) that lies on the server already.", here));
    let acting = move || {
        other.get().then(|| {
            view! { <fieldset class="stack wishes"><legend>"Programs that act on it"</legend>{programs.fields(faults)}</fieldset> }
        })
    };
    view! {
        <section class="sect stack">
            <h3>"Anywhere"</h3>
            <form class="stack" on:submit=submit novalidate>
                {Field::select(ids::SERVICE_KIND, "Program", kind, &kinds).faults(faults, "/kind").view()}
                {way}
                {what}
                {acting}
                {Field::text(ids::SERVICE_LABEL, "Name for people", label).hint("The program's name when empty.").faults(faults, "/label").view()}
                {faults.callout()}
                <div class="row">{submission.button("plus", "Register", ready)}</div>
                <p class="note">"Registering reads the files and changes nothing. Private keys are looked at only to compare them, and forgotten at once."</p>
                {glass_of_form(move || Action::CreateService { body: new() })}
            </form>
        </section>
    }
}
