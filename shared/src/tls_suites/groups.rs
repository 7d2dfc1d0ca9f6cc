//! Groups of the key exchange: IANA's registry of supported groups.

/// A group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Its number on the wire.
    pub number: u16,
    /// Its name.
    pub name: &'static str,
    /// Bits of security against computers of today, about; 0 where nobody says.
    pub bits: u16,
    /// What it is for.
    pub family: Family,
}

/// What a group is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// An elliptic curve.
    Curve,
    /// An elliptic curve that only TLS 1.3 has.
    Curve13,
    /// Finite-field Diffie-Hellman (RFC 7919).
    FiniteField,
    /// ML-KEM, mostly together with a curve: what is recorded now stays secret when there are quantum computers. TLS 1.3 alone.
    PostQuantum,
}

const fn group(number: u16, name: &'static str, bits: u16, family: Family) -> Group {
    Group { number, name, bits, family }
}

use Family::{Curve, Curve13, FiniteField, PostQuantum};

/// All of them, by number.
pub const GROUPS: &[Group] = &[
    group(1, "sect163k1", 80, Curve),
    group(2, "sect163r1", 80, Curve),
    group(3, "sect163r2", 80, Curve),
    group(4, "sect193r1", 96, Curve),
    group(5, "sect193r2", 96, Curve),
    group(6, "sect233k1", 112, Curve),
    group(7, "sect233r1", 112, Curve),
    group(8, "sect239k1", 112, Curve),
    group(9, "sect283k1", 128, Curve),
    group(10, "sect283r1", 128, Curve),
    group(11, "sect409k1", 192, Curve),
    group(12, "sect409r1", 192, Curve),
    group(13, "sect571k1", 256, Curve),
    group(14, "sect571r1", 256, Curve),
    group(15, "secp160k1", 80, Curve),
    group(16, "secp160r1", 80, Curve),
    group(17, "secp160r2", 80, Curve),
    group(18, "secp192k1", 96, Curve),
    group(19, "secp192r1", 96, Curve),
    group(20, "secp224k1", 112, Curve),
    group(21, "secp224r1", 112, Curve),
    group(22, "secp256k1", 128, Curve),
    group(23, "secp256r1", 128, Curve),
    group(24, "secp384r1", 192, Curve),
    group(25, "secp521r1", 256, Curve),
    group(26, "brainpoolP256r1", 128, Curve),
    group(27, "brainpoolP384r1", 192, Curve),
    group(28, "brainpoolP512r1", 256, Curve),
    group(29, "X25519", 128, Curve),
    group(30, "X448", 224, Curve),
    group(31, "brainpoolP256r1tls13", 128, Curve13),
    group(32, "brainpoolP384r1tls13", 192, Curve13),
    group(33, "brainpoolP512r1tls13", 256, Curve13),
    group(34, "GC256A", 128, Curve),
    group(35, "GC256B", 128, Curve),
    group(36, "GC256C", 128, Curve),
    group(37, "GC256D", 128, Curve),
    group(38, "GC512A", 256, Curve),
    group(39, "GC512B", 256, Curve),
    group(40, "GC512C", 256, Curve),
    group(41, "curveSM2", 128, Curve13),
    group(256, "ffdhe2048", 112, FiniteField),
    group(257, "ffdhe3072", 128, FiniteField),
    group(258, "ffdhe4096", 152, FiniteField),
    group(259, "ffdhe6144", 176, FiniteField),
    group(260, "ffdhe8192", 192, FiniteField),
    group(512, "MLKEM512", 128, PostQuantum),
    group(513, "MLKEM768", 192, PostQuantum),
    group(514, "MLKEM1024", 256, PostQuantum),
    group(4587, "SecP256r1MLKEM768", 128, PostQuantum),
    group(4588, "X25519MLKEM768", 128, PostQuantum),
    group(4589, "SecP384r1MLKEM1024", 192, PostQuantum),
    group(4590, "curveSM2MLKEM768", 128, PostQuantum),
    // Drafts that browsers had before ML-KEM was a standard.
    group(25497, "X25519Kyber768Draft00", 128, PostQuantum),
    group(25498, "SecP256r1Kyber768Draft00", 128, PostQuantum),
];

/// The one with this number.
#[must_use]
pub fn by_number(number: u16) -> Option<&'static Group> {
    GROUPS.iter().find(|group| group.number == number)
}

/// The one with this name, in IANA's spelling, ours or OpenSSL's.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Group> {
    let name = match name {
        "prime256v1" | "P-256" => "secp256r1",
        "P-384" => "secp384r1",
        "P-521" => "secp521r1",
        other => other,
    };
    GROUPS.iter().find(|group| group.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_in_order_and_found_by_number_and_name() {
        assert!(GROUPS.is_sorted_by_key(|group| group.number));
        assert_eq!(by_number(0x11EC).unwrap().name, "X25519MLKEM768");
        assert_eq!(by_name("prime256v1"), by_number(23));
        assert_eq!(by_name("x25519"), by_number(29));
        assert_eq!(by_number(42), None);
    }
}
