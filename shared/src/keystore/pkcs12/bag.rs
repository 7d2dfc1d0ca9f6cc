//! The bags of a safe (RFC 7292 section 4.2).

use super::super::{InPart as _, KeystoreError, ber};
use super::{Bag, BagContent, EncryptedKey};
use crate::x509::der::{self, DerError, Element, Reader, tag};
use crate::x509::oid;

const BAG_TYPES: [u8; 10] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
const X509_CERTIFICATE: [u8; 10] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
const FRIENDLY_NAME: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14];
const LOCAL_KEY_ID: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x15];

/// Safes within safes are allowed and not met; a limit against hostile input.
const DEPTH: u8 = 4;

/// More bags than any real file has.
const MOST: usize = 10_000;

/// Reads SafeContents.
///
/// # Errors
/// `Damaged`, which is also what a wrong password makes of it.
pub fn bags(safe_contents: &[u8]) -> Result<Vec<Bag>, KeystoreError> {
    let mut found = Vec::new();
    collect(Reader::new(safe_contents), DEPTH, &mut found)?;
    Ok(found)
}

fn collect(mut octets: Reader<'_>, depth: u8, found: &mut Vec<Bag>) -> Result<(), KeystoreError> {
    let depth = depth.checked_sub(1).ok_or(DerError::TooLarge).part("SafeContents")?;
    let mut elements = octets.expect(tag::SEQUENCE).part("SafeContents")?.reader();
    while !elements.is_empty() {
        if found.len() == MOST {
            return Err(KeystoreError::unsupported(format!("it holds more than {MOST} things")));
        }
        let mut fields = elements.expect(tag::SEQUENCE).part("SafeBag")?.reader();
        let identifier = fields.expect(tag::OID).part("bagId")?.content;
        let mut value = fields.expect(0xa0).part("bagValue")?.reader();
        let content = match identifier.strip_prefix(&BAG_TYPES) {
            Some([1]) => BagContent::Key(value.expect(tag::SEQUENCE).part("KeyBag")?.raw.to_vec().into()),
            Some([2]) => BagContent::ShroudedKey(EncryptedKey::from_element(value.expect(tag::SEQUENCE).part("PKCS8ShroudedKeyBag")?)?),
            Some([3]) => certificate(value.expect(tag::SEQUENCE).part("CertBag")?)?,
            Some([4]) => BagContent::Other("a revocation list".to_owned()),
            Some([5]) => BagContent::Other("a secret".to_owned()),
            Some([6]) => {
                collect(value, depth, found)?;
                continue;
            }
            _ => BagContent::Other(format!("something of the kind {}", oid::dotted(identifier))),
        };
        let mut bag = Bag { content, friendly_name: None, local_key_id: None };
        if !fields.is_empty() {
            attributes(fields.expect(tag::SET).part("bagAttributes")?, &mut bag)?;
        }
        found.push(bag);
    }
    Ok(())
}

fn certificate(element: Element<'_>) -> Result<BagContent, KeystoreError> {
    let mut fields = element.reader();
    let kind = fields.expect(tag::OID).part("certId")?.content;
    if kind != X509_CERTIFICATE {
        return Ok(BagContent::Other("a certificate that is not of X.509".to_owned()));
    }
    let mut value = fields.expect(0xa0).part("certValue")?.reader();
    Ok(BagContent::Certificate(ber::octet_string(&mut value).part("x509Certificate")?.to_vec()))
}

fn attributes(element: Element<'_>, bag: &mut Bag) -> Result<(), KeystoreError> {
    let mut attributes = element.reader();
    while !attributes.is_empty() {
        let mut fields = attributes.expect(tag::SEQUENCE).part("attribute")?.reader();
        let identifier = fields.expect(tag::OID).part("attribute")?.content;
        let mut values = fields.expect(tag::SET).part("attribute values")?.reader();
        if values.is_empty() {
            continue;
        }
        let value = values.next().part("attribute value")?;
        if identifier == FRIENDLY_NAME {
            // Java and Windows leave NULs at the end.
            let name = der::text(value.tag, value.content).map(|text| text.trim_end_matches('\0').to_owned());
            bag.friendly_name = name.filter(|name| !name.trim().is_empty());
        } else if identifier == LOCAL_KEY_ID {
            bag.local_key_id = Some(ber::octets(value).part("localKeyId")?.to_vec());
        }
    }
    Ok(())
}
