//! A certificate is tried: which map applies, where it searches, and what a directory finds.

use certdeck_shared::api::certificate_map::{
    DirectoryAnswer, DirectoryQuestion, EntryCertificate, IssuerComparison, MadeSearch, MapSearch, MapTrialResult, NewMapTrial,
};

use super::page::Maps;
use crate::components::feedback::callout;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::Submission;
use crate::components::icon::{icon, state};
use crate::ids;
use crate::transport::client;
use crate::view::*;

/// The form and what came of it.
#[derive(Clone, Copy)]
pub struct Trial {
    maps: Maps,
    certificate: RwSignal<String>,
    as_names: RwSignal<bool>,
    url: RwSignal<String>,
    starttls: RwSignal<bool>,
    bind_dn: RwSignal<String>,
    password: RwSignal<String>,
    suffix: RwSignal<String>,
    result: RwSignal<Option<MapTrialResult>>,
    sending: Submission,
}

impl Trial {
    /// Nothing tried yet.
    pub fn new(maps: Maps) -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            maps,
            certificate: text(),
            as_names: RwSignal::new(false),
            url: text(),
            starttls: RwSignal::new(false),
            bind_dn: text(),
            password: text(),
            suffix: text(),
            result: RwSignal::new(None),
            sending: Submission::new(),
        }
    }

    fn question(self, password: Option<String>) -> NewMapTrial {
        let given = |text: RwSignal<String>| Some(text.get().trim().to_owned()).filter(|text| !text.is_empty());
        let directory = given(self.url).map(|url| DirectoryQuestion {
            url,
            starttls: self.starttls.get(),
            ca: None,
            bind_dn: given(self.bind_dn),
            password,
            suffix: given(self.suffix),
        });
        NewMapTrial {
            path: self.maps.open_path(),
            changes: self.maps.staged.get(),
            certificate: self.certificate.get(),
            issuer_comparison: if self.as_names.get() { IssuerComparison::AsNames } else { IssuerComparison::Exact },
            directory,
        }
    }

    /// What the lines are for: the trial once a certificate is there, with the searches that are known.
    pub fn asked(self) -> Option<(NewMapTrial, Vec<MapSearch>)> {
        let begun = self.certificate.with(|text| !text.trim().is_empty());
        let searches = self.result.with(|result| result.as_ref().map(|result| result.trial.searches.clone())).unwrap_or_default();
        begun.then(|| (self.question(None), searches))
    }

    fn send(self) {
        let trial = untrack(move || self.question(Some(self.password.get()).filter(|password| !password.is_empty())));
        self.result.set(None);
        self.sending.run(async move { client().try_certificate_map(&trial).await }, move |result| self.result.set(Some(result)));
    }
}

/// The pane of the trial.
pub fn trial(form: Trial) -> View {
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        form.send();
    };
    let open = move || form.maps.file.with(Option::is_some);
    let ready = Signal::derive(move || open() && form.certificate.with(|text| !text.trim().is_empty()));
    let faults = form.sending.faults;
    view! {
        <aside class="pane quiet" aria-label="Try a certificate">
            <form class="pane-form" on:submit=submit>
                <div class="pane-head"><h2>"Try a certificate"</h2></div>
                <div class="pane-body"><section class="sect stack">
                    {Field::area(ids::MAPS_CERTIFICATE, "Certificate of a client", form.certificate, 5).placeholder("-----BEGIN CERTIFICATE-----").faults(faults, "/certificate").view()}
                    {checkbox("Compare issuers as names", "389 Directory Server does; Sun's servers compare letter for letter.", form.as_names)}
                    <details><summary>"Ask a directory as well"</summary><div class="stack">
                        {Field::text(ids::MAPS_URL, "Directory", form.url).placeholder("ldaps://ldap.example.org").hint("ldap:, ldaps: or ldapi:. It is only searched.").faults(faults, "/directory/url").view()}
                        {checkbox("StartTLS", "Encrypts an ldap: connection.", form.starttls)}
                        {Field::text(ids::MAPS_SUFFIX, "Where its tree begins", form.suffix).placeholder("dc=example,dc=org").hint("The directory is asked when it is empty.").view()}
                        {Field::text(ids::MAPS_BIND, "Who asks", form.bind_dn).hint("Nobody when empty.").view()}
                        {Field::password(ids::MAPS_PASSWORD, "Password", form.password, "off").faults(faults, "/directory/password").view()}
                    </div></details>
                    {faults.callout()}
                    {move || form.result.get().map(outcome)}
                </section></div>
                <div class="pane-foot actions">{form.sending.button("search", "Try", ready)}</div>
            </form>
        </aside>
    }
}

fn outcome(result: MapTrialResult) -> View {
    let trial = result.trial;
    let head = match &trial.map {
        Some(map) => format!("The map {map} applies."),
        None => "No map applies.".to_owned(),
    };
    let nowhere = trial.searches.is_empty().then(|| callout("bad", "The certificate leads nowhere."));
    let numbered = trial.steps.into_iter().zip(1..);
    let steps: Vec<View> = numbered
        .map(|(step, number)| view! { <li><span class="k n">{format!("{number}")}</span><span class="break">{step}</span></li> })
        .collect();
    let searches: Vec<View> = match &result.directory {
        Some(_) => Vec::new(),
        None => trial.searches.iter().map(planned).collect(),
    };
    view! {
        <div class="stack" role="status">
            <h3>{head}</h3>
            {nowhere}
            <ol class="steps">{steps}</ol>
            {searches}
            {result.directory.map(answered)}
        </div>
    }
}

fn planned(search: &MapSearch) -> View {
    let base = search.base.clone().unwrap_or_else(|| "the whole tree".to_owned());
    view! { <dl class="facts"><dt>"Base"</dt><dd><code class="break">{base}</code></dd><dt>"Filter"</dt><dd><code class="break">{search.filter.clone()}</code></dd></dl> }
}

fn answered(answer: DirectoryAnswer) -> View {
    let tone = if answer.entry.is_some() { "ok" } else { "bad" };
    let searches: Vec<View> = answer.searches.iter().map(made).collect();
    view! { {callout(tone, answer.words)}{searches} }
}

fn made(search: &MadeSearch) -> View {
    let entries: Vec<View> = search
        .entries
        .iter()
        .map(|entry| {
            let standing = match entry.certificate {
                EntryCertificate::Same => state("ok", "ok", "This certificate"),
                EntryCertificate::Differs => state("soon", "warn", "Another certificate"),
                EntryCertificate::Missing => state("none", "off", "No certificate"),
            };
            let user = entry.uid.clone().map(|uid| ["user ", &uid].concat()).unwrap_or_default();
            view! { <li>{icon("file")}<span><code class="break">{entry.dn.clone()}</code><span class="note">{user}</span></span>{standing}</li> }
        })
        .collect();
    let none = (entries.is_empty() && search.problem.is_none()).then(|| view! { <p class="note">"Nothing is found."</p> });
    let problem = search.problem.clone().map(|words| callout("warn", words));
    let drawn = planned(&MapSearch { base: Some(search.base.clone()), filter: search.filter.clone() });
    view! { <div class="stack">{drawn}{none}{problem}<ul class="listed">{entries}</ul></div> }
}
