//! Servers with certificates that no daemon of today would be given, or with a key that is not theirs.

use std::net::SocketAddr;
use std::sync::Arc;

use certdeck::probe::probe;
use certdeck_shared::api::probe::{NewProbe, ProbeEngine, ProbeOutcome};
use certdeck_shared::api::service::{Protocol, TlsMode};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509Name};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::server::{LIMIT, Room};

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

fn ec() -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()).unwrap()
}

/// A self-signed certificate of this version (0 is version 1) that ends at this moment.
fn certificate(key: &PKey<Private>, version: i32, not_after: &str) -> X509 {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "probe.example.org").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(version).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str(not_after).unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.sign(key, MessageDigest::sha256()).unwrap();
    builder.build()
}

#[tokio::test]
async fn old_and_expired_certificates_are_served_and_told() {
    let room = Room::new();
    for (name, key, version, not_after, engine) in [
        ("expired", ec(), 2, "20210101000000Z", ProbeEngine::Rustls),
        ("version-1", rsa(2048), 0, "20400101000000Z", ProbeEngine::Openssl),
        ("both", rsa(1024), 0, "20210101000000Z", ProbeEngine::Openssl),
    ] {
        let certificate = certificate(&key, version, not_after);
        std::fs::write(room.path(&format!("{name}.pem")), certificate.to_pem().unwrap()).unwrap();
        std::fs::write(room.path(&format!("{name}.key")), key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        for version in [&["-tls1_2", "-cipher", "ALL:@SECLEVEL=0"][..], &["-cipher", "ALL:@SECLEVEL=0"]] {
            let report = room.serve(name, version).probed().await;
            assert_eq!((report.outcome, report.engine), (ProbeOutcome::Served, Some(engine)), "{name} {version:?} {report:?}");
            assert!(report.serves(&room.fingerprint(name)));
            assert_eq!(report.leaf().unwrap().not_after.unwrap().year(), not_after[..4].parse::<i32>().unwrap());
        }
    }
}

/// Gives every client one certificate, and signs with whatever key it has.
#[derive(Debug)]
struct Careless(Arc<CertifiedKey>);

impl ResolvesServerCert for Careless {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

/// A server of rustls, which does not look whether they belong together.
fn careless(certificate: &X509, key: &PKey<Private>, version: &'static rustls::SupportedProtocolVersion) -> SocketAddr {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.private_key_to_pkcs8().unwrap()));
    let key = rustls::crypto::ring::sign::any_supported_type(&key).unwrap();
    let certified = CertifiedKey::new(vec![CertificateDer::from(certificate.to_der().unwrap())], key);
    let configuration = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Careless(Arc::new(certified))));
    let configuration = Arc::new(configuration);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = rustls::ServerConnection::new(Arc::clone(&configuration)).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        }
    });
    address
}

#[tokio::test]
async fn a_key_that_is_not_the_certificates_is_found_whatever_its_kind() {
    let end = "20400101000000Z";
    for (own, other) in [(rsa(2048), rsa(2048)), (ec(), ec()), (rsa(1024), rsa(2048))] {
        let leaf = certificate(&own, 2, end);
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let probed = async |key| probe(&NewProbe::at(careless(&leaf, key, version), Protocol::Other, TlsMode::Implicit), LIMIT).await;
            let report = probed(&other).await;
            assert_eq!(report.outcome, ProbeOutcome::KeyMismatch, "{version:?} {report:?}");
            assert_eq!((report.chain.len(), report.key_proved), (1, false), "the certificate is told all the same");
            if own.bits() != 1024 {
                assert_eq!(probed(&own).await.outcome, ProbeOutcome::Served, "{version:?}");
            }
        }
    }
}
