//! Distinguished names (RFC 5280 section 4.1.2.4, RFC 4514).

use serde::{Deserialize, Serialize};

/// A Name: relative distinguished names in the order of the encoding (most significant first).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct DistinguishedName {
    /// Relative distinguished names; most have one attribute.
    pub rdns: Vec<Vec<AttributeTypeAndValue>>,
}

/// One attribute of a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AttributeTypeAndValue {
    /// Dotted OID.
    pub oid: String,
    /// The value as text; `#` and hex when it is no string (RFC 4514 section 2.4).
    pub value: String,
}

impl DistinguishedName {
    /// The first value of an attribute type, by dotted OID.
    #[must_use]
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.rdns.iter().flatten().find(|attribute| attribute.oid == oid).map(|attribute| attribute.value.as_str())
    }
}
