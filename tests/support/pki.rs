//! A CA with an intermediate, and pairs of certificate and key as daemons are given them: good ones, and every kind of bad one.

use std::sync::atomic::{AtomicU32, Ordering};

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::symm::Cipher;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameRef};

/// Password of the keys that are encrypted.
pub const KEY_PASSWORD: &str = "open sesame, 1";

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, with this many bits.
    Rsa(u32),
    /// EC on P-256.
    Ec,
}

/// Root, intermediate, and what they sign.
pub struct Pki {
    root: (X509, PKey<Private>),
    intermediate: (X509, PKey<Private>),
}

/// A certificate with its chain and its key.
#[derive(Clone)]
pub struct Pair {
    /// Its common name, which is one of its host names, too.
    pub name: String,
    leaf: X509,
    chain: Vec<X509>,
    root: X509,
    key: PKey<Private>,
}

impl Pki {
    /// A new root and an intermediate.
    pub fn new() -> Self {
        let root_key = key(KeyKind::Ec);
        let root_name = name("Certdeck tests root");
        let root = certificate(&root_name, &root_key, (&root_name, &root_key), (days(0), days(3650)), |builder| {
            builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap()).unwrap();
        });
        let intermediate_key = key(KeyKind::Ec);
        let issuer = (root.subject_name(), &root_key);
        let intermediate = certificate(&name("Certdeck tests intermediate"), &intermediate_key, issuer, (days(0), days(1800)), |builder| {
            builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build().unwrap()).unwrap();
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build().unwrap()).unwrap();
        });
        Self { root: (root, root_key), intermediate: (intermediate, intermediate_key) }
    }

    /// A good pair: RSA 2048, valid for 90 days for this name, `localhost` and 127.0.0.1.
    pub fn pair(&self, common_name: &str) -> Pair {
        self.pair_with(common_name, KeyKind::Rsa(2048))
    }

    /// The same with another kind of key.
    pub fn pair_with(&self, common_name: &str, kind: KeyKind) -> Pair {
        self.signed(common_name, key(kind), (days(0), days(90)))
    }

    /// A pair that ended years ago.
    pub fn expired_pair(&self, common_name: &str) -> Pair {
        self.signed(common_name, key(KeyKind::Rsa(2048)), (on("20200101000000Z"), on("20210101000000Z")))
    }

    /// A new certificate for the key of another pair: what a renewal gives.
    pub fn renewed(&self, pair: &Pair) -> Pair {
        self.signed(&pair.name, pair.key.clone(), (days(0), days(180)))
    }

    /// A new certificate for the same name with a key of its own: what a re-key gives.
    pub fn rekeyed(&self, pair: &Pair) -> Pair {
        self.signed(&pair.name, key(KeyKind::Rsa(2048)), (days(0), days(180)))
    }

    /// The root, DER.
    pub fn root(&self) -> Vec<u8> {
        self.root.0.to_der().unwrap()
    }

    fn signed(&self, common_name: &str, key: PKey<Private>, life: (Asn1Time, Asn1Time)) -> Pair {
        let (issuer, issuer_key) = &self.intermediate;
        let leaf = certificate(&name(common_name), &key, (issuer.subject_name(), issuer_key), life, |builder| {
            let context = builder.x509v3_context(Some(issuer), None);
            let names = SubjectAlternativeName::new().dns(common_name).dns("localhost").ip("127.0.0.1").build(&context).unwrap();
            builder.append_extension(names).unwrap();
            builder.append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build().unwrap()).unwrap();
        });
        Pair { name: common_name.to_owned(), leaf, chain: vec![issuer.clone()], root: self.root.0.clone(), key }
    }
}

impl Default for Pki {
    fn default() -> Self {
        Self::new()
    }
}

impl Pair {
    /// The leaf, DER.
    pub fn leaf(&self) -> Vec<u8> {
        self.leaf.to_der().unwrap()
    }

    /// The intermediate certificates, DER.
    pub fn chain(&self) -> Vec<Vec<u8>> {
        self.chain.iter().map(|certificate| certificate.to_der().unwrap()).collect()
    }

    /// SHA-256 of the leaf, lower-case hex.
    pub fn fingerprint(&self) -> String {
        openssl::sha::sha256(&self.leaf()).iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// Leaf and intermediates as PEM: what daemons call the certificate file.
    pub fn certificate_file(&self) -> String {
        pem([&self.leaf].into_iter().chain(&self.chain))
    }

    /// The leaf alone: a file without the chain.
    pub fn leaf_file(&self) -> String {
        pem([&self.leaf])
    }

    /// The intermediates alone.
    pub fn chain_file(&self) -> String {
        pem(&self.chain)
    }

    /// The chain before the leaf: what a careless `cat` makes.
    pub fn wrong_order_file(&self) -> String {
        pem(self.chain.iter().chain([&self.leaf]))
    }

    /// The root, for those who verify.
    pub fn root_file(&self) -> String {
        pem([&self.root])
    }

    /// The key, PKCS#8.
    pub fn key_file(&self) -> String {
        String::from_utf8(self.key.private_key_to_pem_pkcs8().unwrap()).unwrap()
    }

    /// Whether this is its key, PEM.
    pub fn has_key(&self, pem: &str) -> bool {
        PKey::private_key_from_pem(pem.as_bytes()).is_ok_and(|key| key.public_eq(&self.key))
    }

    /// The key encrypted with [`KEY_PASSWORD`], which no daemon can type.
    pub fn encrypted_key_file(&self) -> String {
        let pem = self.key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), KEY_PASSWORD.as_bytes());
        String::from_utf8(pem.unwrap()).unwrap()
    }

    /// The leaf with its key and its chain as PKCS#12.
    pub fn pkcs12(&self, password: &str) -> Vec<u8> {
        sealed(self, &self.chain, password)
    }

    /// The same without the chain.
    pub fn pkcs12_without_chain(&self, password: &str) -> Vec<u8> {
        sealed(self, &[], password)
    }
}

fn sealed(pair: &Pair, chain: &[X509], password: &str) -> Vec<u8> {
    let mut certificates = openssl::stack::Stack::new().unwrap();
    chain.iter().for_each(|certificate| certificates.push(certificate.clone()).unwrap());
    let mut builder = openssl::pkcs12::Pkcs12::builder();
    builder.name(&pair.name).pkey(&pair.key).cert(&pair.leaf).ca(certificates);
    builder.build2(password).unwrap().to_der().unwrap()
}

fn pem<'a>(certificates: impl IntoIterator<Item = &'a X509>) -> String {
    certificates.into_iter().map(|certificate| String::from_utf8(certificate.to_pem().unwrap()).unwrap()).collect()
}

/// What looks like a certificate or a key and is none.
pub fn garbage(label: &str) -> String {
    format!("-----BEGIN {label}-----\nbm90aGluZyB0aGF0IGFueWJvZHkgY291bGQgcmVhZA==\n-----END {label}-----\n")
}

fn key(kind: KeyKind) -> PKey<Private> {
    match kind {
        KeyKind::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap(),
        KeyKind::Ec => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
        }
    }
}

fn name(common_name: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_nid(Nid::COMMONNAME, common_name).unwrap();
    builder.build()
}

fn days(from_now: u32) -> Asn1Time {
    Asn1Time::days_from_now(from_now).unwrap()
}

fn on(moment: &str) -> Asn1Time {
    Asn1Time::from_str(moment).unwrap()
}

fn certificate(
    subject: &X509NameRef,
    key: &PKey<Private>,
    (issuer, issuer_key): (&X509NameRef, &PKey<Private>),
    (not_before, not_after): (Asn1Time, Asn1Time),
    extend: impl FnOnce(&mut X509Builder),
) -> X509 {
    static SERIAL: AtomicU32 = AtomicU32::new(0x4000_0000);
    let serial = BigNum::from_u32(SERIAL.fetch_add(1, Ordering::Relaxed)).unwrap().to_asn1_integer().unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&not_before).unwrap();
    builder.set_not_after(&not_after).unwrap();
    extend(&mut builder);
    builder.sign(issuer_key, MessageDigest::sha256()).unwrap();
    builder.build()
}
