//! Signing: requests (RFC 2986) and self-signed certificates (RFC 5280) for the very key that signs; what a CA issues is in `authority`.

use cryptoki::{mechanism::Mechanism, object::ObjectHandle};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{
    der::{self, BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, Reader, SEQUENCE},
    error::TokenError,
    keys,
    public_value::{P256, P384, P521, PublicValue},
    refusal,
    session::TokenSession,
};

const SHA256_WITH_RSA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const ECDSA_WITH_SHA256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_WITH_SHA384: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_WITH_SHA512: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];
const ED25519: [u8; 3] = [0x2b, 0x65, 0x70];

/// A key and how it signs.
pub(super) struct Signer<'a> {
    session: &'a TokenSession,
    key: ObjectHandle,
    pub(super) subject_public_key_info: Vec<u8>,
    pub(super) scheme: Scheme,
}

#[derive(Clone, Copy)]
pub(super) enum Scheme {
    RsaSha256,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Ed25519,
}

impl Scheme {
    /// AlgorithmIdentifier, DER.
    pub(super) fn identifier(self) -> Vec<u8> {
        match self {
            Self::RsaSha256 => der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&SHA256_WITH_RSA]), &der::element(NULL, &[])]),
            Self::EcdsaSha256 => der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&ECDSA_WITH_SHA256])]),
            Self::EcdsaSha384 => der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&ECDSA_WITH_SHA384])]),
            Self::EcdsaSha512 => der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&ECDSA_WITH_SHA512])]),
            Self::Ed25519 => der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[&ED25519])]),
        }
    }
}

impl<'a> Signer<'a> {
    pub(super) fn find(session: &'a TokenSession, id: &[u8]) -> Result<Self, TokenError> {
        let (key, value) = keys::find(session, id)?;
        let value = value.ok_or_else(|| refuse("the public half of the key is not known"))?;
        let scheme = match &value {
            PublicValue::Rsa { .. } => Scheme::RsaSha256,
            PublicValue::Ec { curve, .. } if *curve == P256 => Scheme::EcdsaSha256,
            PublicValue::Ec { curve, .. } if *curve == P384 => Scheme::EcdsaSha384,
            PublicValue::Ec { curve, .. } if *curve == P521 => Scheme::EcdsaSha512,
            PublicValue::Ed25519 { .. } => Scheme::Ed25519,
            PublicValue::Ec { .. } => return Err(refuse("the key is on a curve other than P-256, P-384 and P-521")),
        };
        Ok(Self { session, key, subject_public_key_info: value.subject_public_key_info(), scheme })
    }

    /// The signed structure: what was signed, algorithm, signature.
    pub(super) fn sign(&self, to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
        let raw = |mechanism: &Mechanism<'_>, data: &[u8]| {
            self.session.raw().sign(mechanism, self.key, data).map_err(|error| refusal::of(&error))
        };
        let signature = match self.scheme {
            Scheme::RsaSha256 => raw(&Mechanism::Sha256RsaPkcs, to_be_signed)?,
            Scheme::EcdsaSha256 => ecdsa_signature(&raw(&Mechanism::Ecdsa, &Sha256::digest(to_be_signed))?)?,
            Scheme::EcdsaSha384 => ecdsa_signature(&raw(&Mechanism::Ecdsa, &Sha384::digest(to_be_signed))?)?,
            Scheme::EcdsaSha512 => ecdsa_signature(&raw(&Mechanism::Ecdsa, &Sha512::digest(to_be_signed))?)?,
            Scheme::Ed25519 => self.session.sign_with_edwards(self.key, to_be_signed)?,
        };
        Ok(der::element(SEQUENCE, &[to_be_signed, &self.scheme.identifier(), &der::element(BIT_STRING, &[&[0], &signature])]))
    }
}

/// ECDSA-Sig-Value (RFC 3279 section 2.2.3) from the r‖s of PKCS#11.
fn ecdsa_signature(raw: &[u8]) -> Result<Vec<u8>, TokenError> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return Err(TokenError::unusable("the token made no ECDSA signature"));
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    Ok(der::element(SEQUENCE, &[&der::unsigned(r), &der::unsigned(s)]))
}

pub(super) fn refuse(reason: impl Into<String>) -> TokenError {
    TokenError::NotSignable { reason: reason.into() }
}

/// Signs a CertificationRequestInfo and returns the CertificationRequest.
pub(crate) fn sign_request(session: &TokenSession, id: &[u8], certification_request_info: &[u8]) -> Result<Vec<u8>, TokenError> {
    let signer = Signer::find(session, id)?;
    check_request(certification_request_info, &signer).map_err(refuse)?;
    signer.sign(certification_request_info)
}

fn check_request(octets: &[u8], signer: &Signer<'_>) -> Result<(), String> {
    let whole = der::exactly(octets, SEQUENCE, "CertificationRequestInfo")?;
    let mut fields = Reader::new(whole.content);
    if fields.expect(INTEGER, "version")?.content != [0] {
        return Err("version: not 0, so this is no CertificationRequestInfo".to_owned());
    }
    fields.expect(SEQUENCE, "subject")?;
    let key = fields.expect(SEQUENCE, "subjectPKInfo")?;
    let mut attributes = Reader::new(fields.expect(0xa0, "attributes")?.content);
    fields.end("CertificationRequestInfo")?;
    while !attributes.is_empty() {
        let mut attribute = Reader::new(attributes.expect(SEQUENCE, "attribute")?.content);
        attribute.expect(OBJECT_IDENTIFIER, "attribute type")?;
        attribute.expect(der::SET, "attribute values")?;
        attribute.end("attribute")?;
    }
    if key.whole == signer.subject_public_key_info { Ok(()) } else { Err("subjectPKInfo: the request is for another key".to_owned()) }
}

/// Signs the TBSCertificate of a self-signed certificate and returns the Certificate.
pub(crate) fn sign_self_signed(session: &TokenSession, id: &[u8], to_be_signed: &[u8]) -> Result<Vec<u8>, TokenError> {
    let signer = Signer::find(session, id)?;
    check_certificate(to_be_signed, &signer).map_err(refuse)?;
    signer.sign(to_be_signed)
}

fn check_certificate(octets: &[u8], signer: &Signer<'_>) -> Result<(), String> {
    let whole = der::exactly(octets, SEQUENCE, "TBSCertificate")?;
    let mut fields = Reader::new(whole.content);
    let version = fields.expect(0xa0, "version")?;
    if der::exactly(version.content, INTEGER, "version")?.content != [2] {
        return Err("version: not 3".to_owned());
    }
    fields.expect(INTEGER, "serialNumber")?;
    let algorithm = fields.expect(SEQUENCE, "signature")?;
    let issuer = fields.expect(SEQUENCE, "issuer")?;
    fields.expect(SEQUENCE, "validity")?;
    let subject = fields.expect(SEQUENCE, "subject")?;
    let key = fields.expect(SEQUENCE, "subjectPublicKeyInfo")?;
    for tag in [0x81, 0x82, 0xa3] {
        if fields.next_is(tag) {
            fields.any()?;
        }
    }
    fields.end("TBSCertificate")?;
    if algorithm.whole != signer.scheme.identifier() {
        return Err("signature: not the algorithm that this key signs with".to_owned());
    }
    if issuer.whole != subject.whole {
        return Err("issuer: not the subject, so this is not self-signed".to_owned());
    }
    if key.whole == signer.subject_public_key_info {
        Ok(())
    } else {
        Err("subjectPublicKeyInfo: the certificate is for another key".to_owned())
    }
}
