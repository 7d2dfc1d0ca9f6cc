//! What a CA signs: certificates and revocation lists in the name of its own certificate, and nothing else.

use certdeck_shared::x509::parse;

use super::{
    der::{self, BIT_STRING, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE, UTC_TIME},
    error::TokenError,
    session::TokenSession,
    signer::{Signer, refuse},
};

/// Signs a TBSCertificate in the name of the issuer and returns the Certificate.
pub(crate) fn sign_certificate(session: &TokenSession, id: &[u8], issuer: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
    let signer = Signer::find(session, id)?;
    check_issuer(issuer, &signer, "keyCertSign").and_then(|subject| check_certificate(to_be_signed, &signer, &subject)).map_err(refuse)?;
    signer.sign(to_be_signed)
}

/// Signs a TBSCertList in the name of the issuer and returns the CertificateList.
pub(crate) fn sign_revocation_list(session: &TokenSession, id: &[u8], issuer: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
    let signer = Signer::find(session, id)?;
    check_issuer(issuer, &signer, "cRLSign").and_then(|subject| check_revocation_list(to_be_signed, &signer, &subject)).map_err(refuse)?;
    signer.sign(to_be_signed)
}

/// The issuer's certificate must be one of this key, of a CA, and allow this use. Returns its subject.
fn check_issuer(issuer: &[u8], signer: &Signer<'_>, usage: &str) -> Result<Vec<u8>, String> {
    let view = parse::certificate(issuer).map_err(|error| format!("issuer: {error}"))?;
    let names = parse::raw_names(issuer).map_err(|error| format!("issuer: {error}"))?;
    if names.subject_public_key_info != signer.subject_public_key_info {
        return Err("issuer: its certificate is for another key".to_owned());
    }
    if !view.is_ca() {
        return Err("issuer: its certificate is not one of a certificate authority".to_owned());
    }
    if view.key_usage.is_some_and(|usages| usages.iter().all(|allowed| allowed != usage)) {
        return Err(format!("issuer: its key usage does not have {usage}"));
    }
    Ok(names.subject.to_vec())
}

fn check_certificate(octets: &[u8], signer: &Signer<'_>, issuer: &[u8]) -> Result<(), String> {
    let whole = der::exactly(octets, SEQUENCE, "TBSCertificate")?;
    let mut fields = Reader::new(whole.content);
    let version = fields.expect(0xa0, "version")?;
    if der::exactly(version.content, INTEGER, "version")?.content != [2] {
        return Err("version: not 3".to_owned());
    }
    check_serial_number(fields.expect(INTEGER, "serialNumber")?.content)?;
    check_algorithm(fields.expect(SEQUENCE, "signature")?.whole, signer)?;
    if fields.expect(SEQUENCE, "issuer")?.whole != issuer {
        return Err("issuer: not the subject of the issuer's certificate".to_owned());
    }
    fields.expect(SEQUENCE, "validity")?;
    if fields.expect(SEQUENCE, "subject")?.whole == issuer {
        return Err("subject: the issuer's own name; a self-signed certificate is signed as one".to_owned());
    }
    let mut key = Reader::new(fields.expect(SEQUENCE, "subjectPublicKeyInfo")?.content);
    key.expect(SEQUENCE, "algorithm")?;
    key.expect(BIT_STRING, "subjectPublicKey")?;
    key.end("subjectPublicKeyInfo")?;
    if fields.next_is(0xa3) {
        fields.any()?;
    }
    fields.end("TBSCertificate")
}

fn check_revocation_list(octets: &[u8], signer: &Signer<'_>, issuer: &[u8]) -> Result<(), String> {
    let whole = der::exactly(octets, SEQUENCE, "TBSCertList")?;
    let mut fields = Reader::new(whole.content);
    if fields.expect(INTEGER, "version")?.content != [1] {
        return Err("version: not 2".to_owned());
    }
    check_algorithm(fields.expect(SEQUENCE, "signature")?.whole, signer)?;
    if fields.expect(SEQUENCE, "issuer")?.whole != issuer {
        return Err("issuer: not the subject of the issuer's certificate".to_owned());
    }
    time(&mut fields, "thisUpdate")?;
    time(&mut fields, "nextUpdate")?;
    if fields.next_is(SEQUENCE) {
        let mut entries = Reader::new(fields.expect(SEQUENCE, "revokedCertificates")?.content);
        while !entries.is_empty() {
            let mut entry = Reader::new(entries.expect(SEQUENCE, "revokedCertificate")?.content);
            entry.expect(INTEGER, "userCertificate")?;
            time(&mut entry, "revocationDate")?;
            if entry.next_is(SEQUENCE) {
                check_extensions(entry.expect(SEQUENCE, "crlEntryExtensions")?.content)?;
            }
            entry.end("revokedCertificate")?;
        }
    }
    let extensions = fields.expect(0xa0, "crlExtensions")?;
    check_extensions(der::exactly(extensions.content, SEQUENCE, "crlExtensions")?.content)?;
    fields.end("TBSCertList")
}

fn check_algorithm(identifier: &[u8], signer: &Signer<'_>) -> Result<(), String> {
    if identifier == signer.scheme.identifier() { Ok(()) } else { Err("signature: not the algorithm that this key signs with".to_owned()) }
}

/// RFC 5280 section 4.1.2.2.
fn check_serial_number(content: &[u8]) -> Result<(), String> {
    match content {
        [] | [0] | [0x80..=0xff, ..] => Err("serialNumber: not positive".to_owned()),
        octets if octets.len() > 20 => Err("serialNumber: more than 20 octets".to_owned()),
        _ => Ok(()),
    }
}

fn check_extensions(content: &[u8]) -> Result<(), String> {
    let mut list = Reader::new(content);
    while !list.is_empty() {
        Reader::new(list.expect(SEQUENCE, "Extension")?.content).expect(OBJECT_IDENTIFIER, "extnID")?;
    }
    Ok(())
}

fn time(fields: &mut Reader<'_>, what: &str) -> Result<(), String> {
    let element = fields.any().map_err(|error| format!("{what}: {error}"))?;
    if [UTC_TIME, GENERALIZED_TIME].contains(&element.tag) { Ok(()) } else { Err(format!("{what}: not a time")) }
}
