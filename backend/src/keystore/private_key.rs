//! A private key in one form, whatever it came in: PKCS#8 with the public value in it, checked to be whole.

use certdeck_shared::api::key::KeyAlgorithm;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, PointConversionForm};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use zeroize::Zeroizing;

use super::error::KeyFileError;

/// What softoken takes.
const RSA_BITS: std::ops::RangeInclusive<u32> = 1024..=16_384;

/// A private key that NSS keeps; Ed25519 only where it is new enough, which its token is asked.
pub struct PrivateKey {
    /// PKCS#8, DER.
    pub pkcs8: Zeroizing<Vec<u8>>,
    /// The public half as SubjectPublicKeyInfo, DER.
    pub subject_public_key_info: Vec<u8>,
    /// In words: `RSA 2048`, `EC P-256`, `Ed25519`.
    pub algorithm: String,
}

/// What can be done with keys that no NSS holds.
const CURE: &str = "NSS cannot hold it: it keeps RSA keys, EC keys on P-256, P-384 and P-521, and, where it is new enough, Ed25519 keys. \
                    Keep it as a PEM bundle or PKCS#12 file beside the servers that read files, and import the certificate alone.";

fn refuse(words: impl Into<String>) -> KeyFileError {
    KeyFileError::KeyNotUsable(words.into())
}

impl PrivateKey {
    /// Reads PKCS#8, RSAPrivateKey (RFC 8017) or ECPrivateKey (RFC 5915), and checks that its parts belong together.
    ///
    /// # Errors
    /// `KeyNotUsable` for other kinds of keys and for broken ones.
    pub fn read(der: &[u8]) -> Result<Self, KeyFileError> {
        let key =
            PKey::private_key_from_der(der).map_err(|_| refuse("The private key is damaged, or of a kind that OpenSSL does not know."))?;
        Self::from_openssl(&key)
    }

    /// Takes over a key that OpenSSL has read.
    pub(super) fn from_openssl(key: &PKey<Private>) -> Result<Self, KeyFileError> {
        match key.id() {
            Id::RSA => rsa(key),
            Id::EC => ec(key),
            Id::ED25519 => Ok(Self {
                pkcs8: key.private_key_to_pkcs8()?.into(),
                subject_public_key_info: key.public_key_to_der()?,
                algorithm: KeyAlgorithm::Ed25519.words().to_owned(),
            }),
            other => Err(refuse(format!("The private key is of the kind {}. {CURE}", kind(other)))),
        }
    }

    /// CKA_ID as NSS computes it, lower-case hex; nothing for a public half that cannot be read, which does not occur.
    #[must_use]
    pub fn key_id(&self) -> Option<String> {
        certdeck_shared::x509::parse::nss_key_id(&self.subject_public_key_info)
    }
}

fn kind(id: Id) -> String {
    match id {
        Id::DSA => "DSA".to_owned(),
        Id::DH => "DH".to_owned(),
        Id::ED448 => "Ed448".to_owned(),
        Id::X25519 => "X25519".to_owned(),
        Id::RSA_PSS => "RSA-PSS".to_owned(),
        other => Nid::from_raw(other.as_raw()).long_name().map_or_else(|_| format!("number {}", other.as_raw()), str::to_owned),
    }
}

fn rsa(key: &PKey<Private>) -> Result<PrivateKey, KeyFileError> {
    let bits = key.bits();
    if !RSA_BITS.contains(&bits) {
        let (least, most) = RSA_BITS.into_inner();
        return Err(refuse(format!("The RSA key has {bits} bits; keys of {least} to {most} bits are taken.")));
    }
    if !key.rsa()?.check_key().unwrap_or(false) {
        return Err(refuse("The parts of the RSA key do not belong together: it is damaged."));
    }
    Ok(PrivateKey {
        pkcs8: key.private_key_to_pkcs8()?.into(),
        subject_public_key_info: key.public_key_to_der()?,
        algorithm: format!("RSA {bits}"),
    })
}

fn ec(key: &PKey<Private>) -> Result<PrivateKey, KeyFileError> {
    let key = key.ec_key()?;
    let (nid, curve) = match key.group().curve_name() {
        Some(Nid::X9_62_PRIME256V1) => (Nid::X9_62_PRIME256V1, "P-256"),
        Some(Nid::SECP384R1) => (Nid::SECP384R1, "P-384"),
        Some(Nid::SECP521R1) => (Nid::SECP521R1, "P-521"),
        other => {
            let name = other.and_then(|nid| nid.short_name().ok()).unwrap_or("a curve without name");
            return Err(refuse(format!("The EC key is on {name}. {CURE}")));
        }
    };
    key.check_key().map_err(|_| refuse("The parts of the EC key do not belong together: it is damaged."))?;
    // Made anew: a named curve and an uncompressed point, which is what NSS reads.
    let group = EcGroup::from_curve_name(nid)?;
    let mut context = BigNumContext::new()?;
    let point = key.public_key().to_bytes(&group, PointConversionForm::UNCOMPRESSED, &mut context)?;
    let public = openssl::ec::EcPoint::from_bytes(&group, &point, &mut context)?;
    let key = PKey::from_ec_key(EcKey::from_private_components(&group, key.private_key(), &public)?)?;
    Ok(PrivateKey {
        pkcs8: key.private_key_to_pkcs8()?.into(),
        subject_public_key_info: key.public_key_to_der()?,
        algorithm: format!("EC {curve}"),
    })
}
