//! How softoken stores an object: one row of a table, one column an attribute, named `a` and the type in hexadecimal.

use std::collections::BTreeMap;

use super::{
    super::{
        attribute::{CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_LABEL, CKA_MODIFIABLE, CKA_NAME_HASH_ALGORITHM, CKA_PRIVATE},
        session::{Template, as_number, boolean},
        trust,
    },
    BulkError,
};
use crate::nss::listing::EMPTY;

/// The columns of an object that are not NULL, by attribute type.
pub(super) type Row = BTreeMap<u64, Vec<u8>>;

/// The row of an object. What the template leaves out, softoken fills in: not private, modifiable, an empty label (`sftk_handleObject`).
pub(super) fn of(template: &Template) -> Result<Row, BulkError> {
    let mut row = Row::from([(CKA_PRIVATE, boolean(false)), (CKA_MODIFIABLE, boolean(true)), (CKA_LABEL, EMPTY.to_vec())]);
    for (kind, value) in template {
        let stored = match value.as_slice() {
            [] => EMPTY.to_vec(),
            number if is_number(*kind) => stored_number(number)?,
            octets => octets.to_vec(),
        };
        row.insert(*kind, stored);
    }
    Ok(row)
}

/// The column of an attribute.
pub(super) fn column(kind: u64) -> String {
    format!("a{kind:x}")
}

/// The attribute of a column.
pub(super) fn kind(column: &str) -> Option<u64> {
    u64::from_str_radix(column.strip_prefix('a')?, 16).ok()
}

/// Whether the value is a CK_ULONG: four octets, big-endian, on every platform.
fn is_number(kind: u64) -> bool {
    matches!(kind, CKA_CLASS | CKA_CERTIFICATE_TYPE | CKA_NAME_HASH_ALGORITHM) || trust::is_level(kind)
}

fn stored_number(native: &[u8]) -> Result<Vec<u8>, BulkError> {
    let number = as_number(native).and_then(|number| u32::try_from(number).ok());
    number.map(|number| number.to_be_bytes().to_vec()).ok_or_else(|| BulkError::unknown("a number does not fit"))
}
