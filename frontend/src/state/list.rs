//! How the list of certificates is looked at: filter, view, brush, order, columns, selection. Kept while one walks through details.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::view::*;
use certdeck_shared::name::DistinguishedName;

use super::browser;
use super::certificates::{CertificateStore, Rows};
use super::filter::Filter;
use super::row::Row;

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

/// A saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedView {
    /// Everything.
    All,
    /// Ends within ninety days.
    Expiring,
    /// TLS servers.
    Servers,
    /// Certification authorities.
    Authorities,
    /// With a private key here.
    WithKey,
    /// Weak key, weak signature and the like.
    Weak,
}

/// The views and their names.
pub const VIEWS: [(SavedView, &str); 6] = [
    (SavedView::All, "All"),
    (SavedView::Expiring, "Expiring in 90 d"),
    (SavedView::Servers, "Servers"),
    (SavedView::Authorities, "CAs"),
    (SavedView::WithKey, "With key"),
    (SavedView::Weak, "Weak"),
];

/// Ninety days, in seconds.
pub const NINETY_DAYS: i64 = 90 * 86_400;

impl SavedView {
    /// Whether a row belongs to it.
    pub fn has(self, row: &Row, now: i64) -> bool {
        match self {
            Self::All => true,
            Self::Expiring => row.not_after >= now && row.not_after <= now + NINETY_DAYS,
            Self::Servers => row.usage.contains("server"),
            Self::Authorities => row.ca,
            Self::WithKey => row.has_key(),
            Self::Weak => row.weak,
        }
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Head of a group: issuer, how many.
    Group(String, usize),
    /// A certificate.
    Row(Arc<Row>),
}

impl Item {
    /// Key of the line.
    pub fn key(&self) -> String {
        match self {
            Self::Group(name, _) => format!("group {name}"),
            Self::Row(row) => row.entry.fingerprint_sha256.clone(),
        }
    }

    /// The certificate of the line.
    pub fn row(&self) -> Option<&Arc<Row>> {
        match self {
            Self::Row(row) => Some(row),
            Self::Group(..) => None,
        }
    }
}

/// Lines in the order they are shown.
pub type Items = Arc<Vec<Item>>;

/// How the list is looked at.
#[derive(Clone, Copy)]
pub struct ListState {
    /// Text of the filter.
    pub filter: RwSignal<String>,
    /// Chosen view.
    pub view: RwSignal<SavedView>,
    /// From and to, in seconds since the epoch.
    pub brush: RwSignal<Option<(i64, i64)>>,
    /// Column and whether descending.
    pub order: RwSignal<(Column, bool)>,
    /// Group by issuer.
    pub grouped: RwSignal<bool>,
    /// Columns shown.
    pub columns: RwSignal<Vec<Column>>,
    /// Selected by checkbox, by address.
    pub checked: RwSignal<HashSet<String>>,
    /// The row the keys act on, by address.
    pub cursor: RwSignal<Option<String>>,
    /// Whether the detail stands beside the list.
    pub aside: RwSignal<bool>,
    /// Width of the detail in pixels.
    pub aside_width: RwSignal<i32>,
    /// What is shown, in order.
    pub items: Memo<Items>,
    /// How many certificates are shown.
    pub shown: Memo<usize>,
    /// What a filter and a view leave, before the brush: the axis shows these.
    pub unbrushed: Memo<Rows>,
    /// How many certificates each name has issued here.
    pub issued: Memo<Arc<HashMap<DistinguishedName, usize>>>,
}

impl ListState {
    /// The list over these certificates.
    pub fn new(store: CertificateStore, now: RwSignal<i64>) -> Self {
        let filter = RwSignal::new(String::new());
        let view = RwSignal::new(SavedView::All);
        let brush = RwSignal::new(None);
        let order = RwSignal::new((Column::Expires, false));
        let grouped = RwSignal::new(false);
        let rows = store.rows;
        let issued = Memo::new(move |_| Arc::new(rows.with(count_issued)));
        let unbrushed = Memo::new(move |_| {
            let now = now.get();
            let view = view.get();
            let filter = filter.with(|text| Filter::parse(text));
            rows.with(|rows| {
                Arc::new(
                    rows.iter()
                        .filter(|row| (view == SavedView::Expiring || view.has(row, now)) && filter.has(row, now))
                        .cloned()
                        .collect::<Vec<_>>(),
                )
            })
        });
        let items = Memo::new(move |_| {
            let brush = brush.get();
            let mut kept: Vec<Arc<Row>> = unbrushed.with(|rows| {
                rows.iter().filter(|row| brush.is_none_or(|(from, to)| (from..=to).contains(&row.not_after))).cloned().collect()
            });
            let (column, descending) = order.get();
            issued.with(|issued| sort(&mut kept, column, descending, issued));
            Arc::new(if grouped.get() { in_groups(kept) } else { kept.into_iter().map(Item::Row).collect() })
        });
        let shown = Memo::new(move |_| items.with(|items| items.iter().filter(|item| item.row().is_some()).count()));
        Self {
            filter,
            view,
            brush,
            order,
            grouped,
            columns: RwSignal::new(stored_columns()),
            checked: RwSignal::new(HashSet::new()),
            cursor: RwSignal::new(None),
            aside: RwSignal::new(browser::stored("aside").as_deref() != Some("closed")),
            aside_width: RwSignal::new(browser::stored("aside-width").and_then(|width| width.parse().ok()).unwrap_or(360)),
            items,
            shown,
            unbrushed,
            issued,
        }
    }

    /// Chooses a view. The one about time is a brush on the axis.
    pub fn choose(self, view: SavedView, now: i64) {
        self.view.set(view);
        self.brush.set((view == SavedView::Expiring).then_some((now, now + NINETY_DAYS)));
    }

    /// Takes filter, view and brush away.
    pub fn show_all(self) {
        self.filter.set(String::new());
        self.view.set(SavedView::All);
        self.brush.set(None);
    }

    /// Sorts by a column; once more turns the order round.
    pub fn sort_by(self, column: Column) {
        self.order.update(|order| *order = (column, order.0 == column && !order.1));
    }

    /// Shows or hides a column, and remembers it.
    pub fn toggle_column(self, column: Column) {
        self.columns.update(|columns| {
            if columns.contains(&column) {
                columns.retain(|other| *other != column);
            } else {
                columns.push(column);
            }
        });
        let names: Vec<&str> = COLUMNS
            .iter()
            .filter(|(column, ..)| self.columns.with_untracked(|columns| columns.contains(column)))
            .map(|(_, _, class, _)| *class)
            .collect();
        browser::remember("columns", Some(&names.join(" ")));
    }

    /// Opens or closes the detail beside the list.
    pub fn set_aside(self, open: bool) {
        browser::remember("aside", (!open).then_some("closed"));
        self.aside.set(open);
    }

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

fn stored_columns() -> Vec<Column> {
    let stored = browser::stored("columns");
    COLUMNS
        .iter()
        .filter(|(_, _, class, at_first)| stored.as_ref().map_or(*at_first, |stored| stored.split(' ').any(|name| name == *class)))
        .map(|(column, ..)| *column)
        .collect()
}

fn count_issued(rows: &Rows) -> HashMap<DistinguishedName, usize> {
    let mut issued: HashMap<DistinguishedName, usize> = HashMap::new();
    for view in rows.iter().filter_map(|row| row.view.as_ref().ok()).filter(|view| !view.self_issued) {
        match issued.get_mut(&view.issuer) {
            Some(count) => *count += 1,
            None => {
                issued.insert(view.issuer.clone(), 1);
            }
        }
    }
    issued
}

/// How many certificates here a row has issued.
pub fn issued_by(row: &Row, issued: &HashMap<DistinguishedName, usize>) -> usize {
    row.view.as_ref().ok().filter(|_| row.ca).and_then(|view| issued.get(&view.subject)).copied().unwrap_or(0)
}

fn sort(rows: &mut [Arc<Row>], column: Column, descending: bool, issued: &HashMap<DistinguishedName, usize>) {
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

fn in_groups(rows: Vec<Arc<Row>>) -> Vec<Item> {
    let mut groups: Vec<(String, Vec<Item>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let place = *places.entry(row.issuer.clone()).or_insert_with(|| {
            groups.push((row.issuer.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(Item::Row(row));
    }
    groups.into_iter().flat_map(|(name, items)| std::iter::once(Item::Group(name, items.len())).chain(items)).collect()
}
