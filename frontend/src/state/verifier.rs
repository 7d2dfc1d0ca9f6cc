//! NSS's rules over the certificates of the page: what `certutil -V` would say, at any time and with any trust, the moment it is asked.
//! Which signatures are bad the server tells; the page itself has no cryptography.

use std::collections::HashSet;
use std::sync::Arc;

use crate::view::*;
use certdeck_shared::validation::simulation::{self, Change};
use certdeck_shared::validation::{Findings, SignatureFact, Store, Times, Usage};
use leptos::task::spawn_local;

use super::App;
use super::certificates::Rows;
use crate::transport::client;

/// The certificates of one reading, ready to be judged.
struct Prepared {
    rows: Rows,
    store: Store,
}

/// Pairs of addresses: a certificate and one of its issuer's name that did not sign it.
type BadSignatures = Arc<HashSet<(String, String)>>;

/// Judges certificates of the database one works in.
#[derive(Clone, Copy)]
pub struct Verifier {
    prepared: StoredValue<Option<Arc<Prepared>>>,
    bad: RwSignal<BadSignatures>,
    /// The revision whose signatures were asked for last.
    asked: StoredValue<String>,
}

impl Verifier {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self { prepared: StoredValue::new(None), bad: RwSignal::new(BadSignatures::default()), asked: StoredValue::new(String::new()) }
    }

    /// What NSS says of a certificate for each usage at a time, as it is stored and with what is staged. Follows certificates, staged trust
    /// and what is known of signatures.
    pub fn verdicts(self, app: App, fingerprint: &str, at: i64) -> Vec<(Usage, Findings, bool)> {
        let prepared = self.prepared(app);
        let Some(place) = prepared.rows.iter().position(|row| row.entry.fingerprint_sha256 == fingerprint) else { return Vec::new() };
        let after = staged(app, &prepared);
        let signatures = self.signatures(&prepared);
        let times = Times { at, now: app.now.get_untracked() };
        let verdict = |usage| {
            let findings = prepared.store.verify(place, usage, times, &signatures);
            let staged = after.as_ref().map_or(findings.is_valid(), |after| after.verify(place, usage, times, &signatures).is_valid());
            (usage, findings, staged)
        };
        Usage::ALL.into_iter().map(verdict).collect()
    }

    /// What the staged changes would do now, over all certificates: the usage, whether they begin or stop being valid, and their names.
    pub fn effects(self, app: App) -> Vec<(Usage, bool, Vec<String>)> {
        let prepared = self.prepared(app);
        let Some(after) = staged(app, &prepared) else { return Vec::new() };
        let now = app.now.get_untracked();
        let signatures = self.signatures(&prepared);
        let changes: Vec<Change> = simulation::changes(&prepared.store, &after, Times { at: now, now }, &signatures);
        let mut effects = Vec::new();
        for begins in [false, true] {
            for usage in Usage::ALL {
                let of = changes.iter().filter(|change| change.usage == usage && change.becomes_valid == begins);
                let names: Vec<String> = of.map(|change| prepared.rows[change.place].name.clone()).collect();
                if !names.is_empty() {
                    effects.push((usage, begins, names));
                }
            }
        }
        effects
    }

    /// The name of the certificate at a place.
    pub fn name(self, place: usize) -> String {
        self.prepared.with_value(|kept| kept.as_ref().and_then(|kept| Some(kept.rows.get(place)?.name.clone()))).unwrap_or_default()
    }

    fn prepared(self, app: App) -> Arc<Prepared> {
        let rows = app.certificates.rows.get();
        let kept = self.prepared.get_value().filter(|kept| Arc::ptr_eq(&kept.rows, &rows));
        let prepared = kept.unwrap_or_else(|| {
            let mut store = Store::new();
            for row in rows.iter() {
                // What cannot be read keeps its place and is good for nothing.
                let _ = store.add(&row.entry.der.0, row.trust);
            }
            let prepared = Arc::new(Prepared { rows, store });
            self.prepared.set_value(Some(Arc::clone(&prepared)));
            prepared
        });
        self.ask(app);
        prepared
    }

    fn signatures(self, prepared: &Prepared) -> impl Fn(usize, usize) -> SignatureFact + '_ {
        let bad = self.bad.get();
        move |subject: usize, issuer: usize| {
            let address = |place: usize| prepared.rows.get(place).map(|row| row.entry.fingerprint_sha256.clone()).unwrap_or_default();
            let is_bad = !bad.is_empty() && bad.contains(&(address(subject), address(issuer)));
            if is_bad { SignatureFact::Bad } else { SignatureFact::Good }
        }
    }

    /// Asks the server once a revision which signatures are bad.
    fn ask(self, app: App) {
        let revision = app.certificates.revision.get_untracked();
        let Some(database) = app.certificates.database.get_untracked() else { return };
        if revision.is_empty() || self.asked.with_value(|asked| *asked == revision) {
            return;
        }
        self.asked.set_value(revision);
        spawn_local(async move {
            match client().bad_signatures(&database).await {
                Ok(all) => self.bad.set(Arc::new(all.bad_signatures.into_iter().map(|bad| (bad.subject, bad.issuer)).collect())),
                Err(error) => app.note_error(&error),
            }
        });
    }
}

/// The certificates with the trust that is staged; nothing when none is.
fn staged(app: App, prepared: &Prepared) -> Option<Store> {
    app.staged.changes.with(|changes| {
        if changes.is_empty() {
            return None;
        }
        let mut after = prepared.store.clone();
        for (place, row) in prepared.rows.iter().enumerate() {
            if let Some(change) = changes.get(&row.entry.fingerprint_sha256) {
                after.set_trust(place, change.wanted.stored());
            }
        }
        Some(after)
    })
}
