//! Signature algorithms: IANA's registries TLS SignatureScheme, HashAlgorithm and SignatureAlgorithm.

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// Its number on the wire.
    pub number: u16,
    /// Its name in IANA's registry; those of TLS 1.2 alone as `hash_signature`.
    pub name: &'static str,
    /// Whether its hash can be collided.
    pub weak: bool,
}

const fn algorithm(number: u16, name: &'static str, weak: bool) -> SignatureAlgorithm {
    SignatureAlgorithm { number, name, weak }
}

/// All of them that a server can be asked for.
pub const SIGNATURE_ALGORITHMS: &[SignatureAlgorithm] = &[
    algorithm(0x0804, "rsa_pss_rsae_sha256", false),
    algorithm(0x0805, "rsa_pss_rsae_sha384", false),
    algorithm(0x0806, "rsa_pss_rsae_sha512", false),
    algorithm(0x0809, "rsa_pss_pss_sha256", false),
    algorithm(0x080A, "rsa_pss_pss_sha384", false),
    algorithm(0x080B, "rsa_pss_pss_sha512", false),
    algorithm(0x0401, "rsa_pkcs1_sha256", false),
    algorithm(0x0501, "rsa_pkcs1_sha384", false),
    algorithm(0x0601, "rsa_pkcs1_sha512", false),
    algorithm(0x0403, "ecdsa_secp256r1_sha256", false),
    algorithm(0x0503, "ecdsa_secp384r1_sha384", false),
    algorithm(0x0603, "ecdsa_secp521r1_sha512", false),
    algorithm(0x0807, "ed25519", false),
    algorithm(0x0808, "ed448", false),
    algorithm(0x081A, "ecdsa_brainpoolP256r1tls13_sha256", false),
    algorithm(0x081B, "ecdsa_brainpoolP384r1tls13_sha384", false),
    algorithm(0x081C, "ecdsa_brainpoolP512r1tls13_sha512", false),
    algorithm(0x0904, "mldsa44", false),
    algorithm(0x0905, "mldsa65", false),
    algorithm(0x0906, "mldsa87", false),
    algorithm(0x0402, "sha256_dsa", false),
    algorithm(0x0502, "sha384_dsa", false),
    algorithm(0x0602, "sha512_dsa", false),
    algorithm(0x0301, "sha224_rsa", false),
    algorithm(0x0302, "sha224_dsa", false),
    algorithm(0x0303, "sha224_ecdsa", false),
    algorithm(0x0201, "rsa_pkcs1_sha1", true),
    algorithm(0x0202, "sha1_dsa", true),
    algorithm(0x0203, "ecdsa_sha1", true),
    algorithm(0x0101, "md5_rsa", true),
];

/// The one with this number.
#[must_use]
pub fn by_number(number: u16) -> Option<&'static SignatureAlgorithm> {
    SIGNATURE_ALGORITHMS.iter().find(|algorithm| algorithm.number == number)
}
