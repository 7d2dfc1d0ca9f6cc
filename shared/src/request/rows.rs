//! A subject as rows, as people put them in order: one attribute each, the most specific first as RFC 4514 writes them.

use super::subject::LIMITS;
use crate::name::{AttributeTypeAndValue, DistinguishedName};

/// A row: one attribute of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// Dotted OID of the attribute.
    pub oid: String,
    /// Its value; an empty one is left out of the subject.
    pub value: String,
    /// True when it is one relative distinguished name with the row above: `CN=a+UID=b`.
    pub joined: bool,
}

impl SubjectRow {
    /// A row of its own.
    #[must_use]
    pub fn new(oid: &str, value: &str) -> Self {
        Self { oid: oid.to_owned(), value: value.to_owned(), joined: false }
    }

    /// The rows of a name.
    #[must_use]
    pub fn of(name: &DistinguishedName) -> Vec<Self> {
        let row = |(place, attribute): (usize, &AttributeTypeAndValue)| Self {
            oid: attribute.oid.clone().into_owned(),
            value: attribute.value.clone(),
            joined: place > 0,
        };
        name.rdns.iter().rev().flat_map(|rdn| rdn.iter().enumerate().map(row)).collect()
    }

    /// The name that rows make; those without a value are left out, a country is written in capitals.
    #[must_use]
    pub fn name(rows: &[Self]) -> DistinguishedName {
        let mut rdns: Vec<Vec<AttributeTypeAndValue>> = Vec::with_capacity(rows.len());
        for row in rows.iter().filter(|row| !row.value.trim().is_empty()) {
            let value = row.value.trim();
            let value = if row.oid == "2.5.4.6" { value.to_ascii_uppercase() } else { value.to_owned() };
            let attribute = AttributeTypeAndValue { oid: row.oid.clone().into(), value };
            match rdns.last_mut() {
                Some(rdn) if row.joined => rdn.push(attribute),
                _ => rdns.push(vec![attribute]),
            }
        }
        rdns.reverse();
        DistinguishedName { rdns }
    }

    /// The order after a row was moved by one place: for each place the row that comes there, and whether it is joined with the one above.
    /// Rows that are one relative distinguished name change places among themselves first, then move together. Nothing at either end.
    #[must_use]
    pub fn moved(joined: &[bool], place: usize, up: bool) -> Option<Vec<(usize, bool)>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (row, joined) in joined.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if *joined => group.push(row),
                _ => groups.push(vec![row]),
            }
        }
        let group = groups.iter().position(|group| group.contains(&place))?;
        let within = groups.get(group)?.iter().position(|row| *row == place)?;
        let beside = |at: usize, count: usize| if up { at.checked_sub(1) } else { Some(at + 1).filter(|next| *next < count) };
        let size = groups.get(group).map_or(0, Vec::len);
        if let Some(other) = beside(within, size) {
            groups.get_mut(group)?.swap(within, other);
        } else {
            let other = beside(group, groups.len())?;
            groups.swap(group, other);
        }
        Some(groups.into_iter().flat_map(|group| group.into_iter().enumerate().map(|(place, row)| (row, place > 0))).collect())
    }
}

/// The attributes that are offered by name: dotted OID and what people call them.
pub fn subject_attributes() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIMITS.iter().map(|(oid, words, _)| (*oid, *words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US")]
    #[case("OU=b,CN=host+UID=h,OU=a,DC=example,DC=org")]
    #[case("CN=Smith\\, Jane,1.2.3.4=x")]
    #[case("")]
    fn rows_and_names_are_the_same_thing(#[case] text: &str) {
        let name: DistinguishedName = text.parse().unwrap();
        assert_eq!(SubjectRow::name(&SubjectRow::of(&name)), name);
    }

    #[test]
    fn empty_rows_are_left_out() {
        let joined = SubjectRow { joined: true, ..SubjectRow::new("0.9.2342.19200300.100.1.1", "x") };
        let rows = [SubjectRow::new("2.5.4.3", " a "), SubjectRow::new("2.5.4.10", "  "), SubjectRow::new("2.5.4.6", "ch"), joined];
        assert_eq!(SubjectRow::name(&rows).to_string(), "CN=a,C=CH+UID=x");
    }

    #[rstest]
    #[case(&[false, false, false], 1, true, Some("102"))]
    #[case(&[false, false, false], 1, false, Some("021"))]
    #[case(&[false, false], 0, true, None)]
    #[case(&[false, false], 1, false, None)]
    // 1 and 2 are one: among themselves first, then together.
    #[case(&[false, false, true], 2, true, Some("021+"))]
    #[case(&[false, false, true], 1, true, Some("12+0"))]
    #[case(&[false, false, true], 0, false, Some("12+0"))]
    #[case(&[false, true, false], 1, false, Some("201+"))]
    fn rows_move_one_place(#[case] joined: &[bool], #[case] place: usize, #[case] up: bool, #[case] after: Option<&str>) {
        let text = SubjectRow::moved(joined, place, up)
            .map(|order| order.into_iter().map(|(row, joined)| format!("{row}{}", if joined { "+" } else { "" })).collect::<String>());
        assert_eq!(text.as_deref(), after);
    }
}
