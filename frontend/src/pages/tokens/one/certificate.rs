//! One certificate of a token: what it says, its trust, its deletion.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::module::TokenCertificateChange;
use certdeck_shared::trust::TrustFlags;

use super::page::Page;
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note};
use crate::components::icon::icon;
use crate::components::trust::legend::legend;
use crate::components::x509::sections::{everything, usages};
use crate::components::x509::summary::{remark_list, remarks};
use crate::ids;
use crate::place::Place;
use crate::state::row::Row;
use crate::transport::client;

/// Everything that it says, and the ways on: the address with the name of the token is taken wherever a fingerprint is.
pub fn detail(page: Page, row: &Arc<Row>) -> View {
    let now = page.app.now.get_untracked();
    let Ok(view) = &row.view else {
        let reason = row.view.as_ref().err().cloned().unwrap_or_default();
        return callout("bad", ["These bytes are no certificate that can be read: ", &reason].concat());
    };
    let (db, address) = (page.db.get_value(), [&page.label(), ":", &row.entry.fingerprint_sha256].concat());
    let at = |place: fn(String, String) -> Place| place(db.clone(), address.clone()).path();
    let of_authority = (row.ca && row.has_key()).then(|| {
        view! {
            <a class="btn" href=at(Place::Make)>{icon("certificate")}"Issue from it"</a>
            <a class="btn" href=at(Place::Revocation)>{icon("delete")}"Revoke"</a>
        }
    });
    let said = remarks(row, now);
    let said = (!said.is_empty()).then(|| remark_list(said));
    view! {
        <div class="ask stack">
            <div class="row wrap"><a class="btn" href=at(Place::Renewal)>{icon("renew")}"Renew or re-key"</a>{of_authority}<button class="btn plain" type="button" on:click=move |_| page.close()>"Close"</button></div>
            {said}
            {legend(row.trust)}
            {usages(view)}
            {everything(row, view, false, now)}
        </div>
    }
}

/// Trust letters, kept in the database.
pub fn trust_form(page: Page, row: &Arc<Row>) -> View {
    let value = RwSignal::new(row.trust.with_user(false).to_string());
    let address = row.entry.fingerprint_sha256.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, id, address) = (page.db.get_value(), page.id.get_value(), address.clone());
        let change = TokenCertificateChange { nickname: None, trust: Some(value.get_untracked().trim().to_owned()) };
        page.change("Trust stored", async move { client().change_token_certificate(&db, &id, &address, &change).await });
    };
    let words = Signal::derive(move || {
        Some(match value.with(|text| TrustFlags::parse(text)) {
            Ok(flags) => Note::ok(flags.words().join("; ")),
            Err(error) => Note::bad(error.to_string()),
        })
    });
    let readable = Signal::derive(move || value.with(|text| TrustFlags::parse(text).is_ok()));
    view! {
        <form class="ask" on:submit=submit>
            {Field::text(ids::TOKEN_TRUST, "Trust: TLS, mail, code", value).placeholder("CT,C,C").hint("C may issue servers, T clients, P trusted peer, p distrusted. Kept in the database with a copy of the certificate, as NSS does it: the database must be unlocked, too.").note(words).faults(page.submission.faults, "/trust").view()}
            {page.submission.faults.callout()}
            <div class="row">{page.submission.button("check", "Store", readable)}<button class="btn plain" type="button" on:click=move |_| page.close()>"Cancel"</button></div>
        </form>
    }
}

/// Asks before it goes: no snapshot holds what is on a token.
pub fn deletion(page: Page, row: &Arc<Row>) -> View {
    let (address, label, has_key) = (StoredValue::new(row.entry.fingerprint_sha256.clone()), page.label(), row.has_key());
    let delete = move |with_key: bool| {
        let (db, id, named) = (page.db.get_value(), page.id.get_value(), [&page.label(), ":", &address.get_value()].concat());
        let address = address.get_value();
        page.change("Certificate deleted", async move {
            if with_key {
                client().delete_certificate(&db, &named, true).await
            } else {
                client().delete_token_certificate(&db, &id, &address).await
            }
        });
    };
    let with_key = has_key.then(|| {
        view! { <button class="btn danger" type="button" disabled=page.submission.busy on:click=move |_| delete(true)>"Delete with its key"</button> }
    });
    view! {
        <div class="ask">
            {callout("bad", ["No snapshot holds what is on ", &label, ": it cannot be brought back. What the database keeps of its trust stays."].concat())}
            {page.submission.faults.callout()}
            <div class="row wrap">
                <button class="btn danger" type="button" disabled=page.submission.busy on:click=move |_| delete(false)>"Delete the certificate"</button>
                {with_key}
                <button class="btn plain" type="button" on:click=move |_| page.close()>"Keep it"</button>
            </div>
        </div>
    }
}
