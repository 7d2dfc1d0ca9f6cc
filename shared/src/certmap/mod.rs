//! `certmap.conf` of Sun's servers and of 389 Directory Server: how a client's certificate leads to an entry of the directory.
//!
//! The format is that of the file's own comments and of 389's man page certmap.conf(5); what is said nowhere (which of two equal
//! properties counts, what an empty `verifycert` means) is as 389's `lib/ldaputil` does it, which is Sun's code of 2001.

mod account;
mod attributes;
mod edit;
mod filter;
mod lint;
mod parse;
mod trial;

use std::ops::Range;

pub use account::{NoAccount, account_of};
pub use edit::{EditRefused, with_changes};
pub use filter::escaped as escaped_in_filter;
pub use lint::lint;
pub use trial::try_certificate;

use crate::api::certificate_map::MapProperty;

/// Name of the map that is used where no other is.
pub const DEFAULT: &str = "default";

/// Octets of a line that the servers read; what is behind them they take for another line.
pub const LONGEST_LINE: usize = 1_023;

/// A `certmap.conf` that was taken apart. What is not in a map is comments and blank lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapFile {
    text: String,
    maps: Vec<Map>,
}

/// A map: a line `certmap NAME ISSUER` and the properties below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// Name that its properties begin with.
    pub name: String,
    /// Name of the issuer, as it is written; `default` for the default map.
    pub issuer: String,
    /// Line of `certmap`, from 1.
    pub line: u32,
    /// Properties in their order.
    pub properties: Vec<Property>,
    span: Range<usize>,
    issuer_span: Range<usize>,
}

/// A line `NAME:PROPERTY VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name, as it is written.
    pub name: String,
    /// Its value; empty where nothing follows.
    pub value: String,
    /// Line, from 1.
    pub line: u32,
    span: Range<usize>,
    name_end: usize,
}

/// Why a file is no `certmap.conf`: the servers would not take it either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {words}")]
pub struct NotUnderstood {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong, as a sentence.
    pub words: String,
}

impl MapFile {
    /// The file as it was read, to the byte.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The maps in their order.
    #[must_use]
    pub fn maps(&self) -> &[Map] {
        &self.maps
    }

    /// The default map: of several the last, which the servers take.
    #[must_use]
    pub fn default_map(&self) -> Option<&Map> {
        self.maps.iter().rev().find(|map| map.is_default())
    }
}

impl Map {
    /// Whether it is the one for all issuers without a map.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.name.eq_ignore_ascii_case(DEFAULT)
    }

    /// The property that counts: the first of its name, whatever the case of its letters.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The value of a property; `Some("")` when it is there and empty, which is something else than not there.
    #[must_use]
    pub fn value(&self, property: MapProperty) -> Option<&str> {
        self.property(property.name()).map(|property| property.value.as_str())
    }

    /// The code of one's own that maps instead: the lines `library` and `InitFn`.
    #[must_use]
    pub fn own_code(&self) -> Option<&Property> {
        self.property("library").or_else(|| self.property("InitFn"))
    }

    /// Whether the certificate is compared with the entry's. An empty value means it is.
    #[must_use]
    pub fn verifies(&self) -> bool {
        self.value(MapProperty::Verifycert).is_some_and(|value| value.is_empty() || value.eq_ignore_ascii_case("on"))
    }
}

// proptest is for the host alone.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;
