//! Keys for generated certificates: made once a run, because it is keys that cost time.

use std::sync::OnceLock;

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

/// What can be chosen from.
pub struct Keys {
    /// P-256, plenty: the usual key of a certificate.
    pub usual: Vec<PKey<Private>>,
    /// RSA 2048.
    pub rsa: Vec<PKey<Private>>,
    /// Others that NSS accepts: P-384, P-521, RSA of 1024 bits.
    pub other: Vec<PKey<Private>>,
    /// That NSS refuses to verify with: RSA of 768 bits, secp256k1.
    pub refused: Vec<PKey<Private>>,
    /// Ed25519: for leaves only.
    pub edwards: PKey<Private>,
}

fn ec(curve: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()).unwrap()
}

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

/// The keys of this run.
pub fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys {
        usual: (0..8).map(|_| ec(Nid::X9_62_PRIME256V1)).collect(),
        rsa: (0..3).map(|_| rsa(2048)).collect(),
        other: vec![ec(Nid::SECP384R1), ec(Nid::SECP521R1), rsa(1024)],
        refused: vec![rsa(768), ec(Nid::SECP256K1)],
        edwards: PKey::generate_ed25519().unwrap(),
    })
}
