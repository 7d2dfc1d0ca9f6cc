//! How many certificates of the database each name in it has issued.

use std::collections::HashMap;

use certdeck_shared::name::DistinguishedName;

use crate::state::certificates::Rows;
use crate::state::row::Row;

/// Counts by the name of the issuer; what is issued to itself does not count.
pub fn count_issued(rows: &Rows) -> HashMap<DistinguishedName, usize> {
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
