//! The public key of a passkey: a COSE_Key (RFC 9052 section 7) of one of the algorithms that were asked for.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

use super::cbor::{self, Item};

/// EdDSA with Ed25519, ECDSA with P-256 and SHA-256, RSASSA-PKCS1-v1_5 with SHA-256 (Windows Hello): the numbers of COSE (RFC 9053, RFC 8812).
pub(super) const ALGORITHMS: [i32; 3] = [-8, -7, -257];

// Labels of RFC 9052 section 7.1 and RFC 9053 section 7.
const KEY_TYPE: i128 = 1;
const ALGORITHM: i128 = 3;
const CURVE_OR_MODULUS: i128 = -1;
const X_OR_EXPONENT: i128 = -2;
const Y: i128 = -3;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// 32 octets.
    Ed25519(Vec<u8>),
    /// The point, uncompressed: 04, x, y.
    P256(Vec<u8>),
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

impl PublicKey {
    /// Reads one; none when it is of an algorithm that was not asked for, or malformed.
    pub(super) fn read(cose: &[u8]) -> Option<Self> {
        let (item, rest) = cbor::read(cose)?;
        rest.is_empty().then(|| Self::of(&item))?
    }

    /// The key that an item is.
    pub(super) fn of(item: &Item<'_>) -> Option<Self> {
        let number = |label| match item.get(&Item::Integer(label)) {
            Some(Item::Integer(number)) => Some(*number),
            _ => None,
        };
        let bytes = |label| item.get(&Item::Integer(label)).and_then(Item::bytes);
        let coordinate = |label| bytes(label).filter(|bytes| bytes.len() == 32);
        match (number(KEY_TYPE)?, number(ALGORITHM)?) {
            (1, -8) if number(CURVE_OR_MODULUS)? == 6 => Some(Self::Ed25519(coordinate(X_OR_EXPONENT)?.to_vec())),
            (2, -7) if number(CURVE_OR_MODULUS)? == 1 => Some(Self::P256([&[4][..], coordinate(X_OR_EXPONENT)?, coordinate(Y)?].concat())),
            // ring wants the modulus to have 2048 to 8192 bits.
            (3, -257) => Some(Self::Rsa(bytes(CURVE_OR_MODULUS)?.to_vec(), bytes(X_OR_EXPONENT)?.to_vec())),
            _ => None,
        }
    }

    /// Whether it made a signature.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let by = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
            UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
        };
        match self {
            Self::Ed25519(key) => by(&ED25519, key),
            Self::P256(point) => by(&ECDSA_P256_SHA256_ASN1, point),
            Self::Rsa(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::{PKey, Private};
    use openssl::rsa::Rsa;
    use openssl::sign::Signer;

    use super::*;

    fn bytes(content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[0x59][..], &length, content].concat()
    }

    fn signed(key: &PKey<Private>, digest: Option<MessageDigest>) -> Vec<u8> {
        let mut signer = digest.map_or_else(|| Signer::new_without_digest(key), |digest| Signer::new(digest, key)).unwrap();
        signer.sign_oneshot_to_vec(b"message").unwrap()
    }

    #[test]
    fn signatures_of_each_algorithm_by_openssl_are_verified() {
        let ed25519 = PKey::generate_ed25519().unwrap();
        let x = bytes(&ed25519.raw_public_key().unwrap());
        let cose = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21][..], &x].concat();
        let rsa = Rsa::generate(2048).unwrap();
        let (n, e) = (bytes(&rsa.n().to_vec()), bytes(&rsa.e().to_vec()));
        let of_rsa = [&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20][..], &n, &[0x21], &e].concat();
        let p256 = EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap();
        let (mut x, mut y) = (openssl::bn::BigNum::new().unwrap(), openssl::bn::BigNum::new().unwrap());
        let mut context = openssl::bn::BigNumContext::new().unwrap();
        p256.public_key().affine_coordinates(p256.group(), &mut x, &mut y, &mut context).unwrap();
        let (x, y) = (bytes(&x.to_vec_padded(32).unwrap()), bytes(&y.to_vec_padded(32).unwrap()));
        let of_p256 = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21][..], &x, &[0x22], &y].concat();
        let sha256 = Some(MessageDigest::sha256());
        for (cose, signature) in [
            (cose, signed(&ed25519, None)),
            (of_rsa, signed(&PKey::from_rsa(rsa).unwrap(), sha256)),
            (of_p256, signed(&PKey::from_ec_key(p256).unwrap(), sha256)),
        ] {
            let key = PublicKey::read(&cose).unwrap();
            assert!(key.verifies(b"message", &signature), "{key:?}");
            assert!(!key.verifies(b"massage", &signature) && !key.verifies(b"message", &signature[1..]), "{key:?}");
            assert_eq!(PublicKey::read(&[cose, vec![0]].concat()), None, "nothing follows a key");
        }
    }

    #[test]
    fn a_key_of_another_algorithm_is_none() {
        assert_eq!(PublicKey::read(&[0xa4, 1, 1, 3, 0x26, 0x20, 6, 0x21, 0x40]), None, "ES256 with a key of EdDSA");
        assert_eq!(PublicKey::read(&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x41, 0]), None, "of one octet");
        assert_eq!(PublicKey::read(&[0xa0]), None);
    }
}
