//! Certificates that OpenSSL makes, judged by files as an administrator writes them.

use std::path::PathBuf;

use certdeck_shared::certmap::NoAccount;
use certdeck_shared::x509::parse;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use rustls::pki_types::CertificateDer;
use time::Duration;

use super::{CertificateRefusal, ClientCertificates, led};
use crate::config::ClientCertificateSettings;
use crate::host::Clock;

fn key() -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()).unwrap()
}

/// A certificate of this subject; its issuer is itself where none is given.
fn certificate(subject: &[(Nid, &str)], email: Option<&str>, usage: &str, issuer: Option<&(X509, PKey<Private>)>) -> (X509, PKey<Private>) {
    let key = key();
    let mut name = X509Name::builder().unwrap();
    for (nid, value) in subject {
        name.append_entry_by_nid(*nid, value).unwrap();
    }
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(77).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer.map_or(&*name, |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(30).unwrap()).unwrap();
    let mut constraints = BasicConstraints::new();
    match issuer {
        Some(_) => builder.append_extension(constraints.build().unwrap()).unwrap(),
        None => builder.append_extension(constraints.critical().ca().build().unwrap()).unwrap(),
    }
    if !usage.is_empty() {
        builder.append_extension(ExtendedKeyUsage::new().other(usage).build().unwrap()).unwrap();
    }
    if let Some(email) = email {
        let names = SubjectAlternativeName::new().email(email).build(&builder.x509v3_context(None, None)).unwrap();
        builder.append_extension(names).unwrap();
    }
    builder.sign(issuer.map_or(&key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

struct Room {
    directory: tempfile::TempDir,
    ca: (X509, PKey<Private>),
}

impl Room {
    fn new() -> Self {
        let ca = certificate(&[(Nid::COMMONNAME, "Staff CA"), (Nid::ORGANIZATIONNAME, "Example")], None, "", None);
        let room = Self { directory: tempfile::tempdir().unwrap(), ca };
        std::fs::write(room.path("ca.pem"), room.ca.0.to_pem().unwrap()).unwrap();
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn settings(&self, map: &str) -> ClientCertificateSettings {
        std::fs::write(self.path("certmap.conf"), map).unwrap();
        ClientCertificateSettings { authorities: self.path("ca.pem"), map: self.path("certmap.conf"), revocations: None }
    }

    /// Whom a certificate leads to by these rules, so much later than now.
    fn led(&self, map: &str, leaf: &X509, later: Duration) -> Result<String, CertificateRefusal> {
        let files = ClientCertificates::read(&self.settings(map)).unwrap();
        let der = leaf.to_der().unwrap();
        let view = parse::certificate(&der).unwrap();
        led(&files, &[CertificateDer::from(der)], &view, Clock::system().now() + later)
    }

    fn of_ada(&self) -> X509 {
        let subject = [(Nid::ORGANIZATIONNAME, "Example"), (Nid::USERID, "ada"), (Nid::COMMONNAME, "Ada Lovelace")];
        certificate(&subject, Some("ada@example.org"), "clientAuth", Some(&self.ca)).0
    }
}

const NOW: Duration = Duration::minutes(1);

#[test]
fn rules_lead_to_accounts_by_issuer_subject_and_address() {
    let room = Room::new();
    let ada = room.of_ada();
    for (map, expected) in [
        ("certmap default default\ndefault:FilterComps uid\n", "ada"),
        ("certmap default default\ndefault:DNComps\ndefault:FilterComps cn=uid\n", "Ada Lovelace"),
        ("certmap default default\ndefault:FilterComps mail=uid\n", "ada@example.org"),
        ("certmap default default\ndefault:FilterComps cn=uid\ncertmap staff o=example, cn=STAFF CA\nstaff:FilterComps uid\n", "ada"),
        ("certmap default default\ndefault:FilterComps uid\ncertmap other O=Example,CN=Other CA\nother:FilterComps cn=uid\n", "ada"),
        ("certmap default default\ndefault:account lovelace cn=Ada Lovelace, uid=ada, o=Example\n", "lovelace"),
        ("certmap default default\ndefault:account eve eve@example.org\ndefault:account countess ADA@example.org\n", "countess"),
        ("certmap default default\ndefault:account eve eve@example.org\ndefault:FilterComps uid\n", "ada"),
    ] {
        assert_eq!(room.led(map, &ada, NOW), Ok(expected.to_owned()), "{map}");
    }
}

#[test]
fn what_leads_to_no_account_is_told() {
    let room = Room::new();
    let nobody = certificate(&[(Nid::COMMONNAME, "Nobody")], None, "clientAuth", Some(&room.ca)).0;
    for (map, words) in [
        ("certmap default default\ndefault:FilterComps uid\n", "looks at uid"),
        ("certmap default default\ndefault:FilterComps cn\n", "write cn=uid"),
        ("certmap default default\ndefault:FilterComps uid\ndefault:verifycert on\n", "verifycert"),
        ("certmap default default\ndefault:library /x.so\ndefault:InitFn f\n", "library"),
        ("certmap default default\n", "neither FilterComps"),
        ("certmap default default\ndefault:account ada\n", "line 2"),
        ("certmap other CN=Other CA\nother:FilterComps uid\n", "no map is for the issuer"),
    ] {
        let refused = room.led(map, &nobody, NOW).unwrap_err();
        assert!(matches!(refused, CertificateRefusal::NoAccount(_)) && refused.to_string().contains(words), "{map}: {refused}");
    }
    let two = certificate(&[(Nid::USERID, "ada"), (Nid::USERID, "root")], None, "clientAuth", Some(&room.ca)).0;
    let refused = room.led("certmap default default\ndefault:FilterComps uid\n", &two, NOW).unwrap_err();
    assert!(matches!(refused, CertificateRefusal::NoAccount(NoAccount::Nowhere { .. })), "two names are none: {refused}");
}

#[test]
fn what_is_not_of_our_cas_past_or_for_servers_is_refused() {
    let room = Room::new();
    let map = "certmap default default\ndefault:FilterComps uid\n";
    let words = |leaf: &X509, later| match room.led(map, leaf, later) {
        Err(CertificateRefusal::NotGood(words)) => words,
        other => panic!("{other:?}"),
    };
    assert_eq!(words(&room.of_ada(), Duration::days(31)), "it has expired");
    assert_eq!(words(&room.of_ada(), -Duration::days(1)), "it is not valid yet");
    let name = [(Nid::COMMONNAME, "Staff CA"), (Nid::ORGANIZATIONNAME, "Example")];
    let impostor = certificate(&name, None, "", None);
    let forged = certificate(&[(Nid::USERID, "ada")], None, "clientAuth", Some(&impostor)).0;
    assert!(!words(&forged, NOW).is_empty());
    let elsewhere = certificate(&[(Nid::COMMONNAME, "Other CA")], None, "", None);
    let foreign = certificate(&[(Nid::USERID, "ada")], None, "clientAuth", Some(&elsewhere)).0;
    assert_eq!(words(&foreign, NOW), "none of the console's CAs has issued it");
    let server = certificate(&[(Nid::USERID, "ada")], None, "serverAuth", Some(&room.ca)).0;
    assert_eq!(words(&server, NOW), "it is not for clients (clientAuth)");
}

#[test]
fn files_that_are_none_are_told_by_name() {
    let room = Room::new();
    let good = room.settings("certmap default default\n");
    let said = |settings: &ClientCertificateSettings| ClientCertificates::read(settings).err().unwrap().to_string();
    assert!(said(&ClientCertificateSettings { authorities: room.path("none.pem"), ..good.clone() }).contains("none.pem"));
    assert!(said(&ClientCertificateSettings { authorities: good.map.clone(), ..good.clone() }).contains("holds no certificate"));
    assert!(said(&ClientCertificateSettings { map: good.authorities.clone(), ..good.clone() }).contains("is no certmap.conf"));
    assert!(said(&ClientCertificateSettings { revocations: Some(good.authorities.clone()), ..good }).contains("holds no revocation list"));
}
