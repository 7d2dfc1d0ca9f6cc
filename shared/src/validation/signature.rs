//! Signatures: what NSS thinks of an algorithm is decided here; whether the numbers are right is asked of the caller, who has cryptography
//! or knows the answer from the server. The page would grow by a fifth with RSA and three curves in it.

use serde::{Deserialize, Serialize};

use super::facts::{Curve, KeyKind};
use crate::x509::der::Element;

/// What is known of one signature under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SignatureFact {
    /// It verifies.
    Good,
    /// It does not.
    Bad,
    /// Nobody looked: taken as good, as `certutil -V` without `-e` does.
    Unchecked,
}

/// What bears a signature, by its place in the [`super::Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Signed {
    /// A certificate.
    Certificate(usize),
    /// A revocation list.
    List(usize),
}

/// Knows whether a signature verifies under the key of a certificate.
pub trait Signatures {
    /// Whether `signed` is signed with the key of the certificate at `issuer`.
    fn fact(&self, signed: Signed, issuer: usize) -> SignatureFact;
}

/// Looks at no signature.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unchecked;

impl Signatures for Unchecked {
    fn fact(&self, _signed: Signed, _issuer: usize) -> SignatureFact {
        SignatureFact::Unchecked
    }
}

impl<F: Fn(Signed, usize) -> SignatureFact> Signatures for F {
    fn fact(&self, signed: Signed, issuer: usize) -> SignatureFact {
        self(signed, issuer)
    }
}

/// Signature algorithms as far as NSS treats them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignatureKind {
    /// MD2, MD4, MD5 with RSA.
    Outdated,
    Rsa,
    /// A hash that the check of key sizes forgets.
    RsaSha224,
    RsaPss,
    Ecdsa,
    Dsa,
    /// NSS 3.87 has no name for it, Ed25519 among them.
    Unknown,
}

/// Smallest RSA modulus, octets: 1023 bits are the limit, and NSS counts octets.
const SMALLEST_RSA: usize = 128;

/// What NSS thinks of a signature before it computes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Allowed,
    Disabled,
    /// It cannot verify such signatures, which it reports as bad ones.
    Impossible,
}

impl SignatureKind {
    pub(super) fn of(algorithm: Element<'_>) -> Self {
        let oid = algorithm.reader().next().map(|oid| crate::x509::oid::dotted(oid.content)).unwrap_or_default();
        match oid.as_ref() {
            "1.2.840.113549.1.1.2" | "1.2.840.113549.1.1.4" => Self::Outdated,
            "1.2.840.113549.1.1.5"
            | "1.2.840.113549.1.1.11"
            | "1.2.840.113549.1.1.12"
            | "1.2.840.113549.1.1.13"
            | "1.3.14.3.2.15"
            | "1.3.14.3.2.29" => Self::Rsa,
            "1.2.840.113549.1.1.14" => Self::RsaSha224,
            "1.2.840.113549.1.1.10" => Self::RsaPss,
            "1.2.840.10045.4.1" | "1.2.840.10045.4.3.1" | "1.2.840.10045.4.3.2" | "1.2.840.10045.4.3.3" | "1.2.840.10045.4.3.4" => {
                Self::Ecdsa
            }
            "1.2.840.10040.4.3" | "1.3.14.3.2.27" | "2.16.840.1.101.3.4.3.1" | "2.16.840.1.101.3.4.3.2" => Self::Dsa,
            _ => Self::Unknown,
        }
    }

    pub(super) fn policy(self, key: KeyKind) -> Policy {
        let when = |allowed: bool| if allowed { Policy::Allowed } else { Policy::Disabled };
        match (self, key) {
            // No key that NSS could take out of the issuer.
            (_, KeyKind::Other) | (Self::Unknown, _) => Policy::Impossible,
            (Self::Outdated, _) => Policy::Disabled,
            (Self::Rsa | Self::RsaPss, KeyKind::Rsa(octets) | KeyKind::RsaPss(octets)) => when(octets >= SMALLEST_RSA),
            (Self::RsaSha224, KeyKind::Rsa(_)) | (Self::Dsa, KeyKind::Dsa) | (Self::Ecdsa, KeyKind::Ec(Curve::Supported)) => {
                Policy::Allowed
            }
            (Self::RsaSha224, _) | (Self::Ecdsa, KeyKind::Ec(Curve::Unsupported)) => Policy::Impossible,
            // Also where the algorithm and the issuer's key are of different kinds.
            _ => Policy::Disabled,
        }
    }
}
