//! `/databases/:db/certificates/:fingerprint/revocation`: what a CA issued and revoked, and its list.

use crate::view::*;
use certdeck_shared::api::client::ExportFormat;
use certdeck_shared::api::issue::IssuedRecord;
use certdeck_shared::api::revocation::{NewRevocation, NewRevocationList, NextUpdate, RevocationList, RevocationReason};
use leptos::task::spawn_local;

use super::make::locked;
use crate::components::data::facts::{fact, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::empty;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load};
use crate::components::icon::{icon, state};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser, clock, use_app};
use crate::transport::{client, page_client};

const REASONS: &[(&str, &str)] = &[
    ("0", "not said"),
    ("1", "key compromised"),
    ("3", "name or organization changed"),
    ("4", "replaced by another certificate"),
    ("5", "no longer needed"),
    ("6", "held for now"),
    ("8", "taken off the hold"),
    ("9", "right withdrawn"),
    ("2", "key of the CA compromised"),
];

#[derive(Clone, Copy)]
struct Page {
    app: App,
    at: StoredValue<(String, String)>,
    list: RwSignal<Load<RevocationList>>,
    issued: RwSignal<Load<Vec<IssuedRecord>>>,
    serial: RwSignal<String>,
    reason: RwSignal<String>,
    days: RwSignal<String>,
    submission: Submission,
}

impl Page {
    fn read(self) {
        let ((db, fingerprint), (id, address)) = (self.at.get_value(), self.at.get_value());
        let (reader, other) = (page_client(), page_client());
        // That there is none yet is no failure to note.
        spawn_local(async move {
            let slot = match reader.revocation_list(&db, &fingerprint).await {
                Ok(list) => Load::Ready(list),
                Err(error) => Load::Failed(error.to_string()),
            };
            self.list.try_set(slot);
        });
        load(self.app, self.issued, async move {
            let _ = address;
            other.issued(&id).await
        });
    }

    fn next(self) -> NextUpdate {
        NextUpdate { days: self.days.get().trim().parse().ok(), at: None }
    }

    fn new_revocation(self) -> NewRevocation {
        let code = self.reason.get();
        let reason = RevocationReason::ALL.into_iter().find(|reason| reason.code().to_string() == code).unwrap_or_default();
        NewRevocation { serial_number: Some(self.serial.get()), reason, next_update: self.next(), ..NewRevocation::default() }
    }

    /// A new list, or once a serial number is given a revocation.
    fn stands_for(self) -> Action {
        let fingerprint = self.at.with_value(|(_, fingerprint)| fingerprint.clone());
        if self.serial.with(|serial| serial.trim().is_empty()) {
            Action::CreateRevocationList { fingerprint, body: NewRevocationList { next_update: self.next() } }
        } else {
            Action::RevokeCertificate { fingerprint, body: self.new_revocation() }
        }
    }

    fn revoke(self) {
        let (db, fingerprint) = self.at.get_value();
        let new = untrack(|| self.new_revocation());
        let call = async move { client().revoke(&db, &fingerprint, &new).await };
        self.submission.run(call, move |list| self.done(list, "Revoked; the new list is made"));
    }

    fn renew_list(self) {
        let (db, fingerprint) = self.at.get_value();
        let new = NewRevocationList { next_update: untrack(|| self.next()) };
        let call = async move { client().create_revocation_list(&db, &fingerprint, &new).await };
        self.submission.run(call, move |list| self.done(list, "A new list is made"));
    }

    fn done(self, list: RevocationList, words: &'static str) {
        self.serial.set(String::new());
        self.list.set(Load::Ready(list));
        self.app.announce(words);
        self.app.refresh_databases();
    }

    fn save(self, format: ExportFormat) {
        let (db, fingerprint) = self.at.get_value();
        let name = self.app.certificates.row(&fingerprint).map_or_else(|| "ca".to_owned(), |row| row.name.clone());
        spawn_local(async move {
            let (extension, kind) =
                if format == ExportFormat::Der { ("crl", "application/pkix-crl") } else { ("crl.pem", "application/x-pem-file") };
            match client().export_revocation_list(&db, &fingerprint, format).await {
                Ok(bytes) => browser::download(&browser::file_name(&name, extension), kind, &bytes),
                Err(error) => self.app.note_error(&error),
            }
        });
    }
}

/// The page.
pub fn revocation_page(db: String, fingerprint: String) -> View {
    let app = use_app();
    let text = |text: &str| RwSignal::new(text.to_owned());
    let page = Page {
        app,
        at: StoredValue::new((db, fingerprint)),
        list: RwSignal::new(Load::Waiting),
        issued: RwSignal::new(Load::Waiting),
        serial: text(""),
        reason: text("0"),
        days: text("30"),
        submission: Submission::new(),
    };
    page.read();
    let back = page.at.with_value(|(db, fingerprint)| Place::Certificate(db.clone(), fingerprint.clone()).path());
    let faults = page.submission.faults;
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head"><a class="btn plain icon" href=back aria-label="Back to the certificate">{icon("back")}</a>
                    <h2 class="cut">"Revocation by "{move || page.at.with_value(|(_, fingerprint)| app.certificates.row(fingerprint).map(|row| row.name.clone()))}</h2></div>
                <div class="pane-body">{move || the_list(page)}{move || issued(page)}</div>
                {glass(move || page.stands_for())}
            </main>
            <aside class="pane quiet" aria-label="Revoke">
                <form class="pane-form" on:submit=move |event: web_sys::SubmitEvent| { event.prevent_default(); page.revoke(); }>
                    <div class="pane-head"><h2>"Revoke a certificate"</h2></div>
                    <div class="pane-body">
                        {move || locked(app).then(|| view! { <section class="sect stack"><h3>"Unlock the database"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
                        <section class="sect stack">
                            {Field::text(ids::REVOKE_SERIAL, "Serial number", page.serial).hint("Decimal, or 0x and hex. Choose one from the list beside.").faults(faults, "/serial_number").view()}
                            {Field::select(ids::REVOKE_REASON, "Reason", page.reason, REASONS).view()}
                            {Field::text(ids::REVOKE_DAYS, "Next list in days", page.days).faults(faults, "/next_update").view()}
                            {faults.callout()}
                            <p class="note">"Only a hold can be taken back. The list is signed anew, kept in the database, where NSS heeds it, and to be published by you."</p>
                        </section>
                    </div>
                    <div class="pane-foot actions">{page.submission.button("delete", "Revoke", Signal::derive(move || !page.serial.with(String::is_empty)))}
                        <button class="btn" type="button" disabled=page.submission.busy on:click=move |_| page.renew_list()>{icon("renew")}"New list only"</button></div>
                </form>
            </aside>
        </div>
    }
}

fn the_list(page: Page) -> View {
    let list = match page.list.get() {
        Load::Ready(list) => list,
        Load::Waiting => return View::nothing(),
        Load::Failed(_) => {
            return view! { <section class="sect">{empty("No revocation list yet", "Revoke a certificate, or make an empty list that says that nothing is revoked.", View::nothing())}</section> };
        }
    };
    let now = page.app.now.get();
    let due = list.next_update.is_some_and(|next| next.unix_timestamp() < now);
    let rows: Vec<View> = list
        .revoked
        .iter()
        .map(|one| {
            let who = one.subject.clone().unwrap_or_else(|| "unknown here".to_owned());
            view! { <li>{state("expired", "bad", if one.reason == RevocationReason::CertificateHold { "Held" } else { "Revoked" })}<span><b>{who}</b><span class="note">{one.reason.words()}" · "{clock::date(one.revoked_at)}" · "{one.serial_number.clone()}</span></span></li> }
        })
        .collect();
    view! {
        <section class="sect stack"><div class="sect-head"><h3>"Revocation list"</h3>
            <span class="push row tight">
                <button class="btn plain" type="button" on:click=move |_| page.save(ExportFormat::Der)>{icon("export")}"DER"</button>
                <button class="btn plain" type="button" on:click=move |_| page.save(ExportFormat::Pem)>{icon("export")}"PEM"</button>
            </span></div>
            {facts(vec![("", vec![
                fact("Number", list.number.clone().unwrap_or_default()),
                fact("Made", clock::exact(list.this_update)),
                fact("Next due", list.next_update.map(clock::exact).unwrap_or_default()),
            ])])}
            {due.then(|| crate::components::feedback::callout("warn", "The next list is overdue: programs that check will refuse every certificate of this CA."))}
            <ul class="decisions">{rows}</ul>
        </section>
    }
}

/// What the CA issued here, each with a button that fills its serial number in.
fn issued(page: Page) -> Option<View> {
    let Load::Ready(records) = page.issued.get() else { return None };
    let ca = page.at.with_value(|(_, fingerprint)| page.app.certificates.row(fingerprint))?;
    let name = ca.view.as_ref().ok()?.subject.to_string();
    let rows: Vec<View> = records
        .into_iter()
        .filter(|record| record.issuer == name)
        .map(|record| {
            let serial = ["0x", &record.serial_number].concat();
            view! {
                <li>{state("ok", "ok", if record.in_database { "here" } else { "handed out" })}
                    <span><b>{record.subject}</b><span class="note">{record.serial_number}" · until "{clock::date(record.not_after)}</span></span>
                    <button class="btn plain" type="button" on:click=move |_| { page.serial.set(serial.clone()); browser::focus(ids::REVOKE_REASON); }>"Choose"</button></li>
            }
        })
        .collect();
    Some(view! { <section class="sect"><h3>"Issued here"</h3><ul class="decisions">{rows}</ul></section> })
}
