//! What is to be thought of a suite today.

use super::Suite;
use crate::api::endpoint::Grade;

/// What is to be said against a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    /// How heavy it is.
    pub grade: Grade,
    /// Stable name of the reason.
    pub code: &'static str,
    /// The reason, as a sentence.
    pub words: &'static str,
}

impl Suite {
    /// The heaviest that is to be said against it; nothing for a good one.
    #[must_use]
    pub fn judgement(&self) -> Option<Judgement> {
        let parts = self.parts();
        let cipher = parts.cipher;
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| cipher.starts_with(beginning));
        let (grade, code, words) = match () {
            () if cipher == "NULL" => (Grade::Bad, "null-cipher", "Nothing is encrypted: everybody on the way reads along."),
            () if parts.authentication == "none" => {
                (Grade::Bad, "anonymous", "The server proves nothing: anybody on the way can be the server.")
            }
            () if parts.export => {
                (Grade::Bad, "export", "Made weak for export: its key is found at once, and FREAK and Logjam let others choose it.")
            }
            () if begins(&["RC4"]) => (Grade::Bad, "rc4", "RC4 is forbidden in TLS (RFC 7465); what it hides can be recovered."),
            () if begins(&["DES", "RC2"]) => (Grade::Bad, "des", "A key of 56 bits is found by trying (RFC 5469)."),
            () if begins(&["3DES", "IDEA", "28147", "MAGMA"]) => {
                (Grade::Weak, "small-blocks", "Blocks of 64 bits let long sessions be read (Sweet32).")
            }
            () if parts.mac == "MD5" => (Grade::Weak, "md5", "MD5 is broken."),
            () if !parts.forward_secrecy && parts.authentication != "PSK" => (
                Grade::Weak,
                "no-forward-secrecy",
                "Without forward secrecy: whoever gets the server's key reads what was recorded before (RFC 9325 section 4.1).",
            ),
            () if parts.key_exchange == "DHE" => (
                Grade::Note,
                "finite-field",
                "Finite-field Diffie-Hellman: clients cannot see how good its parameters are (RFC 9325 section 4.1); ECDHE is better and faster.",
            ),
            () if cipher.ends_with("CBC") => (
                Grade::Note,
                "cbc",
                "CBC with its MAC inside was the ground of attacks such as Lucky 13; AES-GCM and ChaCha20-Poly1305 are not.",
            ),
            () if cipher.ends_with("CCM_8") => {
                (Grade::Note, "short-tag", "Its tag is half as long as that of others; made for small devices.")
            }
            () => return None,
        };
        Some(Judgement { grade, code, words })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, by_name, by_number};
    use crate::api::endpoint::Grade;
    use crate::api::plan::TlsProfile;
    use crate::sun::CIPHERS;
    use crate::tls_profiles::recommendation;

    #[test]
    fn what_is_recommended_is_good() {
        for name in recommendation(TlsProfile::Intermediate).iana_names() {
            assert_eq!(by_name(name).unwrap().judgement(), None, "{name}");
        }
    }

    #[test]
    fn the_six_of_the_messaging_server_are_bad_or_weak() {
        for cipher in CIPHERS {
            let number = cipher.openssl.rsplit_once("0x").unwrap().1;
            let suite = by_number(u16::from_str_radix(number, 16).unwrap()).unwrap();
            assert!(suite.judgement().is_some_and(|judgement| judgement.grade < Grade::Note), "{}", suite.name);
        }
    }

    #[test]
    fn grades_are_given() {
        let grade = |name: &str| by_name(name).unwrap().judgement().map(|judgement| judgement.grade);
        for (name, expected) in [
            ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", Some(Grade::Note)),
            ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", Some(Grade::Note)),
            ("TLS_RSA_WITH_AES_128_GCM_SHA256", Some(Grade::Weak)),
            ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Some(Grade::Weak)),
            ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", Some(Grade::Bad)),
            ("TLS_ECDH_anon_WITH_AES_128_CBC_SHA", Some(Grade::Bad)),
            ("TLS_AES_128_CCM_8_SHA256", Some(Grade::Note)),
            ("TLS_CHACHA20_POLY1305_SHA256", None),
        ] {
            assert_eq!(grade(name), expected, "{name}");
        }
        assert!(all().iter().filter(|suite| suite.judgement().is_none()).count() < 60);
    }
}
