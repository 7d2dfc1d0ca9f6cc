//! `/databases/:db/certificates/:fingerprint/renewal`: the old certificate and its successor, side by side.

use crate::view::*;
use certdeck_shared::api::renewal::{Difference, IssuedBy, Renewal, RenewalMode, RenewalProposal, Renewed};
use certdeck_shared::issue::compared;
use certdeck_shared::x509::view::CertificateView;

use super::draft::{KEYS, algorithm};
use super::make::locked;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, clock, use_app};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Page {
    app: App,
    at: StoredValue<(String, String)>,
    proposal: RwSignal<Load<RenewalProposal>>,
    mode: RwSignal<RenewalMode>,
    key: RwSignal<String>,
    days: RwSignal<String>,
    submission: Submission,
    renewed: RwSignal<Option<Renewed>>,
}

impl Page {
    fn body(self) -> Renewal {
        let mode = self.mode.get();
        let new_key = mode == RenewalMode::ReKey || mode == RenewalMode::Request && !self.key.with(String::is_empty);
        let mut renewal = Renewal { mode, ..Renewal::default() };
        renewal.key_algorithm = self.key.with(|key| (new_key && !key.is_empty()).then(|| algorithm(key)));
        renewal.validity.days = self.days.get().trim().parse().ok();
        renewal
    }

    fn submit(self) {
        let ((db, fingerprint), body) = (self.at.get_value(), untrack(|| self.body()));
        let call = async move { client().renew(&db, &fingerprint, &body).await };
        self.submission.run(call, move |renewed| {
            self.app.announce("Renewed; the old certificate is still here");
            self.app.certificates.refresh(self.app);
            self.app.refresh_databases();
            if let Some(request) = &renewed.request {
                self.app.go(&Place::Request(self.at.with_value(|(db, _)| db.clone()), request.id.clone()));
            }
            self.renewed.set(Some(renewed));
        });
    }

    fn view_of(self, fingerprint: &str) -> Option<CertificateView> {
        self.app.certificates.row(fingerprint)?.view.as_ref().ok().cloned()
    }
}

/// The page.
pub fn renewal_page(db: String, fingerprint: String) -> View {
    let app = use_app();
    let page = Page {
        app,
        at: StoredValue::new((db, fingerprint)),
        proposal: RwSignal::new(Load::Waiting),
        mode: RwSignal::new(RenewalMode::Renew),
        key: RwSignal::new(String::new()),
        days: RwSignal::new(String::new()),
        submission: Submission::new(),
        renewed: RwSignal::new(None),
    };
    let read = move || {
        let (reader, (db, fingerprint)) = (page_client(), page.at.get_value());
        load(app, page.proposal, async move {
            let proposal = reader.renewal_proposal(&db, &fingerprint).await?;
            if let Some(first) = proposal.modes.first() {
                page.mode.try_set(*first);
            }
            Ok(proposal)
        });
    };
    read();
    app.keyboard.register(vec![Command::new("Ctrl+Enter", "Renew", "Renewal", move || page.submit())]);
    let back = page.at.with_value(|(db, fingerprint)| Place::Certificate(db.clone(), fingerprint.clone()).path());
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.submit(); }>
                    <div class="pane-head"><a class="btn plain icon" href=back aria-label="Back to the certificate">{icon("back")}</a>
                        <h2 class="cut">"Renew "{move || page.at.with_value(|(_, fingerprint)| app.certificates.row(fingerprint).map(|row| row.name.clone()))}</h2></div>
                    <div class="pane-body">
                        {move || locked(app).then(|| view! { <section class="sect stack"><h3>"Unlock the database"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
                        {loaded(page.proposal, 6, Callback::new(move |()| read()), move |proposal| ways(page, proposal))}
                        {move || side_by_side(page)}
                    </div>
                    <div class="pane-foot actions">{page.submission.button("renew", "Make the successor", Signal::derive(move || page.renewed.with(Option::is_none)))}
                        <span class="push note wide-only">"The old certificate stays until you delete it"</span></div>
                </form>
                {glass(move || Action::RenewCertificate { fingerprint: page.at.with_value(|(_, fingerprint)| fingerprint.clone()), body: page.body() })}
            </main>
        </div>
    }
}

fn ways(page: Page, proposal: RenewalProposal) -> View {
    let from = match proposal.issued_by {
        IssuedBy::Itself => "It signed itself, and so will its successor.".to_owned(),
        IssuedBy::AuthorityHere => {
            ["Issued by ", proposal.issuer_nickname.as_deref().unwrap_or("a CA"), ", whose key is in this database."].concat()
        }
        IssuedBy::Outside => {
            "Issued by a CA outside: a request is made, and the answer to it becomes the successor, with nickname and trust.".to_owned()
        }
    };
    let words = |mode: RenewalMode| match mode {
        RenewalMode::Renew => "Same key",
        RenewalMode::ReKey => "New key",
        RenewalMode::Request => "Request",
    };
    let buttons: Vec<View> = proposal
        .modes
        .into_iter()
        .map(|mode| view! { <button type="button" aria-pressed=move || (page.mode.get() == mode).to_string() on:click=move |_| page.mode.set(mode)>{words(mode)}</button> })
        .collect();
    let mut keys = vec![("", "as the old one")];
    keys.extend_from_slice(KEYS);
    let keys = StoredValue::new(keys);
    let faults = page.submission.faults;
    view! {
        <section class="sect stack">
            <p>{from}</p>
            {proposal.obstacles.into_iter().map(|words| callout("warn", words)).collect::<Vec<_>>()}
            <div class="seg" role="group" aria-label="Way">{buttons}</div>
            <p class="note">{move || match page.mode.get() {
                RenewalMode::Renew => "Renewal: the key stays, nothing else need be told.",
                RenewalMode::ReKey => "Re-key: a new key; servers and backups need it, too.",
                RenewalMode::Request => "For a CA outside: its answer installs the successor, with nickname and trust.",
            }}</p>
            <div class="form">
                {when(move || page.mode.get() != RenewalMode::Renew, move || Field::select(ids::MAKE_KEY, "New key", page.key, &keys.get_value()).class("field f3").faults(faults, "/key_algorithm").view())}
                {when(move || page.mode.get() != RenewalMode::Request, move || Field::text(ids::MAKE_LENGTH, "Good for days", page.days).class("field f3").placeholder("as long as the old one").faults(faults, "/validity").view())}
            </div>
            {faults.callout()}
        </section>
    }
}

/// Before: what will differ. Afterwards: the two certificates as they are.
fn side_by_side(page: Page) -> Option<View> {
    let old = page.at.with_value(|(_, fingerprint)| page.view_of(fingerprint))?;
    let new = page.renewed.get().and_then(|renewed| page.view_of(&renewed.certificate?.fingerprint_sha256));
    let link = page.renewed.get().and_then(|renewed| renewed.certificate).map(|issued| {
        let place = page.at.with_value(|(db, _)| Place::Certificate(db.clone(), issued.fingerprint_sha256.clone()));
        view! { <p class="row"><a class="btn primary" href=place.path()>{icon("certificate")}"Open the successor"</a></p> }
    });
    let mut fields = match &new {
        Some(new) => compared(&old, new),
        None => expected(page, &old),
    };
    in_words(&mut fields, |field| &mut field.before, &old);
    if let Some(new) = &new {
        in_words(&mut fields, |field| &mut field.after, new);
    }
    let rows: Vec<View> = fields
        .into_iter()
        .map(|field| {
            let changed = field.before != field.after;
            let none = || "none".to_owned();
            view! {
                <tr class=if changed { "is-changed" } else { "" }>
                    <th scope="row">{field.field}</th><td>{field.before.unwrap_or_else(none)}</td>
                    <td>{changed.then(|| view! { <span class="tag">"new"</span>" " })}{field.after.unwrap_or_else(none)}</td>
                </tr>
            }
        })
        .collect();
    let heading = if new.is_some() { "Successor" } else { "Successor, as expected" };
    Some(view! {
        <section class="sect stack">{link}
            <table class="compare"><thead><tr><th scope="col">"Field"</th><th scope="col">"Old"</th><th scope="col">{heading}</th></tr></thead><tbody>{rows}</tbody></table>
        </section>
    })
}

/// The times of a certificate as the rest of the page writes them; REST has those of RFC 3339.
fn in_words(fields: &mut [Difference], side: fn(&mut Difference) -> &mut Option<String>, of: &CertificateView) {
    for (name, time) in [("notBefore", of.not_before), ("notAfter", of.not_after)] {
        if let Some(field) = fields.iter_mut().find(|field| field.field == name) {
            *side(field) = Some(clock::exact(time));
        }
    }
}

fn expected(page: Page, old: &CertificateView) -> Vec<Difference> {
    let Load::Ready(proposal) = page.proposal.get() else { return Vec::new() };
    let new_key = page.mode.get() == RenewalMode::ReKey;
    let mut fields = compared(old, old);
    for field in &mut fields {
        field.after = match field.field.as_str() {
            "serialNumber" => Some("a random one".to_owned()),
            "notBefore" => Some(clock::exact(proposal.not_before)),
            "notAfter" => Some(page.days.with(|days| {
                if days.trim().is_empty() { clock::exact(proposal.not_after) } else { [days.trim(), " days from now"].concat() }
            })),
            "subjectPublicKey" | "subjectKeyIdentifier" if new_key => Some("of the new key".to_owned()),
            "signedCertificateTimestamps" => None,
            _ => continue,
        };
    }
    fields
}
