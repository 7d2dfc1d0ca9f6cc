//! The lines of the list: certificates, and the heads of groups.

use std::collections::HashMap;
use std::sync::Arc;

use crate::state::row::Row;

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

/// The rows under the names of their issuers, in the order in which these first come.
pub fn in_groups(rows: Vec<Arc<Row>>) -> Vec<Item> {
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
