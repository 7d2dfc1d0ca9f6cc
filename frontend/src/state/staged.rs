//! Trust changes that are staged and not yet applied: kept while one walks through the certificates, applied all at once or not at all.

use std::collections::BTreeMap;

use crate::view::*;
use certdeck_shared::trust::TrustFlags;

/// One staged change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedChange {
    /// Name for people.
    pub name: String,
    /// Trust as it was when the change was staged, as certutil prints it.
    pub before: String,
    /// The flags wanted.
    pub wanted: TrustFlags,
}

impl StagedChange {
    /// How many checkboxes differ from what is stored.
    pub fn cells(&self) -> usize {
        let before = TrustFlags::parse(&self.before).unwrap_or_default();
        let fields = |flags: TrustFlags| [flags.ssl, flags.email, flags.object_signing];
        let letters = |field: certdeck_shared::trust::UsageTrust| {
            [field.trusted_ca, field.trusted_client_ca, field.trusted_peer, field.valid_ca, field.prohibited]
        };
        fields(before)
            .into_iter()
            .zip(fields(self.wanted))
            .map(|(before, after)| letters(before).into_iter().zip(letters(after)).filter(|(one, other)| one != other).count())
            .sum()
    }
}

/// The staged changes, by certificate.
#[derive(Clone, Copy)]
pub struct Staged {
    /// By address of the certificate.
    pub changes: RwSignal<BTreeMap<String, StagedChange>>,
    /// Why the last application was refused.
    pub problem: RwSignal<Option<String>>,
    /// Whether the refusal was that something changed meanwhile.
    pub conflict: RwSignal<bool>,
    /// Whether the refusal was that the database is locked.
    pub locked: RwSignal<bool>,
    /// Whether an application is under way.
    pub busy: RwSignal<bool>,
}

impl Staged {
    /// Nothing staged.
    pub fn new() -> Self {
        Self {
            changes: RwSignal::new(BTreeMap::new()),
            problem: RwSignal::new(None),
            conflict: RwSignal::new(false),
            locked: RwSignal::new(false),
            busy: RwSignal::new(false),
        }
    }

    /// Forgets all changes.
    pub fn clear(self) {
        self.changes.set(BTreeMap::new());
        self.problem.set(None);
        self.conflict.set(false);
        self.locked.set(false);
    }

    /// The flags to show for a certificate: the wish, else what is stored.
    pub fn wanted(self, fingerprint: &str, stored: TrustFlags) -> TrustFlags {
        self.changes.with(|changes| changes.get(fingerprint).map_or(stored, |change| change.wanted))
    }

    /// Stages a wish; one that changes nothing is taken back.
    pub fn stage(self, fingerprint: &str, name: &str, before: &str, wanted: TrustFlags) {
        let change = StagedChange { name: name.to_owned(), before: before.to_owned(), wanted };
        self.problem.set(None);
        self.changes.update(|changes| {
            if change.cells() == 0 {
                changes.remove(fingerprint);
            } else {
                changes.insert(fingerprint.to_owned(), change);
            }
        });
    }
}
