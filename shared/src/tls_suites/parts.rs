//! What a suite is made of. IANA's names say it: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.

use super::Suite;

/// What a suite is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// How the secret is made: `ECDHE`, `DHE`, `RSA`, `ECDH`, `DH`, `PSK`, `any` in TLS 1.3.
    pub key_exchange: &'static str,
    /// With what the server proves itself: `RSA`, `ECDSA`, `DSS`, `PSK`, `none` for nobody, `any` in TLS 1.3.
    pub authentication: &'static str,
    /// The cipher with its mode, such as `AES_128_GCM`; `NULL` for none.
    pub cipher: &'static str,
    /// Bits of the cipher's key that an attacker has to find; 112 for triple DES (NIST SP 800-57).
    pub bits: u16,
    /// `AEAD`, or the hash of the HMAC.
    pub mac: &'static str,
    /// Whether encryption and authentication are one.
    pub aead: bool,
    /// Whether what was recorded stays secret when the key of the certificate is lost.
    pub forward_secrecy: bool,
    /// Whether it was made weak for export from the United States of the 1990s.
    pub export: bool,
}

impl Suite {
    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let plain = self.name.trim_start_matches("TLS_").trim_start_matches("SSL_").trim_end_matches("_OLD").trim_end_matches("_2");
        let (exchange, rest) = plain.split_once("_WITH_").unwrap_or(("", plain));
        let export = exchange.contains("EXPORT") || rest.contains("_40") || rest.contains("DES40");
        let (key_exchange, authentication) = exchanged(exchange);
        let (cipher, mac) = split(rest);
        let aead = mac == "AEAD";
        Parts {
            key_exchange,
            authentication,
            cipher,
            bits: bits(cipher),
            mac,
            aead,
            forward_secrecy: matches!(key_exchange, "ECDHE" | "DHE" | "ECCPWD") || self.is_tls13(),
            export,
        }
    }
}

/// Key exchange and authentication of what stands before `WITH`.
fn exchanged(exchange: &'static str) -> (&'static str, &'static str) {
    let exchange = exchange.trim_end_matches("_EXPORT1024").trim_end_matches("_EXPORT");
    match exchange {
        "" => ("any", "any"),
        "RSA" | "RSA_FIPS" => ("RSA", "RSA"),
        "RSA_PSK" => ("RSA", "RSA and PSK"),
        "PSK_DHE" => ("DHE", "PSK"),
        "PSK" | "KRB5" | "ECCPWD" => (exchange, exchange),
        "SRP_SHA" => ("SRP", "SRP"),
        "SRP_SHA_RSA" => ("SRP", "RSA"),
        "SRP_SHA_DSS" => ("SRP", "DSS"),
        _ if exchange.starts_with("GOST") => ("GOST", "GOST"),
        // An exchange that nobody signs is made anew each time, whatever it is called.
        "DH_anon" => ("DHE", "none"),
        "ECDH_anon" => ("ECDHE", "none"),
        _ => exchange.split_once('_').unwrap_or((exchange, "unknown")),
    }
}

/// Cipher and MAC of what stands after `WITH`.
fn split(rest: &'static str) -> (&'static str, &'static str) {
    // RFC 9150: no encryption, in TLS 1.3.
    if let "SHA256_SHA256" | "SHA384_SHA384" = rest {
        return ("NULL", rest.get(..6).unwrap_or(rest));
    }
    let (cipher, hash) = match rest.rsplit_once('_') {
        Some((cipher, hash @ ("SHA" | "SHA256" | "SHA384" | "SHA512" | "SM3" | "MD5" | "GOSTR3411" | "IMIT" | "OMAC"))) => (cipher, hash),
        _ => (rest, "AEAD"),
    };
    let aead =
        ["GCM", "CCM", "CCM_8", "POLY1305", "MGM_L", "MGM_S"].iter().any(|mode| cipher.ends_with(mode)) || cipher.starts_with("AEGIS");
    (cipher, if aead { "AEAD" } else { hash })
}

fn bits(cipher: &str) -> u16 {
    match cipher {
        "NULL" => 0,
        _ if cipher.contains("_40") || cipher.contains("DES40") => 40,
        _ if cipher.starts_with("DES_") || cipher.contains("_56") => 56,
        _ if cipher.starts_with("3DES") => 112,
        _ if cipher.contains("256") || cipher.starts_with("CHACHA") => 256,
        // GOST 28147-89, Kuznyechik and Magma.
        _ if cipher.starts_with("28147") || cipher.starts_with("KUZ") || cipher.starts_with("MAGMA") => 256,
        _ => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, by_name};

    #[test]
    fn names_say_what_suites_are_made_of() {
        let told = |name: &str| {
            let parts = by_name(name).unwrap().parts();
            let flags = [(parts.aead, "aead"), (parts.forward_secrecy, "forward"), (parts.export, "export")];
            let flags: Vec<&str> = flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
            format!("{} {} {} {} {} {}", parts.key_exchange, parts.authentication, parts.cipher, parts.bits, parts.mac, flags.join(" "))
        };
        for (name, words) in [
            ("TLS_AES_128_GCM_SHA256", "any any AES_128_GCM 128 AEAD aead forward"),
            ("TLS_AEGIS_256_SHA512", "any any AEGIS_256 256 AEAD aead forward"),
            ("TLS_SHA256_SHA256", "any any NULL 0 SHA256 forward"),
            ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE RSA AES_256_CBC 256 SHA384 forward"),
            ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE ECDSA CHACHA20_POLY1305 256 AEAD aead forward"),
            ("TLS_RSA_WITH_AES_128_CCM_8", "RSA RSA AES_128_CCM_8 128 AEAD aead"),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", "RSA RSA RC4_40 40 MD5 export"),
            ("TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA", "KRB5 KRB5 DES_CBC_40 40 SHA export"),
            ("TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA", "DHE DSS DES_CBC 56 SHA forward export"),
            ("TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "DHE none 3DES_EDE_CBC 112 SHA forward"),
            ("TLS_RSA_WITH_NULL_SHA256", "RSA RSA NULL 0 SHA256 "),
            ("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "ECDHE PSK AES_128_GCM 128 AEAD aead forward"),
            ("TLS_DH_RSA_WITH_AES_128_CBC_SHA", "DH RSA AES_128_CBC 128 SHA "),
            ("SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA", "RSA RSA 3DES_EDE_CBC 112 SHA "),
        ] {
            assert_eq!(told(name), words, "{name}");
        }
    }

    #[test]
    fn every_name_is_understood() {
        for suite in all() {
            let parts = suite.parts();
            assert!(parts.authentication != "unknown" && !parts.cipher.contains("SHA"), "{} {parts:?}", suite.name);
            assert_eq!(parts.bits == 0, parts.cipher == "NULL", "{}", suite.name);
        }
    }
}
