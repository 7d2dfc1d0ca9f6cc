//! OBJECT IDENTIFIERs of password-based protection, content octets.

use super::super::{InPart as _, KeystoreError};
use crate::x509::der::{Element, tag};

pub(super) const PKCS5: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05];
pub(super) const PKCS12_PBE: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01];
pub(super) const SCRYPT: [u8; 9] = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];
pub(super) const RSADSI: [u8; 6] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d];
pub(super) const NIST_AES: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01];
pub(super) const NIST_DIGEST: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
pub(super) const DES_CBC: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x07];
pub(super) const SHA1: [u8; 5] = [0x2b, 0x0e, 0x03, 0x02, 0x1a];

/// The OBJECT IDENTIFIER's content, and the parameters if there are any.
pub(super) fn identifier(algorithm: Element<'_>) -> Result<(&[u8], Option<Element<'_>>), KeystoreError> {
    let mut fields = algorithm.reader();
    let identifier = fields.expect(tag::OID).part("algorithm")?.content;
    let parameters = if fields.is_empty() { None } else { Some(fields.next().part("parameters")?) };
    Ok((identifier, parameters))
}
