//! Which rows are checked, where the cursor is, and what an action is therefore about.

use std::sync::Arc;

use super::{Item, ListState};
use crate::state::certificates::CertificateStore;
use crate::state::row::Row;

impl ListState {
    /// Checks or unchecks a row.
    pub fn toggle(self, fingerprint: &str) {
        self.checked.update(|checked| {
            if !checked.remove(fingerprint) {
                checked.insert(fingerprint.to_owned());
            }
        });
    }

    /// Checks everything from the cursor to this row.
    pub fn check_range(self, fingerprint: &str) {
        let items = self.items.get_untracked();
        let place = |wanted: &str| items.iter().position(|item| item.row().is_some_and(|row| row.entry.fingerprint_sha256 == wanted));
        let (Some(to), from) = (place(fingerprint), self.cursor.get_untracked().and_then(|cursor| place(&cursor))) else { return };
        let from = from.unwrap_or(to);
        let range = &items[from.min(to)..=from.max(to)];
        self.checked.update(|checked| checked.extend(range.iter().filter_map(Item::row).map(|row| row.entry.fingerprint_sha256.clone())));
    }

    /// Position of the cursor among the lines.
    pub fn position(self) -> Option<usize> {
        let cursor = self.cursor.get_untracked()?;
        self.items
            .with_untracked(|items| items.iter().position(|item| item.row().is_some_and(|row| row.entry.fingerprint_sha256 == cursor)))
    }

    /// Moves the cursor by so many rows and answers where it is now.
    pub fn step(self, by: isize) -> Option<usize> {
        let items = self.items.get_untracked();
        let places: Vec<usize> = items.iter().enumerate().filter(|(_, item)| item.row().is_some()).map(|(index, _)| index).collect();
        let last = places.len().checked_sub(1)?;
        let present = self.position().and_then(|position| places.iter().position(|place| *place == position));
        let next = match present {
            Some(index) => index.saturating_add_signed(by).min(last),
            None => 0,
        };
        let place = *places.get(next)?;
        self.cursor.set(items.get(place)?.row().map(|row| row.entry.fingerprint_sha256.clone()));
        Some(place)
    }

    /// What an action is about: the checked rows, else the one under the cursor.
    pub fn targets(self, store: CertificateStore) -> Vec<Arc<Row>> {
        let checked = self.checked.get_untracked();
        let cursor = self.cursor.get_untracked();
        store.rows.with_untracked(|rows| {
            rows.iter()
                .filter(|row| {
                    let fingerprint = &row.entry.fingerprint_sha256;
                    if checked.is_empty() { cursor.as_ref() == Some(fingerprint) } else { checked.contains(fingerprint) }
                })
                .cloned()
                .collect()
        })
    }
}
