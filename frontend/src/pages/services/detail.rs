//! `/services/:id`: one service, read anew.

use crate::view::*;
use certdeck_shared::api::paths::segment;
use certdeck_shared::api::role::{Right, Subject};
use certdeck_shared::api::service::{ConfigFile, Remark, ServiceDescription};
use certdeck_shared::glass::ConfiguredService;

use super::bindings::bindings;
use super::control::control;
use super::endpoints::endpoints;
use super::files::{files, rights};
use super::list::standing;
use super::terms::terms;
use crate::components::data::facts::{fact, fact_code, fact_view, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::{client, page_client};

/// `/services/:id`.
pub fn service_page(id: String) -> View {
    let app = use_app();
    let id = StoredValue::new(id);
    let slot = RwSignal::new(Load::<ServiceDescription>::Waiting);
    let read = move || {
        let reader = page_client();
        load(app, slot, async move { reader.service(&id.get_value()).await });
    };
    read();
    app.keyboard.register(vec![
        Command::new("r", "Read again", "Service", read),
        Command::new("u", "Back to the services", "Service", move || app.go(&Place::Services)),
    ]);
    let title = move || match slot.get() {
        Load::Ready(described) => described.service.label,
        _ => "Service".to_owned(),
    };
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <a class="btn plain icon" href="/services" aria-label="Back to the services">{icon("back")}</a>
                    <h2 class="cut">{title}</h2>
                    <span class="push">{move || watched(slot)}</span>
                    <button class="btn" type="button" on:click=move |_| read()>{icon("renew")}"Read again"</button>
                </div>
                <div class="pane-body">{loaded(slot, 6, Callback::new(move |()| read()), move |described| described_view(app, described, slot))}</div>
                <div class="pane-foot">{hint("r", "read again")}{hint("u", "all services")}</div>
                {glass(move || stands_for(slot))}
            </main>
        </div>
    }
}

/// The way to its endpoints in the matrix.
fn watched(slot: RwSignal<Load<ServiceDescription>>) -> Option<View> {
    let label = slot.with(|slot| match slot {
        Load::Ready(described) if !described.endpoints.is_empty() => Some(described.service.label.clone()),
        _ => None,
    })?;
    let filter = ["service:\"", &label.replace('"', ""), "\""].concat();
    let href = [&Place::Endpoints.path(), "?filter=", &segment(&filter)].concat();
    Some(view! { <a class="btn" href=href>{icon("watch")}"Watched endpoints"</a> })
}

fn described_view(app: App, described: ServiceDescription, slot: RwSignal<Load<ServiceDescription>>) -> View {
    let may = app.may(Right::Administrate);
    let deploys = app.may_to(Right::Deploy, Subject::Service(&described.service.id));
    let problem =
        described.service.problem.clone().map(|words| callout("bad", view! { <b>"The configuration cannot be read. "</b>{words} }));
    let about = about(app, &described);
    let forget = may.then(|| forget_form(app, &described));
    view! {
        <section class="sect stack">{problem}{about}</section>
        {bindings(app, &described, deploys)}
        {endpoints(app, &described)}
        {control(app, &described, slot, may)}
        {remarks(described.remarks)}
        {files(app, described.files)}
        {config_files(described.config_files)}
        {terms(described.terms)}
        {forget}
    }
}

fn about(app: App, described: &ServiceDescription) -> View {
    let service = &described.service;
    let mut rows = vec![
        fact("Program", service.kind.title()),
        fact_code("Configuration", service.config.clone()),
        fact_view("State", String::new(), standing(service, app.now.get_untracked())),
    ];
    rows.extend(described.version.clone().map(|version| fact("Version", version)));
    rows.extend(described.instance.clone().map(|instance| fact("Instance", instance)));
    if !service.processes.is_empty() {
        let processes: Vec<String> = service.processes.iter().map(ToString::to_string).collect();
        rows.push(fact("Processes", processes.join(", ")));
    }
    if !described.key_reader.words.is_empty() {
        rows.push(fact("Keys are read by", [&described.key_reader.user, ". ", &described.key_reader.words].concat()));
    }
    rows.push(fact("Registered", clock::exact(service.registered_at)));
    facts(vec![("", rows)])
}

/// What is not understood or cannot work.
fn remarks(remarks: Vec<Remark>) -> View {
    if remarks.is_empty() {
        return View::nothing();
    }
    let rows: Vec<_> = remarks
        .into_iter()
        .map(|remark| {
            let place = format!("{}:{}", remark.place.file, remark.place.line);
            view! { <li>{icon("file")}<span><code class="break">{place}</code><span class="note">{remark.words}</span></span></li> }
        })
        .collect();
    view! { <section class="sect stack"><h3>"Not understood, or wrong"</h3><ul class="listed">{rows}</ul></section> }
}

fn config_files(files: Vec<ConfigFile>) -> View {
    let rows: Vec<_> = files
        .into_iter()
        .map(|file| {
            let included =
                file.included.map_or_else(|| "the main file".to_owned(), |place| format!("included at {}:{}", place.file, place.line));
            let links: Vec<_> =
                file.links.into_iter().map(|link| view! { <span class="note"><code class="break">{link}</code></span> }).collect();
            view! {
                <tr>
                    <td class="r-name"><code title=file.path.clone()>{file.path.clone()}</code>{links}</td>
                    <td class="r-sub"><span title=included.clone()>{included.clone()}</span></td>
                    <td class="r-end">{rights(&file.owner, &file.group, &file.mode)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="sect flush stack"><h3>"Files of the configuration"</h3>
            <table class="grid rows configs"><thead><tr><th scope="col">"File"</th><th scope="col">"Why"</th><th scope="col">"Owner and mode"</th></tr></thead><tbody>{rows}</tbody></table>
        </section>
    }
}

fn forget_form(app: App, described: &ServiceDescription) -> View {
    let id = StoredValue::new(described.service.id.clone());
    let asked = RwSignal::new(false);
    let submission = Submission::new();
    let forget = move |_| {
        submission.run(async move { client().forget_service(&id.get_value()).await }, move |()| {
            app.announce("Forgotten. Nothing on disk changed.");
            app.go(&Place::Services);
        });
    };
    let content = move || {
        if asked.get() {
            view! {
                {submission.faults.callout()}
                <div class="row">
                    <button class="btn danger" type="button" disabled=submission.busy on:click=forget>"Forget it"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            }
        } else {
            view! { <button class="btn danger" type="button" on:click=move |_| asked.set(true)>"Forget"</button> }
        }
    };
    view! { <section class="sect stack"><h3>"Forget"</h3><p class="note">"Takes it off the list. Nothing on disk changes, and it can be registered again."</p>{content}</section> }
}

fn stands_for(slot: RwSignal<Load<ServiceDescription>>) -> Action {
    slot.with(|slot| {
        let Load::Ready(described) = slot else { return Action::ListServices };
        let certificates = described.files.iter().filter(|file| !file.certificates.is_empty()).map(|file| file.path.clone());
        let (kind, config) = (described.service.kind, described.service.config.clone());
        let configured = Some(ConfiguredService { kind, config, certificates: certificates.collect() });
        Action::ShowService { service: described.service.id.clone(), configured }
    })
}
