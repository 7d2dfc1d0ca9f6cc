//! What a service is to serve: certificates of databases, joined by nickname, and the plan that brings them there.

use crate::view::*;
use certdeck_shared::api::binding::{Binding, Layout, NewBinding};
use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::api::service::{Endpoint, ServiceDescription, TlsMode};

use super::held::held;
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::{App, clock};
use crate::transport::{client, page_client};

/// The section; `admin` may change it.
pub fn bindings(app: App, described: &ServiceDescription, admin: bool) -> View {
    let service = StoredValue::new(described.service.id.clone());
    let slot = RwSignal::new(Load::<Vec<Binding>>::Waiting);
    let read = move || {
        let reader = page_client();
        load(app, slot, async move { reader.bindings(&service.get_value()).await });
    };
    read();
    let endpoints: Vec<Endpoint> = described.endpoints.iter().filter(|endpoint| endpoint.tls != TlsMode::Off).cloned().collect();
    let form = admin.then(|| form(app, service, endpoints, Callback::new(move |()| read())));
    let retry = Callback::new(move |()| read());
    view! {
        <section class="sect stack" aria-label="What it is to serve">
            <h3>"What it is to serve"</h3>
            {loaded(slot, 2, retry, move |bindings| list(service, bindings, admin, retry))}
            {form}
        </section>
    }
}

fn list(service: StoredValue<String>, bindings: Vec<Binding>, admin: bool, read: Callback<()>) -> View {
    // The plan itself is made on the page of deployments: what plans are made of is known there alone.
    let href = ["/deployments?service=", &service.get_value()].concat();
    if bindings.is_empty() {
        let other = admin.then(|| view! { <div class="row"><a class="btn" href=href>{icon("deploy")}"Plan other settings"</a></div> });
        return view! { <p class="note">"Nothing yet. Join a certificate of a database to it; a renewed one of the same nickname follows by itself."</p>{other} };
    }
    let removing = Submission::new();
    let rows: Vec<_> = bindings.into_iter().map(|binding| row(service, binding, admin, removing, read)).collect();
    let button = admin.then(|| {
        view! {
            <div class="row"><a class="btn primary" href=href>{icon("deploy")}"Plan a deployment"</a><span class="note">"A plan changes nothing; it shows what would be done."</span></div>
        }
    });
    view! { <ul class="listed">{rows}</ul>{removing.faults.callout()}{button} }
}

fn row(service: StoredValue<String>, binding: Binding, admin: bool, removing: Submission, read: Callback<()>) -> View {
    let head = match &binding.certificate {
        Some(certificate) => {
            let href = Place::Certificate(binding.database.clone(), certificate.fingerprint_sha256.clone()).path();
            let words = [&certificate.public_key, ", until ", &clock::date(certificate.not_after)].concat();
            view! { <span><a href=href>{binding.nickname.clone()}</a>" "<span class="note">{words}</span></span> }
        }
        None => view! { <span>{binding.nickname.clone()}</span> },
    };
    let at = if binding.endpoints.is_empty() {
        "at every endpoint with TLS".to_owned()
    } else {
        ["at ", &binding.endpoints.join(", ")].concat()
    };
    let layout = match (&binding.layout, &binding.directory) {
        (Layout::Keep, _) => "files where the configuration looks for them".to_owned(),
        (Layout::Own, Some(directory)) => ["files of its own in ", directory].concat(),
        (Layout::Own, None) => "files of its own in the service's directory".to_owned(),
    };
    let problem = binding.problem.clone().map(|words| view! { <span class="note">{state("soon", "warn", "Look")}" "{words}</span> });
    let id = StoredValue::new(binding.id);
    let remove = move |_| {
        let call = async move { client().unbind(&service.get_value(), &id.get_value()).await };
        removing.run(call, move |()| read.run(()));
    };
    let label = ["Take ", &binding.nickname, " from the service"].concat();
    let button = admin.then(
        || view! { <button class="btn plain" type="button" aria-label=label disabled=removing.busy on:click=remove>"Remove"</button> },
    );
    view! { <li>{icon("certificate")}<span>{head}<span class="note">{[&at, ", ", &layout].concat()}</span>{problem}</span>{button}</li> }
}

/// Joins one: database, certificate with a key, endpoints, layout.
fn form(app: App, service: StoredValue<String>, endpoints: Vec<Endpoint>, read: Callback<()>) -> View {
    let database = RwSignal::new(app.selected.get_untracked().unwrap_or_default());
    let certificate = RwSignal::new(String::new());
    let endpoint = RwSignal::new(String::new());
    let own = RwSignal::new(false);
    let directory = RwSignal::new(String::new());
    let entries = held(app, database, certificate);
    let submission = Submission::new();
    let wish = move || NewBinding {
        database: database.get(),
        certificate: certificate.get(),
        endpoints: Some(endpoint.get()).filter(|name| !name.is_empty()).into_iter().collect(),
        layout: if own.get() { Layout::Own } else { Layout::Keep },
        directory: Some(directory.get()).filter(|directory| own.get() && !directory.is_empty()),
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = untrack(wish);
        submission.run(async move { client().bind(&service.get_value(), &new).await }, move |_| {
            app.announce("Joined");
            read.run(());
        });
    };
    let databases = move || {
        let known = app.databases.get().unwrap_or_default();
        known
            .into_iter()
            .map(|one| view! { <option value=one.id.clone() selected=database.get_untracked() == one.id>{one.label.clone()}</option> })
            .collect::<Vec<_>>()
    };
    let certificates = move || match entries.get() {
        Load::Ready(entries) => entries.iter().map(option).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    let names: Vec<_> =
        endpoints.iter().map(|endpoint| view! { <option value=endpoint.name.clone()>{endpoint.name.clone()}</option> }).collect();
    let ready = Signal::derive(move || certificate.with(|address| !address.is_empty()));
    let place = move || {
        own.get().then(|| {
            let field = Field::text(ids::BINDING_DIRECTORY, "Directory", directory).placeholder("/etc/postfix/ssl");
            field.hint("The service's own when empty; it gets certs and private.").faults(submission.faults, "/directory").view()
        })
    };
    view! {
        <details class="more">
            <summary>"Join a certificate"</summary>
            <form class="stack" on:submit=submit>
                <div><label for=ids::BINDING_DATABASE>"Database"</label><select id=ids::BINDING_DATABASE class="in" on:change=move |event| database.set(event_target_value(&event))>{databases}</select></div>
                <div><label for=ids::BINDING_CERTIFICATE>"Certificate with a key"</label><select id=ids::BINDING_CERTIFICATE class="in" on:change=move |event| certificate.set(event_target_value(&event))><option value="">"Choose one"</option>{certificates}</select></div>
                <div><label for=ids::BINDING_ENDPOINT>"Endpoints"</label><select id=ids::BINDING_ENDPOINT class="in" on:change=move |event| endpoint.set(event_target_value(&event))><option value="">"All with TLS"</option>{names}</select></div>
                {checkbox("Files of its own", "A copy for this service alone, and the configuration is made to name it. Otherwise the files that it names already are replaced.", own)}
                {place}
                {submission.faults.callout()}
                <div class="row">{submission.button("plus", "Join", ready)}</div>
                {move || matches!(entries.get(), Load::Failed(_)).then(|| callout("bad", "The database cannot be read."))}
                {glass_of_form(move || Action::CreateBinding { service: service.get_value(), body: wish() })}
            </form>
        </details>
    }
}

fn option(entry: &CertificateEntry) -> View {
    let nickname = entry.nickname.clone().unwrap_or_default();
    let words = [nickname.as_str(), " (", entry.fingerprint_sha256.get(..8).unwrap_or_default(), ")"].concat();
    view! { <option value=entry.fingerprint_sha256.clone()>{words}</option> }
}
