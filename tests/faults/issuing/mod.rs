//! What makes keys, certificates, requests and revocation lists, while something breaks: what was answered is there and whole, no
//! certificate is without its key, no serial number and no number of a list comes twice, and a key that was left over is said to be one.

mod conditions;
mod kills;

use std::collections::{BTreeMap, BTreeSet};

use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::issue::{CertificateKey, IssuedCertificate, NewIssued, NewSelfSigned, Validity};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::renewal::{Renewal, RenewalMode};
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::api::revocation::NewRevocation;
use certdeck_shared::issue::SerialNumber;
use certdeck_shared::request::{RequestForm, Template};
use certdeck_shared::x509::parse;
use support::deck::Deck;
use support::run;

/// The writes that are broken off, in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    SelfSign,
    Issue,
    Renew,
    ReKey,
    Revoke,
    Request,
}

const STEPS: [Step; 6] = [Step::SelfSign, Step::Issue, Step::Renew, Step::ReKey, Step::Revoke, Step::Request];

/// Everything that was answered with success.
struct Ledger {
    root: IssuedCertificate,
    /// One certificate of the root that every renewal succeeds.
    first: IssuedCertificate,
    /// Fingerprints.
    certificates: BTreeSet<String>,
    requests: Vec<String>,
    /// Serial numbers on the list, and the number of the last list.
    revoked: Vec<String>,
    list: u64,
    /// Serial numbers that were asked for by number, decimal; each once.
    asked: u32,
}

fn root() -> NewSelfSigned {
    let form =
        RequestForm { subject: "CN=Root of faults,O=Certdeck tests".to_owned(), template: Some(Template::Ca), ..RequestForm::default() };
    NewSelfSigned { nickname: "root".to_owned(), form, ..NewSelfSigned::default() }
}

fn named(name: &str) -> RequestForm {
    RequestForm { common_name: name.to_owned(), subject_alternative_names: name.to_owned(), ..RequestForm::default() }
}

fn below(root: &IssuedCertificate, name: &str, serial_number: Option<String>) -> NewIssued {
    NewIssued::Form {
        issuer: root.fingerprint_sha256.clone(),
        nickname: name.to_owned(),
        form: Box::new(named(name)),
        addresses: Default::default(),
        key: CertificateKey::default(),
        validity: Validity::default(),
        serial_number,
        trust: None,
    }
}

impl Ledger {
    /// A root, a certificate below it, and an empty list.
    async fn begin(deck: &Deck) -> Self {
        let root = deck.client.create_self_signed(&deck.id, &root()).await.unwrap();
        let first = deck.client.issue(&deck.id, &below(&root, "first.example", None)).await.unwrap();
        let list = deck.client.create_revocation_list(&deck.id, &root.fingerprint_sha256, &Default::default()).await.unwrap();
        let certificates = [&root, &first].map(|made| made.fingerprint_sha256.clone()).into();
        let list = list.number.unwrap().parse().unwrap();
        Self { root, first, certificates, requests: Vec::new(), revoked: Vec::new(), list, asked: 0 }
    }

    /// One write; what it promises is noted when it is answered with success.
    async fn write(&mut self, deck: &Deck, step: Step, number: u32) -> Result<(), ClientError> {
        let (client, id, name) = (&deck.client, &deck.id, format!("n{number}.example"));
        match step {
            Step::SelfSign => {
                let new = NewSelfSigned { nickname: name.clone(), form: named(&name), ..NewSelfSigned::default() };
                self.certificates.insert(client.create_self_signed(id, &new).await?.fingerprint_sha256);
            }
            Step::Issue => {
                // Every other one by number, as a CA counts that keeps its own books: never the same again, whatever became of it.
                let by_number = number.is_multiple_of(2);
                self.asked += u32::from(by_number);
                let serial = by_number.then(|| (25_000 + self.asked).to_string());
                self.certificates.insert(client.issue(id, &below(&self.root, &name, serial)).await?.fingerprint_sha256);
            }
            Step::Renew | Step::ReKey => {
                let mode = if step == Step::Renew { RenewalMode::Renew } else { RenewalMode::ReKey };
                let renewed = client.renew(id, &self.first.fingerprint_sha256, &Renewal { mode, ..Renewal::default() }).await?;
                self.certificates.insert(renewed.certificate.unwrap().fingerprint_sha256);
            }
            Step::Revoke => {
                let serial = (1_000_000 + number).to_string();
                let new = NewRevocation { serial_number: Some(serial.clone()), ..NewRevocation::default() };
                let list = client.revoke(id, &self.root.fingerprint_sha256, &new).await?;
                let now: u64 = list.number.unwrap().parse().unwrap();
                assert!(now > self.list, "list {now} came after list {}", self.list);
                self.list = now;
                self.revoked.push(SerialNumber::parse(&serial).unwrap().to_hex());
            }
            Step::Request => {
                let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form: named(&name), tracking: Tracking::named(name) };
                self.requests.push(client.create_request(id, &new).await?.id);
            }
        }
        Ok(())
    }

    /// Everything promised is there and whole, by REST and as certutil sees it.
    async fn holds(&self, deck: &Deck, run: u32) {
        assert!(deck.database.is_whole(), "after run {run}");
        deck.certutil_agrees().await;
        let listed = deck.listed().await;
        let there: BTreeMap<&str, _> = listed.iter().map(|entry| (entry.fingerprint_sha256.as_str(), entry)).collect();
        for promised in &self.certificates {
            assert!(there.contains_key(promised.as_str()), "{promised} was lost in run {run}");
        }
        // All of them were made here, so each has its key; certutil sees the same keys.
        let keyless: Vec<_> = listed.iter().filter(|entry| entry.key_id.is_none()).map(|entry| &entry.nickname).collect();
        assert!(keyless.is_empty(), "{keyless:?} have no key after run {run}");
        self.no_serial_number_twice(deck, run).await;
        let requests = deck.client.requests(&deck.id).await.unwrap();
        for promised in &self.requests {
            let found = requests.iter().find(|request| request.id == *promised);
            assert!(found.is_some_and(|request| request.key_present), "the request {promised} was lost, or its key, in run {run}");
        }
        let known = |key: &certdeck_shared::api::key::Key| !(key.certificates.is_empty() && key.requests.is_empty());
        let keys = deck.client.keys(&deck.id).await.unwrap();
        assert!(keys.iter().all(|key| key.orphan != known(key)), "a key that is left over is said to be an orphan, after run {run}");
        let list = deck.client.revocation_list(&deck.id, &self.root.fingerprint_sha256).await.unwrap();
        let shown: Vec<&str> = list.revoked.iter().map(|one| one.serial_number.as_str()).collect();
        let remembered = deck.client.revocations(&deck.id, &self.root.fingerprint_sha256).await.unwrap();
        for serial in &self.revoked {
            assert!(shown.contains(&serial.as_str()), "{serial} is not on the list after run {run}: {shown:?}");
            assert!(remembered.iter().any(|one| one.serial_number == *serial), "{serial} is forgotten after run {run}");
        }
        assert!(list.number.unwrap().parse::<u64>().unwrap() >= self.list, "the list went back in run {run}");
    }

    /// What the console remembers to have issued and what is in the database: one certificate a serial number, and nothing unknown.
    async fn no_serial_number_twice(&self, deck: &Deck, run: u32) {
        let issued = deck.client.issued(&deck.id).await.unwrap();
        let mut serials: BTreeMap<String, &str> = BTreeMap::new();
        for one in &issued {
            let before = serials.insert(one.serial_number.clone(), &one.fingerprint_sha256);
            assert_eq!(before, None, "serial number {} came twice in run {run}", one.serial_number);
        }
        for entry in deck.listed().await {
            let view = parse::certificate(&entry.der.0).unwrap();
            if view.self_issued || view.issuer.to_string() != self.root.subject {
                continue;
            }
            let known = serials.get(view.serial_number.as_str()).copied();
            assert_eq!(known, Some(entry.fingerprint_sha256.as_str()), "a certificate that the CA does not know of, in run {run}");
        }
    }

    /// NSS, OpenSSL and the console agree about the list.
    async fn list_is_good(&self, deck: &Deck) {
        let list = deck.client.revocation_list(&deck.id, &self.root.fingerprint_sha256).await.unwrap();
        let text = String::from_utf8(run::openssl(&["crl", "-noout", "-text"], list.pem.as_bytes())).unwrap();
        let shown = run::must("crlutil", &["-L", "-d", &format!("sql:{}", deck.database.path()), "-n", "root"]);
        for serial in &self.revoked {
            let number = u64::from_str_radix(serial, 16).unwrap();
            assert!(text.contains(&format!("Serial Number: {}", serial.to_uppercase())), "{serial} is not in\n{text}");
            assert!(shown.contains(&format!("{number} (0x")), "{number} is not in\n{shown}");
        }
    }
}
