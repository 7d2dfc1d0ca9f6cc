//! softoken's signatures of trust: PBMAC1 (RFC 8018 appendix A.5) with a key from the password, kept in key4.db.
//!
//! `lib/softoken/sftkpwd.c` of NSS: the password and a salt of the database are hashed to a pass key; PBKDF2 makes of that, with a salt of
//! its own, the key of a checksum over object, attribute and value. One such salt for a whole import: the object and the attribute are
//! in what is signed, so that no signature fits anywhere else, and softoken derives the key once instead of once a signature.

use std::num::NonZeroU32;

use openssl::{
    error::ErrorStack,
    hash::MessageDigest,
    pkcs5,
    pkey::{PKey, Private},
    sign,
    symm::{self, Cipher},
};
use sha1::Sha1;
use sha2::{Digest as _, Sha384};
use zeroize::Zeroizing;

use super::super::{
    der::{self, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE},
    secret::Secret,
};

const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
const PBMAC1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0e];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
const HMAC_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09];
const AES256_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

/// Octets of a salt and of a derived key.
pub(super) const SALT: usize = 32;
/// What a password that is right makes of the check in key4.db.
const CHECK: &[u8] = b"password-check";
/// More iterations than these are not waited for.
const MOST_ITERATIONS: u32 = 10_000_000;

/// The password as softoken uses it.
pub(super) struct PassKey(Zeroizing<Vec<u8>>);

impl PassKey {
    /// From the password and the salt of the database: 20 octets until NSS 3.117, 48 from then on.
    pub(super) fn derive(password: &Secret, salt: &[u8]) -> Option<Self> {
        let salted = Zeroizing::new([salt, password.reveal().as_bytes()].concat());
        match salt.len() {
            20 => Some(Self(Zeroizing::new(Sha1::digest(&*salted).to_vec()))),
            48 => Some(Self(Zeroizing::new(Sha384::digest(&*salted).to_vec()))),
            _ => None,
        }
    }

    /// Whether it decrypts the check of the database. The first two octets of the initialization vector are those of an OCTET STRING of 14,
    /// which is how softoken stores the others.
    pub(super) fn opens(&self, check: &[u8]) -> bool {
        let decrypted = || -> Result<Vec<u8>, String> {
            let (parameters, ciphertext) = split(check, PBES2)?;
            let mut fields = Reader::new(parameters);
            let derivation = Derivation::read(fields.expect(SEQUENCE, "keyDerivationFunc")?.content)?;
            let mut scheme = Reader::new(fields.expect(SEQUENCE, "encryptionScheme")?.content);
            identified(&mut scheme, AES256_CBC)?;
            let vector = scheme.expect(OCTET_STRING, "initialization vector")?.whole;
            if vector.len() != 16 {
                return Err("an initialization vector of another length".to_owned());
            }
            let key = derivation.key(self).map_err(|error| error.to_string())?;
            symm::decrypt(Cipher::aes_256_cbc(), &*key, Some(vector), ciphertext).map_err(|error| error.to_string())
        };
        decrypted().is_ok_and(|text| text == CHECK)
    }
}

/// How a key is derived.
#[derive(Clone)]
pub(super) struct Derivation {
    salt: Vec<u8>,
    iterations: NonZeroU32,
}

impl Derivation {
    /// With a salt of our own.
    pub(super) fn new(salt: [u8; SALT], iterations: NonZeroU32) -> Self {
        Self { salt: salt.to_vec(), iterations }
    }

    /// How often the function is repeated.
    pub(super) fn iterations(&self) -> NonZeroU32 {
        self.iterations
    }

    /// That of a signature which softoken made.
    pub(super) fn of_signature(signature: &[u8]) -> Result<Self, String> {
        let (parameters, _) = split(signature, PBMAC1)?;
        Self::read(Reader::new(parameters).expect(SEQUENCE, "keyDerivationFunc")?.content)
    }

    fn read(function: &[u8]) -> Result<Self, String> {
        let mut function = Reader::new(function);
        identified(&mut function, PBKDF2)?;
        let mut parameters = Reader::new(function.expect(SEQUENCE, "PBKDF2-params")?.content);
        let salt = parameters.expect(OCTET_STRING, "salt")?.content.to_vec();
        let iterations = parameters.expect(INTEGER, "iterationCount")?.content;
        let iterations = iterations.iter().try_fold(0_u32, |count, octet| Some(count.checked_mul(256)? + u32::from(*octet)));
        let iterations = iterations.filter(|count| *count <= MOST_ITERATIONS).and_then(NonZeroU32::new);
        let length = parameters.expect(INTEGER, "keyLength")?.content;
        identified(&mut Reader::new(parameters.expect(SEQUENCE, "prf")?.content), HMAC_WITH_SHA256)?;
        match iterations {
            Some(iterations) if length == [32] => Ok(Self { salt, iterations }),
            _ => Err("a key derivation with other parameters".to_owned()),
        }
    }

    fn key(&self, pass_key: &PassKey) -> Result<Zeroizing<[u8; 32]>, ErrorStack> {
        let mut key = Zeroizing::new([0; 32]);
        let iterations = usize::try_from(self.iterations.get()).unwrap_or(usize::MAX);
        pkcs5::pbkdf2_hmac(&pass_key.0, &self.salt, iterations, MessageDigest::sha256(), &mut *key)?;
        Ok(key)
    }

    fn der(&self) -> Vec<u8> {
        let pseudorandom = der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[HMAC_WITH_SHA256])]);
        let salt = der::element(OCTET_STRING, &[&self.salt]);
        let (count, length) = (der::unsigned(&self.iterations.get().to_be_bytes()), der::unsigned(&[32]));
        let parameters = der::element(SEQUENCE, &[&salt, &count, &length, &pseudorandom]);
        der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[PBKDF2]), &parameters])
    }
}

/// Signs attributes with one derived key.
pub(super) struct Signer {
    key: PKey<Private>,
    algorithm: Vec<u8>,
}

impl Signer {
    /// Derives the key, which takes some milliseconds.
    pub(super) fn new(pass_key: &PassKey, derivation: &Derivation) -> Result<Self, ErrorStack> {
        let scheme = der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[HMAC_WITH_SHA256])]);
        let parameters = der::element(SEQUENCE, &[&derivation.der(), &scheme]);
        let algorithm = der::element(SEQUENCE, &[&der::element(OBJECT_IDENTIFIER, &[PBMAC1]), &parameters]);
        Ok(Self { key: PKey::hmac(&*derivation.key(pass_key)?)?, algorithm })
    }

    /// The signature of an attribute as it is stored, of the object with this identifier.
    pub(super) fn sign(&self, object: u32, kind: u32, stored: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut signer = sign::Signer::new(MessageDigest::sha256(), &self.key)?;
        signer.update(&object.to_be_bytes())?;
        signer.update(&kind.to_be_bytes())?;
        signer.update(stored)?;
        Ok(der::element(SEQUENCE, &[&self.algorithm, &der::element(OCTET_STRING, &[&signer.sign_to_vec()?])]))
    }
}

/// Parameters of the algorithm, which must be this one, and the octets that it made.
fn split<'a>(octets: &'a [u8], algorithm: &[u8]) -> Result<(&'a [u8], &'a [u8]), String> {
    let mut fields = Reader::new(der::exactly(octets, SEQUENCE, "the protected value")?.content);
    let mut identifier = Reader::new(fields.expect(SEQUENCE, "algorithm")?.content);
    identified(&mut identifier, algorithm)?;
    let parameters = identifier.expect(SEQUENCE, "parameters")?.content;
    Ok((parameters, fields.expect(OCTET_STRING, "value")?.content))
}

fn identified(fields: &mut Reader<'_>, identifier: &[u8]) -> Result<(), String> {
    if fields.expect(OBJECT_IDENTIFIER, "algorithm")?.content == identifier { Ok(()) } else { Err("another algorithm".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use certdeck_shared::hex::unhex;

    // From a database that certutil of NSS 3.87 made with the password `Tr0ub4dor&3-horse-staple`.
    const SALT_OF_DATABASE: &str = "3230c63e3783628102afcb2a0347c6fed2a8eb40";
    const CHECK: &str = "308182306e06092a864886f70d01050d3061304206092a864886f70d01050c3035042041fa995353c3c8b9d44d37f7fc78879e5f7c83e450ab5c\
        042830984cdb1f613e02022710020120300a06082a864886f70d0209301b060960864801650304012a040e5a9aa1b839b7d139d63a79e177fb04108fb597ff5a066683\
        944d264b154926ca";
    const SIGNATURE: &str = "308181305d06092a864886f70d01050e3050304206092a864886f70d01050c30350420ce807a3111c581d9d791ff681fc07079276c71e4abcb\
        c896eaeca3b5f73cac5802022710020120300a06082a864886f70d0209300a06082a864886f70d02090420a55efdd0b89aa9e6ddfbeb717ab7d334883760ca9f1ccd5d88\
        572110e00566e4";

    #[test]
    fn what_certutil_signed_is_signed_alike() {
        let pass_key = PassKey::derive(&Secret::new("Tr0ub4dor&3-horse-staple"), &unhex(SALT_OF_DATABASE).unwrap()).unwrap();
        assert!(pass_key.opens(&unhex(CHECK).unwrap()));
        let signature = unhex(SIGNATURE).unwrap();
        let derivation = Derivation::of_signature(&signature).unwrap();
        assert_eq!(derivation.iterations().get(), 10_000);
        // CKA_TRUST_STEP_UP_APPROVED, false, of object 35eb45bc.
        assert_eq!(Signer::new(&pass_key, &derivation).unwrap().sign(0x35eb_45bc, 0xce53_6360, &[0]).unwrap(), signature);
    }

    #[test]
    fn another_password_opens_nothing_and_another_salt_is_not_understood() {
        let pass_key = PassKey::derive(&Secret::new("wrong"), &unhex(SALT_OF_DATABASE).unwrap()).unwrap();
        assert!(!pass_key.opens(&unhex(CHECK).unwrap()));
        assert!(!pass_key.opens(b"nonsense"));
        assert!(PassKey::derive(&Secret::new("wrong"), &[0; 32]).is_none());
        assert!(Derivation::of_signature(&unhex(CHECK).unwrap()).is_err());
    }
}
