//! softoken's way to store PKCS#11 objects: one row an object, one column an attribute, named `a` and the type in hex.

use std::collections::HashSet;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::{ListingError, explain};

/// How softoken writes an attribute that is there and empty: SQLite cannot tell an empty blob from none in its API.
pub(crate) const EMPTY: [u8; 3] = [0xA5, 0x00, 0x5A];

/// One table of objects.
pub(super) struct Table<'connection> {
    connection: &'connection Connection,
    file: &'static str,
    name: &'static str,
    columns: HashSet<String>,
}

impl<'connection> Table<'connection> {
    /// Absent when the file has no such table yet.
    pub(super) fn open(connection: &'connection Connection, file: &'static str, name: &'static str) -> Result<Option<Self>, ListingError> {
        let mut columns = HashSet::new();
        connection
            .pragma(None, "table_info", name, |row| {
                columns.insert(row.get::<_, String>(1)?);
                Ok(())
            })
            .map_err(|error| explain(error, file))?;
        Ok((!columns.is_empty()).then_some(Self { connection, file, name, columns }))
    }

    /// The objects of a class with these attributes. An attribute that this version of the table has no column for is absent.
    pub(super) fn objects<const N: usize, T>(
        &self,
        class: u32,
        attributes: [u32; N],
        mut each: impl FnMut([&[u8]; N]) -> Option<T>,
    ) -> Result<Vec<T>, ListingError> {
        let names: Vec<String> = attributes
            .iter()
            .map(|attribute| format!("a{attribute:x}"))
            .map(|name| if self.columns.contains(&name) { name } else { "NULL".to_owned() })
            .collect();
        let statement = format!("SELECT {} FROM {} WHERE a0 = ?1 ORDER BY rowid", names.join(", "), self.name);
        let query = || -> rusqlite::Result<Vec<T>> {
            let mut prepared = self.connection.prepare(&statement)?;
            let mut rows = prepared.query([class.to_be_bytes().as_slice()])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let mut values: [&[u8]; N] = [&[]; N];
                for (index, value) in values.iter_mut().enumerate() {
                    *value = bytes(row, index)?;
                }
                found.extend(each(values));
            }
            Ok(found)
        };
        let mut query = query;
        query().map_err(|error| explain(error, self.file))
    }
}

fn bytes<'row>(row: &'row Row<'_>, index: usize) -> rusqlite::Result<&'row [u8]> {
    Ok(match row.get_ref(index)? {
        ValueRef::Blob(value) | ValueRef::Text(value) if value != EMPTY => value,
        _ => &[],
    })
}

/// A CK_ULONG: four bytes, big-endian, on every platform.
pub(super) fn number(value: &[u8]) -> Option<u32> {
    value.try_into().ok().map(u32::from_be_bytes)
}
