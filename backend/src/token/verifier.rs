//! Signatures of others: a request must be signed by the key that it names.

use cryptoki::{error::Error, error::RvError, mechanism::Mechanism, object::ObjectHandle};
use rustls::crypto::ring;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha384, Sha512};

use super::{
    attribute::{
        CKA_CLASS, CKA_EC_PARAMS, CKA_EC_POINT, CKA_KEY_TYPE, CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_TOKEN, CKA_VERIFY, CKK_EC, CKK_RSA,
        CKO_PUBLIC_KEY,
    },
    der::{self, BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
    error::TokenError,
    refusal,
    session::{Template, TokenSession, boolean, number},
    signer::refuse,
};

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const SHA1_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const SHA384_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
const SHA512_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
const ECDSA_WITH_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_WITH_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const ECDSA_WITH_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

/// A signed structure: SEQUENCE of what was signed, the algorithm and the signature.
struct Signed<'a> {
    content: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

/// The key of a SubjectPublicKeyInfo.
struct PublicKey<'a> {
    algorithm: &'a [u8],
    /// The parameters of the algorithm: the curve.
    parameters: &'a [u8],
    key: &'a [u8],
}

/// Whether a signed structure (a request, a certificate) carries a good signature of the key, a SubjectPublicKeyInfo.
///
/// RSA and ECDSA are verified by softoken, so that every key it makes can be verified too; Ed25519, which old softokens lack, by rustls.
pub(crate) fn verify(session: &TokenSession, signed: &[u8], subject_public_key_info: &[u8]) -> Result<(), TokenError> {
    let parts = read_signed(signed).map_err(refuse)?;
    let key = read_key(subject_public_key_info).map_err(refuse)?;
    if key.algorithm == ED25519 && parts.algorithm == ED25519 {
        return verify_ed25519(&parts, &key);
    }
    let (template, mechanism, data, signature) = match key.algorithm {
        RSA_ENCRYPTION => {
            let mechanism = match parts.algorithm {
                SHA1_WITH_RSA => Mechanism::Sha1RsaPkcs,
                SHA256_WITH_RSA => Mechanism::Sha256RsaPkcs,
                SHA384_WITH_RSA => Mechanism::Sha384RsaPkcs,
                SHA512_WITH_RSA => Mechanism::Sha512RsaPkcs,
                _ => return Err(unknown_algorithm()),
            };
            (rsa_template(&key).map_err(refuse)?, mechanism, parts.content.to_vec(), parts.signature.to_vec())
        }
        EC_PUBLIC_KEY => {
            let digest = match parts.algorithm {
                ECDSA_WITH_SHA1 => Sha1::digest(parts.content).to_vec(),
                ECDSA_WITH_SHA256 => Sha256::digest(parts.content).to_vec(),
                ECDSA_WITH_SHA384 => Sha384::digest(parts.content).to_vec(),
                ECDSA_WITH_SHA512 => Sha512::digest(parts.content).to_vec(),
                _ => return Err(unknown_algorithm()),
            };
            let octets = key.key.len() / 2;
            (ec_template(&key), Mechanism::Ecdsa, digest, raw_ecdsa(parts.signature, octets).ok_or_else(broken)?)
        }
        _ => return Err(refuse("the key is neither RSA nor ECDSA nor Ed25519")),
    };
    let object = session.create(&template).map_err(|_| refuse("the token does not take the public key: it is damaged or too small"))?;
    let outcome = verify_with(session, &mechanism, object, &data, &signature);
    session.destroy(object)?;
    outcome
}

fn verify_with(
    session: &TokenSession,
    mechanism: &Mechanism<'_>,
    key: ObjectHandle,
    data: &[u8],
    signature: &[u8],
) -> Result<(), TokenError> {
    session.raw().verify(mechanism, key, data, signature).map_err(|error| match error {
        Error::Pkcs11(RvError::SignatureInvalid | RvError::SignatureLenRange | RvError::DataLenRange, _) => broken(),
        other => refusal::of(&other),
    })
}

fn verify_ed25519(parts: &Signed<'_>, key: &PublicKey<'_>) -> Result<(), TokenError> {
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    let identifier = [&[0x06, 0x03], ED25519].concat();
    let algorithm = algorithms.iter().find(|one| one.public_key_alg_id().as_ref() == identifier.as_slice());
    let algorithm = algorithm.ok_or_else(unknown_algorithm)?;
    algorithm.verify_signature(key.key, parts.content, parts.signature).map_err(|_| broken())
}

fn broken() -> TokenError {
    refuse("the signature is not one of the key that is named")
}

fn unknown_algorithm() -> TokenError {
    refuse("the signature algorithm is not one that is verified here: RSA (PKCS#1 v1.5) or ECDSA with SHA-1 or SHA-2, or Ed25519")
}

fn read_signed(octets: &[u8]) -> Result<Signed<'_>, String> {
    let mut fields = Reader::new(der::exactly(octets, SEQUENCE, "the signed structure")?.content);
    let content = fields.expect(SEQUENCE, "what is signed")?.whole;
    let algorithm = Reader::new(fields.expect(SEQUENCE, "signatureAlgorithm")?.content).expect(OBJECT_IDENTIFIER, "algorithm")?.content;
    let bits = fields.expect(BIT_STRING, "signature")?.content;
    fields.end("the signed structure")?;
    match bits.split_first() {
        Some((0, signature)) => Ok(Signed { content, algorithm, signature }),
        _ => Err("signature: not whole octets".to_owned()),
    }
}

fn read_key(octets: &[u8]) -> Result<PublicKey<'_>, String> {
    let mut fields = Reader::new(der::exactly(octets, SEQUENCE, "SubjectPublicKeyInfo")?.content);
    let mut identifier = Reader::new(fields.expect(SEQUENCE, "algorithm")?.content);
    let algorithm = identifier.expect(OBJECT_IDENTIFIER, "algorithm")?.content;
    let parameters = if identifier.is_empty() { &[][..] } else { identifier.any()?.whole };
    match fields.expect(BIT_STRING, "subjectPublicKey")?.content.split_first() {
        Some((0, key)) => Ok(PublicKey { algorithm, parameters, key }),
        _ => Err("subjectPublicKey: not whole octets".to_owned()),
    }
}

fn public_template(key_type: u64) -> Template {
    vec![(CKA_CLASS, number(CKO_PUBLIC_KEY)), (CKA_KEY_TYPE, number(key_type)), (CKA_TOKEN, boolean(false)), (CKA_VERIFY, boolean(true))]
}

fn rsa_template(key: &PublicKey<'_>) -> Result<Template, String> {
    let mut numbers = Reader::new(der::exactly(key.key, SEQUENCE, "RSAPublicKey")?.content);
    let unsigned = |content: &[u8]| content.strip_prefix(&[0]).unwrap_or(content).to_vec();
    let modulus = unsigned(numbers.expect(INTEGER, "modulus")?.content);
    let exponent = unsigned(numbers.expect(INTEGER, "publicExponent")?.content);
    let mut template = public_template(CKK_RSA);
    template.extend([(CKA_MODULUS, modulus), (CKA_PUBLIC_EXPONENT, exponent)]);
    Ok(template)
}

fn ec_template(key: &PublicKey<'_>) -> Template {
    let mut template = public_template(CKK_EC);
    template.extend([(CKA_EC_PARAMS, key.parameters.to_vec()), (CKA_EC_POINT, der::element(OCTET_STRING, &[key.key]))]);
    template
}

/// r‖s of PKCS#11, each of so many octets, from ECDSA-Sig-Value (RFC 3279 section 2.2.3).
fn raw_ecdsa(signature: &[u8], octets: usize) -> Option<Vec<u8>> {
    let mut numbers = Reader::new(der::exactly(signature, SEQUENCE, "ECDSA-Sig-Value").ok()?.content);
    let mut raw = Vec::with_capacity(octets * 2);
    for name in ["r", "s"] {
        let content = numbers.expect(INTEGER, name).ok()?.content;
        let significant = content.strip_prefix(&[0]).unwrap_or(content);
        raw.resize(raw.len() + octets.checked_sub(significant.len())?, 0);
        raw.extend_from_slice(significant);
    }
    numbers.end("ECDSA-Sig-Value").ok()?;
    Some(raw)
}
