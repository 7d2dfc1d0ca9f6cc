//! rcgen puts DER together and wants to sign it at once; the key is in a token, which signs later.

use std::cell::RefCell;

use rcgen::{PublicKeyData, SigningKey};

use crate::request::SignatureAlgorithm;
use crate::x509::der::{self, tag};

/// Stands in for the key, which stays where it is: keeps what it is asked to sign.
pub(crate) struct Recorder<'a> {
    public_key: &'a [u8],
    algorithm: SignatureAlgorithm,
    to_be_signed: RefCell<Vec<u8>>,
}

impl<'a> Recorder<'a> {
    /// For the key of a SubjectPublicKeyInfo, DER; none when it is of a kind that cannot sign here.
    pub(crate) fn for_key(subject_public_key_info: &'a [u8]) -> Option<Self> {
        let algorithm = SignatureAlgorithm::for_key(subject_public_key_info)?;
        let mut info = der::only(subject_public_key_info, tag::SEQUENCE).ok()?.reader();
        info.expect(tag::SEQUENCE).ok()?;
        let public_key = info.expect(tag::BIT_STRING).ok()?.bits().ok()?;
        Some(Self { public_key, algorithm, to_be_signed: RefCell::default() })
    }

    /// What was to be signed.
    pub(crate) fn into_recorded(self) -> Vec<u8> {
        self.to_be_signed.into_inner()
    }
}

impl PublicKeyData for Recorder<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.public_key
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.algorithm {
            SignatureAlgorithm::RsaSha256 => &rcgen::PKCS_RSA_SHA256,
            SignatureAlgorithm::EcdsaSha256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            // There is no P-521 without aws-lc; whoever asked puts the key itself in place.
            SignatureAlgorithm::EcdsaSha384 | SignatureAlgorithm::EcdsaSha512 => &rcgen::PKCS_ECDSA_P384_SHA384,
            SignatureAlgorithm::Ed25519 => &rcgen::PKCS_ED25519,
        }
    }
}

impl SigningKey for Recorder<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.to_be_signed.replace(message.to_vec());
        Ok(Vec::new())
    }
}
