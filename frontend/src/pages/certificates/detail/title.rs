//! Name of a certificate, the verdict on it in a line, and a warning where nobody who knew the password set its trust.

use std::sync::Arc;

use leptos::task::spawn_local;

use crate::components::feedback::callout;
use crate::components::icon::state;
use crate::components::x509::life::standing;
use crate::components::x509::relations::Relations;
use crate::components::x509::summary::verdict_line;
use crate::pages::certificates::actions;
use crate::state::App;
use crate::state::row::Row;
use crate::transport::page_client;
use crate::view::*;

/// The head of the page.
pub fn title(app: App, row: &Arc<Row>, related: &Relations) -> View {
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let cells = move || app.staged.changes.with(|changes| id.with_value(|id| changes.get(id).map_or(0, |change| change.cells())));
    let staged = move || {
        let cells = cells();
        (cells > 0).then(|| state("soon", "warn", format!("{} staged", actions::counted(cells, "change"))))
    };
    let depend = match related.issued.len() {
        0 => None,
        1 => Some("One certificate here depends on it".to_owned()),
        count => Some(format!("{count} certificates here depend on it")),
    };
    let now = app.now.get_untracked();
    let verdict = related.verdict.as_ref().map(|verdict| verdict_line(verdict, standing(row, now).glyph));
    view! {
        <section class="sect detail-head">
            <h1 class="break">{row.name.clone()}</h1>
            <div class="row wrap under-name">{verdict}{staged}{depend.map(|words| view! { <span class="muted small">{words}</span> })}</div>
            {authenticity(app, row)}
        </section>
    }
}

/// A warning when the stored trust does not carry a good signature. Asked of the console while the token is unlocked, because the signature can
/// only be checked with its password.
fn authenticity(app: App, row: &Arc<Row>) -> View {
    let forged = RwSignal::new(false);
    let fingerprint = row.entry.fingerprint_sha256.clone();
    let unlocked = Memo::new(move |_| app.database().filter(|database| database.token.unlocked).map(|database| database.id));
    effect(move || {
        let Some(database) = unlocked.get() else { return };
        let (reader, fingerprint) = (page_client(), fingerprint.clone());
        spawn_local(async move {
            if let Ok(authentic) = reader.trust_is_authentic(&database, &fingerprint).await {
                forged.try_set(authentic == Some(false));
            }
        });
    });
    let warning = move || {
        let words = " Somebody changed it without the password of the database. Set the trust you want, and apply.";
        forged.get().then(|| callout("bad", view! { <b>"Its trust does not carry a good signature."</b>{words} }))
    };
    warning.into_view()
}
