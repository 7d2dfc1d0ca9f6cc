//! The fields for the certificate that an endpoint should serve.

use certdeck_shared::api::certificate::CertificateEntry;

use super::held::held;
use crate::components::form::faults::Faults;
use crate::components::form::field::Field;
use crate::components::form::submission::Load;
use crate::ids;
use crate::pages::endpoints::Expecting;
use crate::state::App;
use crate::view::*;

/// Two fields: the database, then one of its nicknames.
pub fn expected_certificate(expecting: Expecting, app: App, faults: Faults) -> View {
    let entries = held(app, expecting.database, expecting.nickname);
    let databases = move || {
        let known = app.databases.get().unwrap_or_default();
        let options =
            std::iter::once((String::new(), "whichever is there".to_owned())).chain(known.into_iter().map(|one| (one.id, one.label)));
        Field::choice(ids::ENDPOINT_DATABASE, "It should serve one of", expecting.database, options.collect())
            .class("field f3")
            .faults(faults, "/expected/database")
            .view()
    };
    let nicknames = move || {
        let known = match entries.get() {
            Load::Ready(entries) => nicknames(&entries),
            _ => Vec::new(),
        };
        let options =
            std::iter::once((String::new(), "no certificate chosen".to_owned())).chain(known.into_iter().map(|one| (one.clone(), one)));
        Field::choice(ids::ENDPOINT_NICKNAME, "The certificate", expecting.nickname, options.collect())
            .class("field f3")
            .faults(faults, "/expected/nickname")
            .view()
    };
    view! { {databases}{nicknames} }
}

/// Each once: a renewed certificate has the nickname of the one before.
fn nicknames(entries: &[CertificateEntry]) -> Vec<String> {
    let mut known: Vec<String> = entries.iter().filter_map(|entry| entry.nickname.clone()).collect();
    known.sort_unstable();
    known.dedup();
    known
}
