//! The CAs of the database whose keys are here.

use std::sync::Arc;

use crate::view::*;

use crate::components::feedback::callout;
use crate::ids;
use crate::state::row::Row;
use crate::state::{App, clock};

/// The choice of one.
pub fn issuers(app: App, issuer: RwSignal<String>) -> View {
    let options = move || {
        let rows = app.certificates.rows.get();
        let able: Vec<_> = rows.iter().filter(|row| row.ca && row.has_key()).collect();
        if able.iter().all(|row| row.entry.fingerprint_sha256 != issuer.get_untracked())
            && let Some(first) = able.first()
        {
            issuer.set(first.entry.fingerprint_sha256.clone());
        }
        let option = |row: &Arc<Row>| {
            let value = row.entry.fingerprint_sha256.clone();
            let chosen = issuer.get() == value;
            view! { <option value=value selected=chosen>{row.name.clone()}" · "{clock::date(clock::at(row.not_after))}</option> }
        };
        if able.is_empty() {
            return callout("warn", "No certificate authority of this database has its key here. Make a root CA first.");
        }
        let options: Vec<View> = able.into_iter().map(option).collect();
        view! { <div class="field"><label for=ids::MAKE_ISSUER>"Issuer"</label><select class="in" id=ids::MAKE_ISSUER on:change=move |event| issuer.set(event_target_value(&event))>{options}</select></div> }
    };
    view! { {options} }
}
