//! What will be made, while it is filled in: a sentence, the facts, what is wrong, and what becomes of a request.

use crate::view::*;
use certdeck_shared::api::issue::IssuancePreview;
use certdeck_shared::issue::Content;
use certdeck_shared::name::DistinguishedName;

use super::draft::{Draft, Kind, algorithm, filled};
use super::duration::days_between;
use super::made::decisions;
use super::make::Make;
use super::prospect::Prospect;
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::feedback::callout;
use crate::components::form::submission::Load;
use crate::components::icon::glyph;
use crate::components::x509::wanted::{name_facts, usage_facts};
use crate::state::clock;

/// The summary.
pub fn summary(page: Make) -> View {
    let prospect = page.prospect.get();
    let told = match page.preview.get() {
        Load::Ready(told) => Some(told),
        Load::Waiting => None,
        Load::Failed(words) => return view! { <section class="sect stack">{faults(&prospect)}{callout("bad", words)}</section> },
    };
    let request = page.draft.kind.get() == Kind::Request;
    if request && !prospect.begun {
        return view! { <section class="sect"><p class="note">"Paste a request: its parts are shown here, and what the policy makes of each."</p></section> };
    }
    let notes = told.as_ref().map_or(prospect.notes.clone(), |told| told.notes.clone());
    let parts = told.as_ref().map(|told| told.decisions.clone()).filter(|parts| !parts.is_empty());
    view! {
        <section class="sect stack">
            {sentence(page, &prospect, told.as_ref())}
            {faults(&prospect)}
            {facts(groups(page, &prospect, told.as_ref()))}
            {notes.into_iter().map(|note| callout("warn", note)).collect::<Vec<_>>()}
        </section>
        {parts.map(decisions)}
    }
}

/// What is made, for whom, signed by whom.
fn sentence(page: Make, prospect: &Prospect, told: Option<&IssuancePreview>) -> Option<View> {
    let draft = page.draft;
    let subject = told
        .and_then(|told| told.subject.parse::<DistinguishedName>().ok())
        .or_else(|| Some(draft.subject.name()).filter(|_| draft.kind.get() != Kind::Request))?;
    let whom = subject.common_name().map(str::to_owned).unwrap_or_else(|| subject.to_string());
    if whom.is_empty() || !prospect.faults.is_empty() {
        return None;
    }
    let what = match (draft.kind.get(), draft.purpose()) {
        (Kind::Root, _) => "A root CA",
        (_, "ca") => "An intermediate CA",
        (_, "tls-client") => "A TLS client certificate",
        (_, "mail") => "An e-mail certificate",
        (_, "person") => "A certificate to sign in and for e-mail",
        _ => "A TLS server certificate",
    };
    let by = match draft.kind.get() {
        Kind::SelfSigned | Kind::Root => ", signed by itself.".to_owned(),
        Kind::Issued | Kind::Request => [", signed by ", &page.issuer_name().unwrap_or_else(|| "a CA".to_owned()), "."].concat(),
    };
    Some(view! { <p class="verdict">{glyph("info")}<span><b>{what}</b>" for "{whom}{by}</span></p> })
}

/// What has to be put right first, while somebody fills it in.
fn faults(prospect: &Prospect) -> Option<View> {
    let said: Vec<View> = prospect.faults.iter().map(|fault| view! { <li>{fault.message.clone()}</li> }).collect();
    (prospect.begun && !said.is_empty())
        .then(|| callout("bad", view! { <p>"To be put right first:"</p><ul class="plain-list">{said}</ul> }))
}

type Groups = Vec<(&'static str, Vec<Fact>)>;

fn groups(page: Make, prospect: &Prospect, told: Option<&IssuancePreview>) -> Groups {
    let draft = page.draft;
    let mut says = Vec::new();
    match (&prospect.content, told) {
        (Some(content), _) => says.extend(of_content(content)),
        (None, Some(told)) => says.push(fact_code("Subject", told.subject.clone())),
        (None, None) => {}
    }
    let period =
        told.map(|told| (told.not_before, told.not_after)).or_else(|| prospect.period.map(|period| (period.not_before, period.not_after)));
    if let Some((not_before, not_after)) = period {
        says.push(fact("From", clock::exact(not_before)));
        says.push(fact("Until", [clock::exact(not_after), " · ".to_owned(), days_between(not_before, not_after)].concat()));
    }
    says.push(fact("Serial number", filled(draft.serial).unwrap_or_else(|| "random, 126 bits".to_owned())));
    let addresses = draft.addresses();
    let issuer = [("Revocation list", addresses.crl_distribution_points), ("OCSP", addresses.ocsp)];
    let issuer = issuer.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| fact(name, list.join(", "))).collect();
    vec![("The certificate", says), ("Of its issuer", issuer), ("In the database", of_database(draft, page))]
}

fn of_content(content: &Content) -> Vec<Fact> {
    let subject = DistinguishedName::from_der(&content.subject).unwrap_or_default();
    let mut all = vec![fact_code("Subject", if subject.is_empty() { "none".to_owned() } else { subject.to_string() })];
    all.extend(name_facts(&content.subject_alternative_names));
    all.extend(usage_facts(&content.key_usage, &content.extended_key_usage, content.is_authority.then_some(content.path_length)));
    if !content.is_authority {
        all.push(fact("Authority", "no"));
    }
    all
}

fn of_database(draft: Draft, page: Make) -> Vec<Fact> {
    if draft.kind.get() == Kind::Request {
        return vec![fact("Kept as", filled(draft.nickname).unwrap_or_else(|| "not kept, handed out".to_owned()))];
    }
    let key = match draft.key_id() {
        Some(_) => [&page.key_words(), ", which is here"].concat(),
        None => [algorithm(&draft.key.get()).words(), ", made on submit"].concat(),
    };
    let usual = match draft.kind.get() {
        Kind::SelfSigned => "P,,: a trusted peer",
        Kind::Root => "C,C,C: trusted to issue for servers, e-mail and code",
        Kind::Issued | Kind::Request => "none of its own",
    };
    let nickname = Some(draft.name()).filter(|name| !name.is_empty()).unwrap_or_else(|| "none yet".to_owned());
    vec![fact("Key", key), fact("Nickname", nickname), fact("Trust", filled(draft.trust).unwrap_or_else(|| usual.to_owned()))]
}
