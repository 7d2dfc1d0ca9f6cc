//! What a request will look like before its key is made: the lines of the PEM down to the key.

use base64::Engine as _;

use super::{BuildError, RequestForm, SignatureAlgorithm, assemble, to_be_signed};
use crate::api::key::KeyAlgorithm;
use crate::x509::der::{tag, wrap};

/// The complete base64 lines of a request before its public key. They stay when the key is made: its size is known, its bits come later.
/// (The outermost length may differ in its last octet for ECDSA, whose signatures vary by a byte or two.)
///
/// # Errors
/// The faults of the form.
pub fn outline(form: &RequestForm, algorithm: KeyAlgorithm) -> Result<Vec<String>, BuildError> {
    let request = draft(form, algorithm)?;
    let key = placeholder(algorithm);
    let before_key = request.windows(key.len()).position(|window| window == key).unwrap_or_default();
    let text = base64::engine::general_purpose::STANDARD.encode(&request[..before_key / 48 * 48]);
    let lines = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok());
    Ok(lines.map(str::to_owned).collect())
}

/// The request as it would be, DER, around a key and a signature that are none: to look at and to judge before a key is made.
///
/// # Errors
/// The faults of the form.
pub fn draft(form: &RequestForm, algorithm: KeyAlgorithm) -> Result<Vec<u8>, BuildError> {
    let key = placeholder(algorithm);
    let info = to_be_signed(form, &key)?;
    let signature = SignatureAlgorithm::for_key(&key).ok_or_else(|| BuildError::Key(algorithm.words().to_owned()))?;
    assemble(&info, signature, &vec![0; signature_size(algorithm)])
}

impl KeyAlgorithm {
    /// Every algorithm, the recommended one first.
    pub const ALL: [Self; 7] = [Self::EcP256, Self::EcP384, Self::EcP521, Self::Ed25519, Self::Rsa2048, Self::Rsa3072, Self::Rsa4096];

    /// `EC P-256`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Rsa2048 => "RSA 2048",
            Self::Rsa3072 => "RSA 3072",
            Self::Rsa4096 => "RSA 4096",
            Self::EcP256 => "EC P-256",
            Self::EcP384 => "EC P-384",
            Self::EcP521 => "EC P-521",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The signature a request of such a key carries.
    #[must_use]
    pub fn signature_words(self) -> &'static str {
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => "SHA-256 with RSA",
            Self::EcP256 => "ECDSA with SHA-256",
            Self::EcP384 => "ECDSA with SHA-384",
            Self::EcP521 => "ECDSA with SHA-512",
            Self::Ed25519 => "Ed25519",
        }
    }

    fn rsa_octets(self) -> Option<usize> {
        match self {
            Self::Rsa2048 => Some(256),
            Self::Rsa3072 => Some(384),
            Self::Rsa4096 => Some(512),
            Self::EcP256 | Self::EcP384 | Self::EcP521 | Self::Ed25519 => None,
        }
    }
}

/// A SubjectPublicKeyInfo of the size and kind, with a key that is none.
fn placeholder(algorithm: KeyAlgorithm) -> Vec<u8> {
    const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    const P256: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    const P384: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
    const P521: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];
    const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
    let (identifier, key) = match (algorithm.rsa_octets(), algorithm) {
        (Some(octets), _) => {
            let modulus = [&[0][..], &vec![0xff; octets]].concat();
            let numbers = [wrap(tag::INTEGER, &modulus), wrap(tag::INTEGER, &[1, 0, 1])].concat();
            (RSA, wrap(tag::SEQUENCE, &numbers))
        }
        (None, KeyAlgorithm::EcP384) => (P384, [&[4][..], &[1; 96]].concat()),
        (None, KeyAlgorithm::EcP521) => (P521, [&[4][..], &[1; 132]].concat()),
        (None, KeyAlgorithm::Ed25519) => (ED25519, vec![1; 32]),
        (None, _) => (P256, [&[4][..], &[1; 64]].concat()),
    };
    let bits = wrap(tag::BIT_STRING, &[&[0][..], &key].concat());
    wrap(tag::SEQUENCE, &[wrap(tag::SEQUENCE, identifier), bits].concat())
}

fn signature_size(algorithm: KeyAlgorithm) -> usize {
    algorithm.rsa_octets().unwrap_or(match algorithm {
        KeyAlgorithm::EcP384 => 103,
        KeyAlgorithm::EcP521 => 138,
        KeyAlgorithm::Ed25519 => 64,
        _ => 71,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::pem;

    #[test]
    fn the_outline_is_how_the_request_begins() {
        let form = RequestForm {
            common_name: "sesta.siroe.com".into(),
            organization: "Siroe".into(),
            organizational_unit: "Messaging".into(),
            locality: "Santa Clara".into(),
            subject_alternative_names: "sesta.siroe.com".into(),
            ..RequestForm::default()
        };
        for algorithm in KeyAlgorithm::ALL {
            let lines = outline(&form, algorithm).unwrap();
            assert!(!lines.is_empty());
            let key = placeholder(algorithm);
            let info = to_be_signed(&form, &key).unwrap();
            let request = assemble(&info, SignatureAlgorithm::for_key(&key).unwrap(), &vec![1; signature_size(algorithm)]).unwrap();
            let whole = pem(&request);
            let shown: Vec<&str> = whole.lines().skip(1).take(lines.len()).collect();
            assert_eq!(shown, lines, "{}", algorithm.words());
        }
    }

    #[test]
    fn a_faulty_form_has_no_outline() {
        assert!(outline(&RequestForm::default(), KeyAlgorithm::EcP256).is_err());
    }
}
