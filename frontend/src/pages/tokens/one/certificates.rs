//! The certificates of a token.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::api::module::TokenCertificate;

use super::certificate;
use super::page::Page;
use crate::components::feedback::empty;
use crate::components::form::submission::loaded;
use crate::components::icon::{icon, state};
use crate::components::x509::life::standing;
use crate::state::row::Row;

/// The list, with what is open of one certificate below its row.
pub fn section(page: Page) -> View {
    view! {
        <section class="sect" aria-label="Certificates">
            <div class="sect-head"><h3>"Certificates"</h3></div>
            {loaded(page.certificates, 3, Callback::new(move |()| page.read()), move |list| table(page, list))}
        </section>
    }
}

/// A certificate of a token as lists and details of the page have one.
pub fn row_of(certificate: TokenCertificate) -> Arc<Row> {
    Arc::new(Row::new(CertificateEntry {
        revocation: None,
        fingerprint_sha256: certificate.fingerprint_sha256,
        nickname: Some(certificate.nickname),
        trust: certificate.trust,
        trust_authentic: None,
        key_id: certificate.key_id,
        der: certificate.der,
    }))
}

fn table(page: Page, list: Vec<TokenCertificate>) -> View {
    if list.is_empty() {
        return empty(
            "No certificate on this token",
            "Make one below, or import one under a nickname with the name of the token before it.",
            View::nothing(),
        );
    }
    let rows: Vec<View> = list.into_iter().map(|one| row(page, row_of(one))).collect();
    view! {
        <table class="grid rows keylist">
            <thead><tr>
                <th scope="col">"State"</th><th scope="col">"Nickname"</th><th scope="col">"Trust"</th><th scope="col">"Subject"</th><th scope="col">"Key"</th><th scope="col"><span class="sr">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(page: Page, row: Arc<Row>) -> View {
    let now = page.app.now.get_untracked();
    let stands = standing(&row, now);
    let address = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let opens = move |verb: &'static str| move |_| page.show(&[verb, " ", &address.get_value()].concat());
    let is = move |verb: &str| page.is_open(&[verb, " ", &address.get_value()].concat());
    let toggle = move |_| if is("see") { page.close() } else { page.show(&["see ", &address.get_value()].concat()) };
    let key = if row.has_key() { state("ok", "ok", "on the token") } else { state("none", "off", "not here") };
    let (name, held) = (row.name.clone(), Arc::clone(&row));
    let opened = move || {
        let content = if is("see") {
            certificate::detail(page, &held)
        } else if is("trust") {
            certificate::trust_form(page, &held)
        } else if is("delete") {
            certificate::deletion(page, &held)
        } else {
            return None;
        };
        Some(view! { <tr class="ask-row"><td colspan="6">{content}</td></tr> })
    };
    view! {
        <tr>
            <td class="r-state">{state(stands.glyph, stands.tone, stands.word)}</td>
            <td class="r-name"><button class="link" type="button" aria-expanded=move || if is("see") { "true" } else { "false" } on:click=toggle><b>{name.clone()}</b></button></td>
            <td class="r-wide"><code>{row.trust.to_string()}</code></td>
            <td class="r-sub"><span class="cut">{row.subject.clone()}", "{stands.words}</span></td>
            <td class="r-wide">{key}</td>
            <td class="r-end"><span class="row tight"><button class="btn plain" type="button" aria-label=["Trust of ", &name].concat() on:click=opens("trust")>"Trust"</button><button class="btn plain icon danger" type="button" title="Delete" aria-label=["Delete ", &name].concat() on:click=opens("delete")>{icon("delete")}</button></span></td>
        </tr>
        {opened}
    }
}
