//! The columns of the list, which of them are shown, and the order they give.

use std::collections::HashMap;
use std::sync::Arc;

use certdeck_shared::name::DistinguishedName;

use super::issued::issued_by;
use crate::state::browser;
use crate::state::row::Row;

/// A column that can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Life: glyph, word, days, meter.
    Expires,
    /// The day it ends.
    Date,
    /// Nickname.
    Nickname,
    /// Subject.
    Subject,
    /// Issuer.
    Issuer,
    /// Key.
    Key,
    /// Usage.
    Usage,
    /// Trust.
    Trust,
    /// How many it issued here.
    Issues,
    /// Serial number.
    Serial,
    /// SHA-256.
    Fingerprint,
}

/// All columns in their order, with their names: of the head, of the class, and whether they are shown at first.
pub const COLUMNS: [(Column, &str, &str, bool); 11] = [
    (Column::Expires, "Expires", "c-life", true),
    (Column::Date, "On", "c-date", true),
    (Column::Nickname, "Nickname", "c-nick", true),
    (Column::Subject, "Subject", "c-subj", true),
    (Column::Issuer, "Issuer", "c-iss", true),
    (Column::Key, "Key", "c-key", true),
    (Column::Usage, "Usage", "c-use", true),
    (Column::Trust, "Trust S,E,O", "c-trust", true),
    (Column::Issues, "Issued", "c-by", true),
    (Column::Serial, "Serial", "c-serial", false),
    (Column::Fingerprint, "SHA-256", "c-print", false),
];

/// Those that were shown here the last time.
pub fn stored_columns() -> Vec<Column> {
    let stored = browser::stored("columns");
    COLUMNS
        .iter()
        .filter(|(_, _, class, at_first)| stored.as_ref().map_or(*at_first, |stored| stored.split(' ').any(|name| name == *class)))
        .map(|(column, ..)| *column)
        .collect()
}

/// Puts rows in the order of a column; what is equal there by the day it ends.
pub fn sort(rows: &mut [Arc<Row>], column: Column, descending: bool, issued: &HashMap<DistinguishedName, usize>) {
    let text = |row: &Arc<Row>| match column {
        Column::Nickname => row.name.to_lowercase(),
        Column::Subject => row.subject.to_lowercase(),
        Column::Issuer => row.issuer.to_lowercase(),
        Column::Key => row.key.clone(),
        Column::Usage => row.usage.clone(),
        Column::Trust => row.entry.trust.clone(),
        Column::Serial => row.view.as_ref().map(|view| view.serial_number.clone()).unwrap_or_default(),
        Column::Fingerprint => row.entry.fingerprint_sha256.clone(),
        Column::Expires | Column::Date | Column::Issues => String::new(),
    };
    // One key for every column, so that the sorting itself is in the module once.
    let issues = |row: &Arc<Row>| if column == Column::Issues { issued_by(row, issued) } else { 0 };
    rows.sort_by_cached_key(|row| (text(row), issues(row), row.not_after));
    if descending {
        rows.reverse();
    }
}
