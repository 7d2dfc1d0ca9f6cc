//! What can be done with certificates: export, copy, delete, apply trust. Each says what came of it.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::certificate::{CertificateDeletion, TrustChange, TrustChanges};
use certdeck_shared::api::problem::ProblemCode;
use leptos::task::spawn_local;

use crate::components::data::glass::Action;
use crate::components::x509::pem::pem;
use crate::state::row::Row;
use crate::state::{App, browser};
use crate::transport::client;

/// PEM of several certificates, one after the other.
pub fn pem_of(rows: &[Arc<Row>]) -> String {
    rows.iter().map(|row| pem(&row.entry.der.0)).collect()
}

/// Hands the certificates over as one PEM file.
pub fn export_pem(app: App, rows: &[Arc<Row>]) {
    let name = match rows {
        [] => return,
        [row] => browser::file_name(&row.name, "pem"),
        _ => format!("{}-certificates.pem", rows.len()),
    };
    browser::download(&name, "application/x-pem-file", pem_of(rows).as_bytes());
    app.announce(format!("Exported {}", counted(rows.len(), "certificate")));
}

/// Hands one certificate over as DER.
pub fn export_der(app: App, row: &Row) {
    browser::download(&browser::file_name(&row.name, "der"), "application/pkix-cert", &row.entry.der.0);
    app.announce("Exported");
}

/// Copies the certificates as a table that spreadsheets and people read: one line each, tabs between.
pub fn copy_rows(app: App, rows: &[Arc<Row>]) {
    let mut text = String::from("Nickname\tSubject\tIssuer\tExpires\tKey\tUsage\tTrust\tSHA-256\n");
    for row in rows {
        let until = crate::state::clock::exact(crate::state::clock::at(row.not_after));
        text.push_str(
            &[&row.name, &row.subject, &row.issuer, &until, &row.key, &row.usage, &row.entry.trust, &row.entry.fingerprint_sha256]
                .map(String::as_str)
                .join("\t"),
        );
        text.push('\n');
    }
    let count = rows.len();
    spawn_local(async move {
        let done = browser::copy(&text).await;
        app.announce(if done { format!("Copied {}", counted(count, "line")) } else { "The browser refuses the clipboard here".to_owned() });
    });
}

/// Deletes certificates; `problem` hears why not.
pub fn delete(app: App, rows: Vec<Arc<Row>>, with_keys: bool, problem: RwSignal<Option<String>>, done: Callback<()>) {
    let Some(database) = app.selected.get_untracked() else { return };
    let fingerprints: Vec<String> = rows.iter().map(|row| row.entry.fingerprint_sha256.clone()).collect();
    spawn_local(async move {
        let deletion = CertificateDeletion { fingerprints_sha256: fingerprints.clone(), with_keys };
        match client().delete_certificates(&database, &deletion).await {
            Ok(()) => {
                app.list.checked.update(|checked| checked.retain(|one| !fingerprints.contains(one)));
                app.staged.changes.update(|changes| changes.retain(|one, _| !fingerprints.contains(one)));
                app.announce(format!("Deleted {}. A snapshot was taken before.", counted(fingerprints.len(), "certificate")));
                app.certificates.refresh(app);
                app.refresh_databases();
                done.run(());
            }
            Err(error) => {
                app.note_error(&error);
                problem.set(Some(error.to_string()));
            }
        }
    });
}

/// Applies all staged trust changes at once, or none of them.
pub fn apply_trust(app: App) {
    let staged = app.staged;
    let Some(database) = app.selected.get_untracked() else { return };
    let changes: Vec<TrustChange> = staged.changes.with_untracked(|changes| {
        changes
            .iter()
            .map(|(fingerprint, change)| TrustChange {
                fingerprint_sha256: fingerprint.clone(),
                expected: Some(change.before.clone()),
                trust: change.wanted.with_user(false).to_string(),
            })
            .collect()
    });
    if changes.is_empty() || staged.busy.get_untracked() {
        return;
    }
    staged.busy.set(true);
    staged.problem.set(None);
    staged.conflict.set(false);
    staged.locked.set(false);
    spawn_local(async move {
        let answer = client().change_trust(&database, &TrustChanges { changes }, None).await;
        staged.busy.set(false);
        match answer {
            Ok(changed) => {
                staged.clear();
                app.announce(format!("Stored the trust of {}", counted(changed.certificates.len(), "certificate")));
                app.certificates.refresh(app);
            }
            Err(error) => {
                app.note_error(&error);
                staged.conflict.set(error.code() == Some(ProblemCode::RevisionMismatch));
                staged.locked.set(error.code() == Some(ProblemCode::TokenLocked));
                staged.problem.set(Some(error.problem().map_or_else(|| error.to_string(), |problem| problem.detail.clone())));
            }
        }
    });
}

/// Takes what is stored now as the state before, keeping the wishes: the cure for a conflict.
pub fn rebase_staged(app: App) {
    app.staged.problem.set(None);
    app.staged.conflict.set(false);
    let rows = app.certificates.rows.get_untracked();
    app.staged.changes.update(|changes| {
        changes.retain(|fingerprint, change| {
            let Some(row) = rows.iter().find(|row| row.entry.fingerprint_sha256 == *fingerprint) else { return false };
            change.before.clone_from(&row.entry.trust);
            change.cells() > 0
        });
    });
}

/// `1 certificate`, `3 certificates`.
pub fn counted(count: usize, unit: &str) -> String {
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// What the keys and buttons of the present selection stand for.
pub fn stands_for(app: App) -> Action {
    let staged = app.staged.changes.get();
    if !staged.is_empty() {
        let changes = staged.iter().map(|(fingerprint, change)| TrustChange {
            fingerprint_sha256: fingerprint.clone(),
            expected: Some(change.before.clone()),
            trust: change.wanted.with_user(false).stored().to_string(),
        });
        return Action::ChangeTrust { body: TrustChanges { changes: changes.collect() } };
    }
    let shown = app.place.with(|place| matches!(place, crate::place::Place::Certificate(..))) || app.list.aside.get();
    match app.list.cursor.get().filter(|_| shown) {
        Some(fingerprint) => Action::ShowCertificate { fingerprint },
        None => Action::ListCertificates,
    }
}
