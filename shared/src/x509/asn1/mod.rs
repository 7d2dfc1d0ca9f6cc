//! The tree of a DER object, flattened for a list: every element with its place, its name and its value as text.

mod shape;
mod value;

use std::borrow::Cow;

use self::shape::Cursor;
use super::der::{DerError, Element, Reader, tag};

/// One element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// How deep it lies; 0 is the outermost.
    pub depth: usize,
    /// Where its header begins, in the whole object.
    pub offset: usize,
    /// Octets of the header.
    pub header_length: usize,
    /// Octets of the content.
    pub length: usize,
    /// Name of its tag: `SEQUENCE`, `[0]`.
    pub tag: Cow<'static, str>,
    /// Name of the field, where the position in a certificate tells it: `serialNumber`.
    pub field: Option<&'static str>,
    /// Whether it holds other elements; those inside OCTET STRING and BIT STRING count.
    pub has_children: bool,
    /// Its content as text; absent when it has children.
    pub value: Option<String>,
    /// Set when what follows inside is damaged.
    pub damage: Option<DerError>,
}

/// No real object is deeper; a limit against hostile input.
const DEPTH: usize = 40;
/// Nor has it more elements: a certificate with 10,000 names has some 10,100.
const NODES: usize = 50_000;

/// All elements in the order of the bytes. Damage inside is marked on the element it is in, and everything before it is there.
///
/// # Errors
/// Only when not even the outermost header can be read.
pub fn tree(der: &[u8]) -> Result<Vec<Node>, DerError> {
    let outer = Reader::new(der).next()?;
    let mut nodes = Vec::new();
    let mut builder = Builder { whole: der, nodes: &mut nodes };
    builder.element(outer, 0, &mut Cursor::for_object(outer));
    if outer.raw.len() < der.len()
        && let Some(node) = nodes.first_mut()
    {
        node.damage = Some(DerError::TrailingData);
    }
    Ok(nodes)
}

struct Builder<'a> {
    whole: &'a [u8],
    nodes: &'a mut Vec<Node>,
}

impl Builder<'_> {
    fn element(&mut self, element: Element<'_>, depth: usize, cursor: &mut Cursor) {
        let (field, mut inner_cursor) = cursor.take(element.tag);
        let inner = if depth < DEPTH { inside(element) } else { None };
        let place = self.nodes.len();
        self.nodes.push(Node {
            depth,
            offset: offset_in(self.whole, element.raw),
            header_length: element.header_length,
            length: element.content.len(),
            tag: value::tag_name(element.tag, element.number),
            field,
            has_children: inner.is_some_and(|reader| !reader.is_empty()),
            value: if inner.is_some() { None } else { value::text(element) },
            damage: None,
        });
        let Some(mut reader) = inner else { return };
        while !reader.is_empty() {
            if self.nodes.len() >= NODES {
                self.damage(place, DerError::TooLarge);
                return;
            }
            match reader.next() {
                Ok(child) => self.element(child, depth + 1, &mut inner_cursor),
                Err(error) => {
                    self.damage(place, error);
                    return;
                }
            }
        }
    }

    fn damage(&mut self, place: usize, error: DerError) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.damage = Some(error);
        }
    }
}

/// Both are parts of one allocation: `part` was cut out of `whole`.
fn offset_in(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// The elements inside, also of strings that hold DER.
fn inside(element: Element<'_>) -> Option<Reader<'_>> {
    if element.is_constructed() {
        return Some(element.reader());
    }
    match element.tag {
        tag::OCTET_STRING if is_der(element.content, 4) => Some(element.reader()),
        tag::BIT_STRING => match element.content {
            [0, bits @ ..] if bits.first() == Some(&tag::SEQUENCE) && is_der(bits, 4) => Some(Reader::new(bits)),
            _ => None,
        },
        _ => None,
    }
}

/// True for exactly one element of a universal type, sound as deep as `depth` goes: random octets rarely look like that.
fn is_der(bytes: &[u8], depth: u8) -> bool {
    let mut reader = Reader::new(bytes);
    let Ok(element) = reader.next() else { return false };
    let universal = matches!(element.tag, 0x01..=0x06 | 0x0a | 0x0c | 0x12..=0x14 | 0x16..=0x1e | 0x30 | 0x31);
    if !universal || !reader.is_empty() || (element.content.is_empty() && !matches!(element.tag, 0x05 | 0x30)) {
        return false;
    }
    if !element.is_constructed() || depth == 0 {
        return true;
    }
    let mut children = element.reader();
    while !children.is_empty() {
        if children.next().is_err() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_inside_is_marked_and_what_is_before_it_shown() {
        let nodes = tree(&[0x30, 0x06, 0x02, 0x01, 0x05, 0x04, 0x09, 0x00]).unwrap();
        assert_eq!(nodes.len(), 2);
        assert_eq!(nodes[0].damage, Some(DerError::Truncated));
        assert_eq!(nodes[1].value.as_deref(), Some("5"));
        assert_eq!((nodes[1].offset, nodes[1].header_length, nodes[1].length, nodes[1].depth), (2, 2, 1, 1));
    }

    #[test]
    fn nesting_ends_at_a_limit() {
        let mut bytes = vec![0x05, 0x00];
        for _ in 0..60 {
            bytes = crate::x509::der::wrap(0x30, &bytes);
        }
        let nodes = tree(&bytes).unwrap();
        assert_eq!(nodes.len(), DEPTH + 1);
    }

    #[test]
    fn strings_that_hold_der_are_opened() {
        let nodes = tree(&[0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff]).unwrap();
        let seen: Vec<_> = nodes.iter().map(|node| (node.depth, node.tag.as_ref(), node.value.as_deref())).collect();
        assert_eq!(seen, [(0, "OCTET STRING", None), (1, "SEQUENCE", None), (2, "BOOLEAN", Some("TRUE"))]);
        let nodes = tree(&[0x04, 0x02, 0xab, 0xcd]).unwrap();
        assert_eq!(nodes[0].value.as_deref(), Some("abcd"));
    }
}
