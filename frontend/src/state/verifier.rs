//! NSS's rules over the certificates of the page: what `certutil -V` would say, at any time and with any trust, the moment it is asked.
//! Which signatures are bad, and what the revocation lists of the database revoke, the server tells; the page itself has no cryptography.

use std::collections::HashSet;
use std::sync::Arc;

use crate::view::*;
use certdeck_shared::validation::simulation::{self, Change};
use certdeck_shared::validation::{Findings, ListFacts, SignatureFact, Signed, Store, Times, Usage};
use leptos::task::spawn_local;

use super::App;
use super::certificates::Rows;
use crate::transport::client;

/// The certificates of one reading, ready to be judged.
struct Prepared {
    rows: Rows,
    told: Arc<Told>,
    store: Store,
}

/// What the server tells.
#[derive(Default)]
struct Told {
    /// Pairs of addresses: a certificate or list and a certificate of its issuer's name that did not sign it.
    bad: HashSet<(String, String)>,
    lists: Vec<ListFacts>,
}

/// Judges certificates of the database one works in.
#[derive(Clone, Copy)]
pub struct Verifier {
    prepared: StoredValue<Option<Arc<Prepared>>>,
    told: RwSignal<Arc<Told>>,
    /// The revision that was asked about last.
    asked: StoredValue<String>,
}

impl Verifier {
    /// Knows nothing yet.
    pub fn new() -> Self {
        Self { prepared: StoredValue::new(None), told: RwSignal::new(Arc::default()), asked: StoredValue::new(String::new()) }
    }

    /// What NSS says of a certificate for each usage at a time, as it is stored and with what is staged. Follows certificates, staged trust
    /// and what is known of signatures.
    pub fn verdicts(self, app: App, fingerprint: &str, at: i64) -> Vec<(Usage, Findings, bool)> {
        let prepared = self.prepared(app);
        let Some(place) = prepared.rows.iter().position(|row| row.entry.fingerprint_sha256 == fingerprint) else { return Vec::new() };
        let after = staged(app, &prepared);
        let signatures = signatures(&prepared);
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
        let signatures = signatures(&prepared);
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
        let (rows, told) = (app.certificates.rows.get(), self.told.get());
        let kept = self.prepared.get_value().filter(|kept| Arc::ptr_eq(&kept.rows, &rows) && Arc::ptr_eq(&kept.told, &told));
        let prepared = kept.unwrap_or_else(|| {
            let mut store = Store::new();
            for row in rows.iter() {
                // What cannot be read keeps its place and is good for nothing.
                let _ = store.add(&row.entry.der.0, row.trust);
            }
            for list in &told.lists {
                store.add_list(list);
            }
            let prepared = Arc::new(Prepared { rows, told, store });
            self.prepared.set_value(Some(Arc::clone(&prepared)));
            prepared
        });
        self.ask(app);
        prepared
    }

    /// Asks the server once a revision.
    fn ask(self, app: App) {
        let revision = app.certificates.revision.get_untracked();
        let Some(database) = app.certificates.database.get_untracked() else { return };
        if revision.is_empty() || self.asked.with_value(|asked| *asked == revision) {
            return;
        }
        self.asked.set_value(revision);
        spawn_local(async move {
            match client().server_facts(&database).await {
                Ok(all) => {
                    let bad = all.bad_signatures.into_iter().map(|bad| (bad.subject, bad.issuer)).collect();
                    self.told.set(Arc::new(Told { bad, lists: all.revocation_lists }));
                }
                Err(error) => app.note_error(&error),
            }
        });
    }
}

fn signatures(prepared: &Prepared) -> impl Fn(Signed, usize) -> SignatureFact + '_ {
    move |signed: Signed, issuer: usize| {
        let certificate = |place: usize| prepared.rows.get(place).map(|row| row.entry.fingerprint_sha256.clone());
        let address = match signed {
            Signed::Certificate(place) => certificate(place),
            Signed::List(place) => prepared.told.lists.get(place).map(|list| list.fingerprint_sha256.clone()),
        };
        let pair = (address.unwrap_or_default(), certificate(issuer).unwrap_or_default());
        if prepared.told.bad.contains(&pair) { SignatureFact::Bad } else { SignatureFact::Good }
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
