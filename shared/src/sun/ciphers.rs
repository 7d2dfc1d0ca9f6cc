//! The ciphers of table 23-2 of the Messaging Server's manual, with their names in NSS's short spelling, in OpenSSL and at IANA.

/// A cipher suite of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cipher {
    /// NSS's short name, which configurations take.
    pub name: &'static str,
    /// In the manual's words.
    pub words: &'static str,
    /// OpenSSL's name and the number.
    pub openssl: &'static str,
    /// What is so today.
    pub today: &'static str,
}

/// The six of the manual, which says: "Unless you have a compelling reason for not using a specific cipher, you should support them all."
pub const CIPHERS: &[Cipher] = &[
    Cipher {
        name: "rsa_rc4_128_md5",
        words: "RC4 with 128-bit encryption and MD5 message authentication",
        openssl: "RC4-MD5, 0x0004",
        today: "RC4 is forbidden in TLS (RFC 7465); what it hides can be recovered.",
    },
    Cipher {
        name: "rsa_3des_sha",
        words: "Triple DES with 168-bit encryption and SHA message authentication",
        openssl: "DES-CBC3-SHA, 0x000A",
        today: "Blocks of 64 bits let long sessions be read (Sweet32), and without forward secrecy the key opens what was recorded.",
    },
    Cipher {
        name: "rsa_des_sha",
        words: "DES with 56-bit encryption and SHA message authentication",
        openssl: "DES-CBC-SHA, 0x0009",
        today: "A key of 56 bits is found by trying; DES must not be used (RFC 5469).",
    },
    Cipher {
        name: "rsa_rc4_40_md5",
        words: "RC4 with 40-bit encryption and MD5 message authentication",
        openssl: "EXP-RC4-MD5, 0x0003",
        today: "Made weak for export: 40 bits are found at once, and FREAK lets others choose it.",
    },
    Cipher {
        name: "rsa_rc2_40_md5",
        words: "RC2 with 40-bit encryption and MD5 message authentication",
        openssl: "EXP-RC2-CBC-MD5, 0x0006",
        today: "Made weak for export: 40 bits are found at once, and FREAK lets others choose it.",
    },
    Cipher {
        name: "rsa_null_md5",
        words: "No encryption, only MD5 message authentication",
        openssl: "NULL-MD5, 0x0001",
        today: "Nothing is encrypted: everybody on the way reads along.",
    },
];

/// A cipher by its short name.
#[must_use]
pub fn cipher(name: &str) -> Option<&'static Cipher> {
    CIPHERS.iter().find(|cipher| cipher.name.eq_ignore_ascii_case(name))
}

/// Those of a list that must not be used: names with commas between them, `+` or nothing before those that are on.
#[must_use]
pub fn forbidden(list: &str) -> Vec<&'static Cipher> {
    let names = list.split([',', ' ', '\t']).filter(|name| !name.is_empty() && !name.starts_with('-'));
    names.filter_map(|name| cipher(name.trim_start_matches('+'))).collect()
}
