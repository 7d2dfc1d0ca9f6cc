//! Mozilla's recommended TLS configurations for servers, as data: <https://ssl-config.mozilla.org/guidelines/6.0.json>. Each service's
//! editor spells them as its program does.

pub mod clients;

use crate::api::inventory::ComparedProfile;
use crate::api::plan::{TlsProfile, TlsVersion};

/// Version of the guidelines that the data is of.
pub const VERSION: &str = "6.0";

/// A recommended configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recommendation {
    /// The lowest version of TLS; the highest is 1.3 in all of them.
    pub lowest: TlsVersion,
    /// Cipher suites of TLS 1.2, the first preferred; none where 1.2 is not spoken.
    pub suites: &'static [CipherSuite],
    /// Cipher suites of TLS 1.3 (RFC 8446), which IANA and OpenSSL call the same.
    pub tls13_suites: &'static [&'static str],
    /// Groups of the key exchange, as OpenSSL calls them. The first is known from OpenSSL 3.5 on.
    pub groups: &'static [&'static str],
    /// Bits of Diffie-Hellman parameters, for programs that want a file of them.
    pub dh_bits: Option<u32>,
    /// Whether the server's order of suites counts rather than the client's.
    pub server_order: bool,
}

/// A cipher suite of TLS 1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CipherSuite {
    /// Name in IANA's registry, which Java uses as well.
    pub iana: &'static str,
    /// OpenSSL's name.
    pub openssl: &'static str,
}

const fn suite(iana: &'static str, openssl: &'static str) -> CipherSuite {
    CipherSuite { iana, openssl }
}

const TLS13_SUITES: &[&str] = &["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const GROUPS: &[&str] = &["X25519MLKEM768", "X25519", "prime256v1", "secp384r1"];

const MODERN: Recommendation = Recommendation {
    lowest: TlsVersion::Tls13,
    suites: &[],
    tls13_suites: TLS13_SUITES,
    groups: GROUPS,
    dh_bits: None,
    server_order: false,
};

const INTERMEDIATE: Recommendation = Recommendation {
    lowest: TlsVersion::Tls12,
    suites: &[
        suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        suite("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
        suite("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
        suite("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
    ],
    tls13_suites: TLS13_SUITES,
    groups: GROUPS,
    dh_bits: Some(2048),
    server_order: false,
};

/// Version of the guidelines that had the profile for old clients last.
const VERSION_OF_OLD: &str = "5.8";

/// What is only compared with: nothing is configured like this any more.
const OLD: Recommendation = Recommendation {
    lowest: TlsVersion::Tls10,
    suites: &[
        suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        suite("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
        suite("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
        suite("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
        suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256"),
        suite("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384"),
        suite("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"),
        suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
        suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384"),
        suite("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384"),
        suite("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
        suite("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
        suite("TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "DHE-RSA-AES128-SHA256"),
        suite("TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256"),
        suite("TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        suite("TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        suite("TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"),
        suite("TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256"),
        suite("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
        suite("TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"),
        suite("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"),
    ],
    tls13_suites: TLS13_SUITES,
    groups: &["X25519", "prime256v1", "secp384r1"],
    dh_bits: Some(1024),
    server_order: true,
};

/// What an endpoint is compared with, and the version of the guidelines that it is of.
#[must_use]
pub fn compared_with(profile: ComparedProfile) -> (&'static str, &'static Recommendation) {
    match profile {
        ComparedProfile::Modern => (VERSION, &MODERN),
        ComparedProfile::Intermediate => (VERSION, &INTERMEDIATE),
        ComparedProfile::Old => (VERSION_OF_OLD, &OLD),
    }
}

/// What a profile recommends.
#[must_use]
pub fn recommendation(profile: TlsProfile) -> &'static Recommendation {
    match profile {
        TlsProfile::Modern => &MODERN,
        TlsProfile::Intermediate => &INTERMEDIATE,
    }
}

impl Recommendation {
    /// The suites of TLS 1.2 as OpenSSL takes them in one word, separated by colons; nothing where 1.2 is not spoken.
    #[must_use]
    pub fn openssl_list(&self) -> Option<String> {
        let names: Vec<&str> = self.suites.iter().map(|suite| suite.openssl).collect();
        (!names.is_empty()).then(|| names.join(":"))
    }

    /// All suites by their names in IANA's registry, those of TLS 1.3 first.
    #[must_use]
    pub fn iana_names(&self) -> Vec<&'static str> {
        self.tls13_suites.iter().copied().chain(self.suites.iter().map(|suite| suite.iana)).collect()
    }
}

impl TlsVersion {
    /// All versions, the lowest first.
    pub const ALL: [Self; 4] = [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// OpenSSL's name, which most programs use: `TLSv1`, `TLSv1.2`.
    #[must_use]
    pub fn openssl_name(self) -> &'static str {
        match self {
            Self::Tls10 => "TLSv1",
            Self::Tls11 => "TLSv1.1",
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }

    /// The versions between two, both included.
    pub fn between(lowest: Self, highest: Self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |version| (lowest..=highest).contains(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_registry() {
        for profile in [ComparedProfile::Modern, ComparedProfile::Intermediate, ComparedProfile::Old] {
            for suite in compared_with(profile).1.suites {
                let known = crate::tls_suites::by_name(suite.iana).unwrap();
                assert_eq!(known.openssl, Some(suite.openssl));
            }
        }
    }

    #[test]
    fn lists_are_spelt_for_openssl_and_java() {
        assert_eq!(recommendation(TlsProfile::Modern).openssl_list(), None);
        let intermediate = recommendation(TlsProfile::Intermediate);
        assert!(intermediate.openssl_list().unwrap().starts_with("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128"));
        assert_eq!(intermediate.iana_names().len(), 9);
        let spoken: Vec<&str> = TlsVersion::between(intermediate.lowest, TlsVersion::Tls13).map(TlsVersion::openssl_name).collect();
        assert_eq!(spoken, ["TLSv1.2", "TLSv1.3"]);
    }
}
