//! Names of the fields of a certificate and a request, by their position.

use crate::x509::der::{Element, tag};

/// A field: its name, the tag it has (0 for any), and what is inside.
struct Field {
    name: &'static str,
    tag: u8,
    inside: Inside,
}

#[derive(Clone, Copy)]
enum Inside {
    /// Nothing with names.
    Plain,
    /// These, in order; those whose tag does not fit are left out.
    Fields(&'static [Field]),
    /// Any number of this one.
    Each(&'static Field),
}

const fn field(name: &'static str, tag: u8, inside: Inside) -> Field {
    Field { name, tag, inside }
}

use Inside::{Each, Fields, Plain};

static ALGORITHM: [Field; 2] = [field("algorithm", tag::OID, Plain), field("parameters", 0, Plain)];
static ATTRIBUTE: Field = field("attribute", tag::SEQUENCE, Fields(&[field("type", tag::OID, Plain), field("value", 0, Plain)]));
static RDN: Field = field("relativeDistinguishedName", tag::SET, Each(&ATTRIBUTE));
static TIME: [Field; 2] = [field("notBefore", 0, Plain), field("notAfter", 0, Plain)];
static KEY: [Field; 2] = [field("algorithm", tag::SEQUENCE, Fields(&ALGORITHM)), field("subjectPublicKey", tag::BIT_STRING, Plain)];
static EXTENSION: Field = field(
    "extension",
    tag::SEQUENCE,
    Fields(&[field("extnID", tag::OID, Plain), field("critical", tag::BOOLEAN, Plain), field("extnValue", tag::OCTET_STRING, Plain)]),
);
static EXTENSIONS: [Field; 1] = [field("", tag::SEQUENCE, Each(&EXTENSION))];

static CERTIFICATE: Field = field(
    "certificate",
    tag::SEQUENCE,
    Fields(&[
        field(
            "tbsCertificate",
            tag::SEQUENCE,
            Fields(&[
                field("version", 0xa0, Plain),
                field("serialNumber", tag::INTEGER, Plain),
                field("signature", tag::SEQUENCE, Fields(&ALGORITHM)),
                field("issuer", tag::SEQUENCE, Each(&RDN)),
                field("validity", tag::SEQUENCE, Fields(&TIME)),
                field("subject", tag::SEQUENCE, Each(&RDN)),
                field("subjectPublicKeyInfo", tag::SEQUENCE, Fields(&KEY)),
                field("issuerUniqueID", 0x81, Plain),
                field("subjectUniqueID", 0x82, Plain),
                field("extensions", 0xa3, Fields(&EXTENSIONS)),
            ]),
        ),
        field("signatureAlgorithm", tag::SEQUENCE, Fields(&ALGORITHM)),
        field("signature", tag::BIT_STRING, Plain),
    ]),
);

static REQUEST: Field = field(
    "certificationRequest",
    tag::SEQUENCE,
    Fields(&[
        field(
            "certificationRequestInfo",
            tag::SEQUENCE,
            Fields(&[
                field("version", tag::INTEGER, Plain),
                field("subject", tag::SEQUENCE, Each(&RDN)),
                field("subjectPKInfo", tag::SEQUENCE, Fields(&KEY)),
                field("attributes", 0xa0, Each(&ATTRIBUTE)),
            ]),
        ),
        field("signatureAlgorithm", tag::SEQUENCE, Fields(&ALGORITHM)),
        field("signature", tag::BIT_STRING, Plain),
    ]),
);

/// Where among the fields of its parent an element is.
pub(super) struct Cursor {
    inside: Inside,
    next: usize,
}

impl Cursor {
    /// The names for an object, as far as its first elements tell what it is.
    pub fn for_object(object: Element<'_>) -> Self {
        let inside = match is_request(object) {
            Some(true) => Each(&REQUEST),
            Some(false) => Each(&CERTIFICATE),
            None => Plain,
        };
        Self { inside, next: 0 }
    }

    /// The name of the next element, which has this tag, and the names inside it.
    pub fn take(&mut self, tag: u8) -> (Option<&'static str>, Self) {
        let fits = |field: &Field| field.tag == 0 || field.tag == tag;
        let found = match self.inside {
            Plain => None,
            Each(field) => Some(field).filter(|field| fits(field)),
            Fields(fields) => {
                let rest = fields.get(self.next..).unwrap_or_default();
                rest.iter().position(fits).and_then(|skipped| {
                    self.next += skipped + 1;
                    rest.get(skipped)
                })
            }
        };
        match found {
            Some(field) => (Some(field.name).filter(|name| !name.is_empty()), Self { inside: field.inside, next: 0 }),
            None => (None, Self { inside: Plain, next: 0 }),
        }
    }
}

/// True for a request, false for a certificate, nothing for other things.
fn is_request(object: Element<'_>) -> Option<bool> {
    let mut outer = object.reader();
    let signed = outer.expect(tag::SEQUENCE).ok()?;
    outer.expect(tag::SEQUENCE).ok()?;
    outer.expect(tag::BIT_STRING).ok()?;
    let mut fields = signed.reader();
    if fields.optional(0xa0).ok()?.is_some() {
        return Some(false);
    }
    fields.expect(tag::INTEGER).ok()?;
    let second = fields.expect(tag::SEQUENCE).ok()?;
    if second.reader().peek() != Some(tag::OID) {
        return Some(true);
    }
    // Not a CRL, whose third field is followed by a time.
    fields.next().ok()?;
    (fields.peek() == Some(tag::SEQUENCE)).then_some(false)
}
