//! How a key that was made in a browser leaves it: as encrypted PKCS#8 (RFC 5958), or with its certificates as PKCS#12 (RFC 7292). The
//! browser encrypts; here the results are put together. Only PBES2 with PBKDF2, HMAC-SHA256 and AES-256-CBC (RFC 8018).

use sha2::{Digest as _, Sha256};

use super::SignatureAlgorithm;
use crate::x509::der::{tag, wrap};
use crate::x509::oid;

/// What the password was stretched with, and where the cipher began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Salt of PBKDF2, random.
    pub salt: Vec<u8>,
    /// Rounds of PBKDF2.
    pub iterations: u32,
    /// Initialization vector of AES-256-CBC, 16 random octets.
    pub initialization_vector: Vec<u8>,
}

/// Rounds of PBKDF2: what OWASP asks for HMAC-SHA256.
pub const ITERATIONS: u32 = 600_000;

/// Rounds of the check sum over a PKCS#12 file, which protects the password only as well as the weaker of the two.
const MAC_ITERATIONS: u32 = 100_000;

impl SignatureAlgorithm {
    /// The signature as requests carry it, from the one that browsers make: they write r and s of ECDSA one after the other.
    #[must_use]
    pub fn signature_from_browser(self, signature: &[u8]) -> Vec<u8> {
        match self {
            Self::RsaSha256 | Self::Ed25519 => signature.to_vec(),
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => {
                let (r, s) = signature.split_at(signature.len() / 2);
                wrap(tag::SEQUENCE, &[unsigned(r), unsigned(s)].concat())
            }
        }
    }
}

impl Protection {
    /// AlgorithmIdentifier of PBES2.
    fn identifier(&self) -> Vec<u8> {
        let prf = sequence(&[&identifier("1.2.840.113549.2.9"), &[5, 0]]);
        let parameters =
            sequence(&[&wrap(tag::OCTET_STRING, &self.salt), &unsigned(&self.iterations.to_be_bytes()), &unsigned(&[32]), &prf]);
        let derivation = sequence(&[&identifier("1.2.840.113549.1.5.12"), &parameters]);
        let cipher = sequence(&[&identifier("2.16.840.1.101.3.4.1.42"), &wrap(tag::OCTET_STRING, &self.initialization_vector)]);
        sequence(&[&identifier("1.2.840.113549.1.5.13"), &sequence(&[&derivation, &cipher])])
    }

    /// EncryptedPrivateKeyInfo, DER, of an encrypted PKCS#8 key.
    #[must_use]
    pub fn private_key(&self, encrypted: &[u8]) -> Vec<u8> {
        sequence(&[&self.identifier(), &wrap(tag::OCTET_STRING, encrypted)])
    }
}

/// An encrypted private key as PEM.
#[must_use]
pub fn encrypted_key_pem(encrypted_private_key_info: &[u8]) -> String {
    super::armour::labelled(encrypted_private_key_info, "ENCRYPTED PRIVATE KEY")
}

/// The certificates of a PKCS#12 file, leaf first, ready to be encrypted.
#[must_use]
pub fn certificate_bags(certificates: &[Vec<u8>], name: &str) -> Vec<u8> {
    let bags = certificates.iter().enumerate().map(|(place, certificate)| {
        let value = explicit(&wrap(tag::OCTET_STRING, certificate));
        let bag = explicit(&sequence(&[&identifier("1.2.840.113549.1.9.22.1"), &value]));
        let attributes = if place == 0 { attributes(certificates, name) } else { Vec::new() };
        sequence(&[&identifier("1.2.840.113549.1.12.10.1.3"), &bag, &attributes])
    });
    wrap(tag::SEQUENCE, &bags.collect::<Vec<_>>().concat())
}

/// A PKCS#12 file of a key and certificates that the browser encrypted with the same password. `mac_salt` is random.
#[must_use]
pub fn pkcs12(
    encrypted_private_key_info: &[u8],
    (protection, encrypted_bags): (&Protection, &[u8]),
    certificates: &[Vec<u8>],
    name: &str,
    (password, mac_salt): (&str, &[u8]),
) -> Vec<u8> {
    let key_bag =
        sequence(&[&identifier("1.2.840.113549.1.12.10.1.2"), &explicit(encrypted_private_key_info), &attributes(certificates, name)]);
    let data = |content: &[u8]| sequence(&[&identifier("1.2.840.113549.1.7.1"), &explicit(&wrap(tag::OCTET_STRING, content))]);
    let encrypted = sequence(&[&identifier("1.2.840.113549.1.7.1"), &protection.identifier(), &wrap(0x80, encrypted_bags)]);
    let encrypted = sequence(&[&identifier("1.2.840.113549.1.7.6"), &explicit(&sequence(&[&[2, 1, 0], &encrypted]))]);
    let safe = sequence(&[&encrypted, &data(&sequence(&[&key_bag]))]);
    let digest = hmac(&mac_key(password, mac_salt), &safe);
    let digest = sequence(&[&sequence(&[&identifier("2.16.840.1.101.3.4.2.1"), &[5, 0]]), &wrap(tag::OCTET_STRING, &digest)]);
    let mac = sequence(&[&digest, &wrap(tag::OCTET_STRING, mac_salt), &unsigned(&MAC_ITERATIONS.to_be_bytes())]);
    sequence(&[&[2, 1, 3], &data(&safe), &mac])
}

/// friendlyName and localKeyId, by which readers join the key to its certificate.
fn attributes(certificates: &[Vec<u8>], name: &str) -> Vec<u8> {
    let id: Vec<u8> = certificates.first().map(|leaf| sha1::Sha1::digest(leaf).to_vec()).unwrap_or_default();
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let attribute = |kind: &str, value: &[u8]| sequence(&[&identifier(kind), &wrap(tag::SET, value)]);
    let mut all =
        [attribute("1.2.840.113549.1.9.20", &wrap(0x1e, &name)), attribute("1.2.840.113549.1.9.21", &wrap(tag::OCTET_STRING, &id))];
    all.sort();
    wrap(tag::SET, &all.concat())
}

/// Key of the check sum (RFC 7292 appendix B.2, purpose 3) for SHA-256, whose blocks have 64 octets: one round of output is enough.
fn mac_key(password: &str, salt: &[u8]) -> [u8; 32] {
    let password: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let filled = |octets: &[u8]| -> Vec<u8> { octets.iter().copied().cycle().take(octets.len().div_ceil(64) * 64).collect() };
    let mut key: [u8; 32] = Sha256::digest([&[3; 64][..], &filled(salt), &filled(&password)].concat()).into();
    for _ in 1..MAC_ITERATIONS {
        key = Sha256::digest(key).into();
    }
    key
}

/// HMAC-SHA256 (RFC 2104) with a key shorter than a block.
fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        for (octet, key) in block.iter_mut().zip(key) {
            *octet ^= key;
        }
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    wrap(tag::SEQUENCE, &parts.concat())
}

fn explicit(content: &[u8]) -> Vec<u8> {
    wrap(0xa0, content)
}

fn identifier(dotted: &str) -> Vec<u8> {
    wrap(tag::OID, &oid::encode(dotted).unwrap_or_default())
}

/// INTEGER of an unsigned number.
fn unsigned(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|&&octet| octet == 0).count().min(octets.len().saturating_sub(1));
    let significant = octets.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if significant.first().is_some_and(|octet| octet & 0x80 != 0) { &[0] } else { &[] };
    wrap(tag::INTEGER, &[sign, significant].concat())
}
