//! OCTET STRINGs in pieces (X.690 section 8.7.3): NSS and Java write them so.

use zeroize::Zeroizing;

use crate::x509::der::{DerError, Element, Reader, tag};

/// Tag bit of an element made of others.
const CONSTRUCTED: u8 = 0x20;

/// Pieces within pieces are met one deep; a limit against hostile input.
const DEPTH: u8 = 4;

/// The octets of an OCTET STRING, whole or in pieces, under its own tag or an implicit one.
pub(super) fn octets(element: Element<'_>) -> Result<Zeroizing<Vec<u8>>, DerError> {
    let mut joined = Zeroizing::new(Vec::with_capacity(element.content.len()));
    join(element, DEPTH, &mut joined)?;
    Ok(joined)
}

/// The next element, which must be an OCTET STRING, whole or in pieces.
pub(super) fn octet_string(reader: &mut Reader<'_>) -> Result<Zeroizing<Vec<u8>>, DerError> {
    let pieces = tag::OCTET_STRING | CONSTRUCTED;
    let expected = if reader.peek() == Some(pieces) { pieces } else { tag::OCTET_STRING };
    octets(reader.expect(expected)?)
}

fn join(element: Element<'_>, depth: u8, joined: &mut Vec<u8>) -> Result<(), DerError> {
    if element.tag & CONSTRUCTED == 0 {
        joined.extend_from_slice(element.content);
        return Ok(());
    }
    let depth = depth.checked_sub(1).ok_or(DerError::TooLarge)?;
    let mut pieces = element.reader();
    while !pieces.is_empty() {
        let piece = pieces.next()?;
        if piece.tag & !CONSTRUCTED != tag::OCTET_STRING {
            return Err(DerError::UnexpectedTag { found: piece.tag, expected: tag::OCTET_STRING });
        }
        join(piece, depth, joined)?;
    }
    Ok(())
}
