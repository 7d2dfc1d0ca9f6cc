//! Signatures of requests and certificates, every kind of key with every digest: openssl says what verifies, certutil what NSS makes of it.

use certdeck_shared::api::client::ValidationQuery;
use certdeck_shared::api::issue::{NewIssued, SigningPolicy, Validity};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Reply, Tracking};
use certdeck_shared::api::validation::Verifier;
use support::certificates::{from_pem, to_pem};
use support::deck::{Deck, item, problem};
use support::run::{self, openssl};

use crate::issuing::root;

/// A kind of key, how `openssl genpkey` makes it, and whether a CA here certifies it.
type Kind = (&'static str, &'static [&'static str], bool);

const KINDS: [Kind; 12] = [
    ("RSA 1024", &["RSA", "-pkeyopt", "rsa_keygen_bits:1024"], true),
    ("RSA 2048", &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], true),
    ("RSA-PSS", &["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"], false),
    ("P-256", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], true),
    ("P-384", &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], true),
    ("P-521", &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], true),
    ("P-224", &["EC", "-pkeyopt", "ec_paramgen_curve:P-224"], false),
    ("secp256k1", &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], false),
    ("brainpool", &["EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"], false),
    ("explicit P-256", &["EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"], false),
    ("Ed25519", &["ED25519"], true),
    ("Ed448", &["ED448"], false),
];

const DIGESTS: [&str; 6] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
const PSS: [&str; 4] = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-1"];

/// How openssl is told to sign: with each digest a key can sign with, RSA in both paddings.
fn ways(kind: &str) -> Vec<(String, Vec<String>)> {
    if kind.starts_with("Ed") {
        return vec!["by itself".to_owned()].into_iter().map(|words| (words, Vec::new())).collect();
    }
    let digests = DIGESTS.iter().filter(|digest| **digest != "md5" || kind == "RSA 2048");
    let plain = digests.clone().map(|digest| ((*digest).to_owned(), vec![format!("-{digest}")]));
    let padded = digests.filter(|digest| kind == "RSA 2048" && **digest != "md5").map(|digest| {
        let options = PSS.iter().map(|option| (*option).to_owned());
        (format!("{digest} with PSS"), std::iter::once(format!("-{digest}")).chain(options).collect())
    });
    plain.chain(padded).collect()
}

struct Workshop {
    room: tempfile::TempDir,
}

impl Workshop {
    fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    /// `openssl req -new`, or with `-x509` a CA; PEM.
    fn signed(&self, what: &[&str], name: &str, options: &[String]) -> String {
        let (key, subject) = (self.path("key.pem"), format!("/O=Signatures/CN={name}"));
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let arguments = [&["req", "-new", "-key", &key, "-subj", &subject][..], what, &options].concat();
        String::from_utf8(openssl(&arguments, b"")).unwrap()
    }
}

fn ready(content: &str) -> NewRequest {
    NewRequest::Ready { content: content.to_owned(), key_place: None, tracking: Tracking::named("ready") }
}

/// OpenSSL 3.0 ends with success either way.
fn openssl_verifies(request: &str) -> bool {
    let said = run::with_input("openssl", &["req", "-verify", "-noout"], request.as_bytes());
    String::from_utf8_lossy(&said.stderr).contains("verify OK")
}

fn request_of(der: &[u8]) -> String {
    to_pem(der).replace("CERTIFICATE", "CERTIFICATE REQUEST")
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_prove_their_key_whatever_openssl_signs_with() {
    let deck = Deck::new().await;
    let authority = deck.client.create_self_signed(&deck.id, &root("Signatures")).await.unwrap();
    let sign = |request: &str| NewIssued::Request {
        issuer: authority.fingerprint_sha256.clone(),
        request: request.to_owned(),
        policy: SigningPolicy { accept_weak_key: true, ..SigningPolicy::default() },
        validity: Validity::default(),
        serial_number: None,
        nickname: None,
    };
    let workshop = Workshop { room: tempfile::tempdir().unwrap() };
    for (kind, key, certified) in KINDS {
        openssl(&[&["genpkey", "-out", &workshop.path("key.pem"), "-algorithm"], key].concat(), b"");
        for (way, options) in ways(kind) {
            let what = format!("{kind}, {way}");
            let pem = workshop.signed(&["-addext", "subjectAltName=DNS:host.example"], "host.example", &options);
            assert!(openssl_verifies(&pem), "{what}");
            let (taken, issued) =
                (deck.client.preview_request(&deck.id, &ready(&pem)).await, deck.client.preview_issue(&deck.id, &sign(&pem)).await);
            if way.starts_with("md5") {
                for refused in [problem(taken), problem(issued)] {
                    assert!(refused.to_string().contains("MD5, which proves nothing"), "{what}: {refused}");
                }
                continue;
            }
            taken.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            match issued {
                Ok(_) => assert!(certified, "{what}"),
                Err(error) => {
                    let refused = problem::<()>(Err(error));
                    assert!(!certified && refused.errors[0].message.contains("is not certified here"), "{what}: {refused}");
                }
            }
            // One bit of the signature, one of the name.
            let der = from_pem(&pem.replace("CERTIFICATE REQUEST", "CERTIFICATE")).remove(0);
            let name = der.windows(4).position(|octets| octets == b"host").unwrap();
            for place in [der.len() - 1, name] {
                let mut changed = der.clone();
                changed[place] ^= 1;
                assert!(!openssl_verifies(&request_of(&changed)), "{what}: openssl refuses it, too");
                let refused = problem(deck.client.preview_request(&deck.id, &ready(&request_of(&changed))).await);
                assert_eq!(refused.code, ProblemCode::NotSignable, "{what}: {refused}");
                assert!(refused.detail.contains("is not by the key"), "{what}: {refused}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_for_a_p521_key_finds_its_request() {
    let (deck, authority) = (Deck::new().await, support::certificates::Authority::new("P-521 CA"));
    let workshop = Workshop { room: tempfile::tempdir().unwrap() };
    openssl(&[&["genpkey", "-out", &workshop.path("key.pem"), "-algorithm"], KINDS[5].1].concat(), b"");
    let pem = workshop.signed(&["-addext", "subjectAltName=DNS:host.example"], "host.example", &["-sha512".to_owned()]);
    let request = deck.client.create_request(&deck.id, &ready(&pem)).await.unwrap();
    let reply = Reply { content: authority.sign(&pem), ..Reply::default() };
    let answered = deck.client.reply_to_any(&deck.id, &reply, false).await.unwrap();
    assert_eq!(answered.request.unwrap().id, request.id);
}

/// A certificate below a CA: nickname, DER, PEM of the CA.
struct Below {
    nickname: String,
    der: Vec<u8>,
    authority: String,
}

/// With every kind of key and digest a CA, a certificate that it signed, and one whose signature does not fit.
fn hierarchies(workshop: &Workshop) -> Vec<Below> {
    let mut made = Vec::new();
    openssl(&[&["genpkey", "-out", &workshop.path("leaf.pem"), "-algorithm"], KINDS[3].1].concat(), b"");
    for (kind, key, _) in KINDS {
        openssl(&[&["genpkey", "-out", &workshop.path("key.pem"), "-algorithm"], key].concat(), b"");
        for (way, options) in ways(kind) {
            let authority = workshop.signed(&["-x509", "-days", "300"], &format!("{kind} {way}"), &options);
            std::fs::write(workshop.path("ca.pem"), &authority).unwrap();
            for outcome in ["good", "changed"] {
                let nickname = format!("{outcome}, {kind}, {way}");
                let subject = format!("/CN={nickname}");
                let request = openssl(&["req", "-new", "-key", &workshop.path("leaf.pem"), "-subj", &subject], b"");
                let (ca, key) = (workshop.path("ca.pem"), workshop.path("key.pem"));
                let arguments = ["x509", "-req", "-CA", &ca, "-CAkey", &key, "-set_serial", "77", "-days", "100"];
                let options: Vec<&str> = options.iter().map(String::as_str).collect();
                let pem = openssl(&[&arguments[..], &options].concat(), &request);
                let mut der = from_pem(&String::from_utf8(pem).unwrap()).remove(0);
                let serial_number = der.windows(3).position(|octets| octets == [2, 1, 77]).unwrap() + 2;
                der[serial_number] += u8::from(outcome == "changed");
                made.push(Below { nickname, der, authority: authority.clone() });
            }
        }
    }
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_are_good_or_bad_as_certutil_and_openssl_say() {
    let deck = Deck::new().await;
    let workshop = Workshop { room: tempfile::tempdir().unwrap() };
    let made = hierarchies(&workshop);
    let mut items = Vec::new();
    for (number, below) in made.iter().enumerate() {
        if number % 2 == 0 {
            items.push(item(from_pem(&below.authority).remove(0), &format!("CA {number}"), "CT,C,C"));
        }
        items.push(item(below.der.clone(), &below.nickname, ",,"));
    }
    deck.import(items).await;
    let listed = deck.listed().await;
    let query = ValidationQuery { usage: Some("C".to_owned()), ..ValidationQuery::default() };
    let mut differing = Vec::new();
    for Below { nickname, der, authority } in &made {
        let entry = listed.iter().find(|entry| entry.nickname.as_ref() == Some(nickname)).unwrap();
        let verdict = deck.client.validation(&deck.id, &entry.fingerprint_sha256, &query).await.unwrap();
        let by_certutil = deck.database.certutil(&["-V", "-e", "-u", "C", "-n", nickname]).out.contains("certificate is valid");
        if verdict.usages[0].valid != by_certutil {
            differing.push(format!("{nickname}: certutil says {by_certutil}, we say {:?}", verdict.usages[0].reasons));
        }
        let (leaf, ca) = (workshop.path("asked.pem"), workshop.path("ca.pem"));
        std::fs::write(&leaf, to_pem(der)).unwrap();
        std::fs::write(&ca, authority).unwrap();
        let by_openssl = run::ask("openssl", &["verify", "-purpose", "sslclient", "-partial_chain", "-CAfile", &ca, &leaf]).success;
        let opinion = verdict.others.iter().find(|one| one.verifier == Verifier::Openssl).unwrap();
        if opinion.valid != by_openssl {
            differing.push(format!("{nickname}: openssl says {by_openssl}, we say {opinion:?}"));
        }
        assert!(nickname.starts_with("good") || !by_certutil && !by_openssl, "{nickname} was changed");
    }
    assert!(differing.is_empty(), "{differing:#?}");
}
