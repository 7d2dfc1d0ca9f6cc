//! Names of signature algorithms.

use std::borrow::Cow;

use crate::x509::der::{DerError, Reader, tag};
use crate::x509::oid;
use crate::x509::view::Word;

/// Name and dotted OID of a signature algorithm, from the contents of its identifier and of its parameters.
pub(super) fn signature(identifier: &[u8], parameters: &[u8]) -> (Word, Word) {
    let dotted = oid::dotted(identifier);
    let name = match dotted.as_ref() {
        "1.2.840.113549.1.1.11" => "SHA-256 with RSA",
        "1.2.840.113549.1.1.12" => "SHA-384 with RSA",
        "1.2.840.113549.1.1.13" => "SHA-512 with RSA",
        "1.2.840.113549.1.1.14" => "SHA-224 with RSA",
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => "SHA-1 with RSA",
        "1.2.840.113549.1.1.4" => "MD5 with RSA",
        "1.2.840.113549.1.1.2" => "MD2 with RSA",
        "1.2.840.113549.1.1.10" => match pss_hash(Reader::new(parameters)).as_deref() {
            Ok("2.16.840.1.101.3.4.2.1") => "RSASSA-PSS with SHA-256",
            Ok("2.16.840.1.101.3.4.2.2") => "RSASSA-PSS with SHA-384",
            Ok("2.16.840.1.101.3.4.2.3") => "RSASSA-PSS with SHA-512",
            Ok("2.16.840.1.101.3.4.2.4") => "RSASSA-PSS with SHA-224",
            Ok("1.3.14.3.2.26") => "RSASSA-PSS with SHA-1",
            _ => "RSASSA-PSS",
        },
        "1.2.840.10045.4.1" => "ECDSA with SHA-1",
        "1.2.840.10045.4.3.1" => "ECDSA with SHA-224",
        "1.2.840.10045.4.3.2" => "ECDSA with SHA-256",
        "1.2.840.10045.4.3.3" => "ECDSA with SHA-384",
        "1.2.840.10045.4.3.4" => "ECDSA with SHA-512",
        "1.2.840.10040.4.3" => "DSA with SHA-1",
        "2.16.840.1.101.3.4.3.1" => "DSA with SHA-224",
        "2.16.840.1.101.3.4.3.2" => "DSA with SHA-256",
        _ => match oid::name(&dotted) {
            Some(name) => name,
            None => return (dotted.clone(), dotted),
        },
    };
    (Cow::Borrowed(name), dotted)
}

/// hashAlgorithm of RSASSA-PSS-params (RFC 4055 section 3.1); SHA-1 when absent.
fn pss_hash(mut parameters: Reader<'_>) -> Result<Word, DerError> {
    match parameters.optional(0xa0)? {
        Some(explicit) => Ok(oid::dotted(explicit.reader().expect(tag::SEQUENCE)?.reader().expect(tag::OID)?.content)),
        None => Ok(Cow::Borrowed("1.3.14.3.2.26")),
    }
}
