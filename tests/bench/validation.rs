//! Validation of 1,000 certificates by one call, beside `certutil -V -e` one by one.

use std::time::{Duration, Instant};

use certdeck_shared::api::client::ValidationQuery;
use support::certificates::from_pem;
use support::deck::{Deck, item};
use support::run::openssl;

use crate::table::{Aim, Table, median, thousands};

const COUNT: usize = 1_000;

/// Certificates that a CA really signed: verifying signatures is most of the work.
fn certificates() -> (Vec<u8>, Vec<Vec<u8>>) {
    let room = tempfile::tempdir().unwrap();
    let path = |name: &str| room.path().join(name).display().to_string();
    let (ca, ca_key, key) = (path("ca.pem"), path("ca.key"), path("key"));
    let authority =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", &ca_key, "-out", &ca, "-subj", "/CN=Bench CA", "-days", "3650"];
    openssl(&[authority.as_slice(), &["-addext", "keyUsage=critical,keyCertSign,cRLSign"]].concat(), b"");
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", &key], b"");
    let leaf = |number: usize| {
        let (subject, names) = (format!("/CN=host-{number}.example.org"), format!("subjectAltName=DNS:host-{number}.example.org"));
        let arguments = ["req", "-x509", "-key", &key, "-CA", &ca, "-CAkey", &ca_key, "-subj", &subject, "-days", "90", "-addext", &names];
        let more = ["-addext", "extendedKeyUsage=serverAuth,clientAuth", "-addext", "basicConstraints=critical,CA:FALSE"];
        from_pem(&String::from_utf8(openssl(&[arguments.as_slice(), &more].concat(), b"")).unwrap()).remove(0)
    };
    (from_pem(&std::fs::read_to_string(&ca).unwrap()).remove(0), (0..COUNT).map(leaf).collect())
}

/// Measures both.
pub async fn measure(table: &mut Table) {
    let deck = Deck::new().await;
    let (authority, leaves) = certificates();
    deck.import(vec![item(authority, "Bench CA", "CT,C,C")]).await;
    deck.import((0..).zip(leaves).map(|(number, der): (usize, _)| item(der, &format!("host-{number}"), ",,")).collect()).await;
    let server = ValidationQuery { usage: Some("V".to_owned()), ..ValidationQuery::default() };
    let all = ValidationQuery::default();
    // The first call verifies every signature; afterwards they are known.
    let first = ours(&deck, &server).await;
    let mut later = Vec::new();
    let mut ten = Vec::new();
    for _ in 0..5 {
        later.push(ours(&deck, &server).await);
        ten.push(ours(&deck, &all).await);
    }
    let certutil = certutil(&deck);
    let name = format!("validation of {}", thousands(COUNT as f64));
    let other = ("certutil -V -e one by one", certutil);
    table.push_durations(format!("{name} as servers by REST, the first time"), first, other, Aim::AtLeast(50.0));
    table.push_durations(format!("{name} as servers by REST, at another time"), median(later), other, Aim::None);
    // certutil takes one usage a call.
    table.push_durations(format!("{name}, all ten usages, at another time"), median(ten), ("ten times that", certutil * 10), Aim::None);
}

async fn ours(deck: &Deck, query: &ValidationQuery) -> Duration {
    let started = Instant::now();
    let answer = deck.client.validations(&deck.id, query).await.unwrap();
    let took = started.elapsed();
    let valid = answer.certificates.iter().filter(|one| one.valid.contains('V')).count();
    assert_eq!(valid, COUNT, "all but the CA");
    took
}

fn certutil(deck: &Deck) -> Duration {
    let started = Instant::now();
    for number in 0..COUNT {
        let said = deck.database.certutil(&["-V", "-e", "-n", &format!("host-{number}"), "-u", "V"]);
        assert!(said.success && said.out.contains("certificate is valid"), "{said:?}");
    }
    started.elapsed()
}
