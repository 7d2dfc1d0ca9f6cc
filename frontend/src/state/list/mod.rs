//! How the list of certificates is looked at: filter, view, brush, order, columns, selection. Kept while one walks through details.

mod columns;
mod issued;
mod items;
mod selection;
mod views;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use certdeck_shared::name::DistinguishedName;

pub use columns::{COLUMNS, Column};
pub use issued::issued_by;
pub use items::{Item, Items};
pub use views::{NINETY_DAYS, SavedView, VIEWS};

use self::columns::{sort, stored_columns};
use self::issued::count_issued;
use self::items::in_groups;
use super::browser;
use super::certificates::{CertificateStore, Rows};
use super::filter::Filter;
use super::row::Row;
use crate::view::*;

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
}
