//! Certificates of a small authority, made by OpenSSL for each test.

use certdeck::deploy::plan::{KeyStanding, MaterialReference, RootStanding, Source};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use time::OffsetDateTime;
use time::macros::datetime;

/// The time of all plans.
pub const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// What a certificate shall be.
pub struct Wish<'a> {
    pub name: &'a str,
    pub names: &'a [&'a str],
    pub from: OffsetDateTime,
    pub until: OffsetDateTime,
    pub ca: bool,
    pub purpose: Option<&'a str>,
    pub digest: MessageDigest,
}

impl<'a> Wish<'a> {
    /// A server that is good now.
    pub fn server(names: &'a [&'a str]) -> Self {
        Self {
            name: names[0],
            names,
            from: datetime!(2026-11-01 00:00 UTC),
            until: datetime!(2027-02-17 00:00 UTC),
            ca: false,
            purpose: Some("serverAuth"),
            digest: MessageDigest::sha256(),
        }
    }

    fn authority(name: &'a str) -> Self {
        Self {
            name,
            ca: true,
            purpose: None,
            until: datetime!(2036-01-01 00:00 UTC),
            from: datetime!(2020-01-01 00:00 UTC),
            ..Self::server(&[""])
        }
    }
}

/// A certificate with its key.
pub struct Pair {
    pub certificate: X509,
    pub key: PKey<Private>,
}

impl Pair {
    pub fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }

    pub fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    pub fn key_pem(&self) -> String {
        String::from_utf8(self.key.private_key_to_pem_pkcs8().unwrap()).unwrap()
    }

    pub fn public(&self) -> Vec<u8> {
        self.key.public_key_to_der().unwrap()
    }
}

pub fn ec() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

pub fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

/// Issues a certificate; it is signed with its own key when there is no issuer.
pub fn issue(wish: &Wish<'_>, key: PKey<Private>, issuer: Option<&Pair>) -> Pair {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", wish.name).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(63, openssl::bn::MsbOption::ONE, false).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer.map_or(&*name, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_pubkey(&key).unwrap();
    let instant = |instant: OffsetDateTime| Asn1Time::from_unix(instant.unix_timestamp()).unwrap();
    builder.set_not_before(&instant(wish.from)).unwrap();
    builder.set_not_after(&instant(wish.until)).unwrap();
    let mut basic = BasicConstraints::new();
    basic.critical();
    if wish.ca {
        basic.ca();
    }
    builder.append_extension(basic.build().unwrap()).unwrap();
    if let Some(purpose) = wish.purpose {
        builder.append_extension(ExtendedKeyUsage::new().other(purpose).build().unwrap()).unwrap();
    }
    let names: Vec<&&str> = wish.names.iter().filter(|name| !name.is_empty()).collect();
    if !names.is_empty() {
        let mut alternative = SubjectAlternativeName::new();
        for name in names {
            alternative.dns(name);
        }
        let built = alternative.build(&builder.x509v3_context(issuer.map(|issuer| &*issuer.certificate), None)).unwrap();
        builder.append_extension(built).unwrap();
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), wish.digest).unwrap();
    Pair { certificate: builder.build(), key }
}

/// A root, an intermediate authority, and what it issues.
pub struct Authority {
    pub root: Pair,
    pub middle: Pair,
}

impl Authority {
    pub fn new() -> Self {
        Self::until(datetime!(2036-01-01 00:00 UTC))
    }

    /// With an intermediate authority that ends then.
    pub fn until(end: OffsetDateTime) -> Self {
        let root = issue(&Wish::authority("Example Root"), ec(), None);
        let middle = issue(&Wish { until: end, ..Wish::authority("Example Intermediate") }, ec(), Some(&root));
        Self { root, middle }
    }

    pub fn server(&self, names: &[&str]) -> Pair {
        issue(&Wish::server(names), ec(), Some(&self.middle))
    }

    /// A certificate as its database has it: with its key, its chain and a root that is trusted.
    pub fn source(&self, pair: &Pair) -> Source {
        Source {
            reference: MaterialReference {
                database: "d".to_owned(),
                token: None,
                nickname: "server".to_owned(),
                leaf: pair.der(),
                chain: vec![self.middle.der()],
            },
            directory: "/var/lib/certdeck/database".into(),
            key: KeyStanding::Ready { public_key: pair.public() },
            root: RootStanding::Trusted { certificate: self.root.der() },
        }
    }
}
