//! Verdicts, simulations and revocation by REST; certutil and openssl say what is true.

use std::path::{Path, PathBuf};
use std::process::Command;

use axum::body::Body;
use base64::Engine as _;
use certdeck_shared::api::role::Role;
use http::Method;
use openssl::asn1::{Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Builder, X509Extension, X509NameBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::deck::{Answer, Deck};

/// Within what the console's clock says in these tests.
const BEGIN: i64 = 1_790_000_000;
const END: i64 = 1_820_000_000;

struct Authority {
    certificate: X509,
    key: PKey<Private>,
}

fn key() -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()).unwrap()
}

/// A certificate with the extensions given as OID, critical and DER.
fn issue(name: &str, serial: u32, issuer: Option<&Authority>, extensions: &[(&str, bool, Vec<u8>)]) -> Authority {
    let key = key();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(BEGIN).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(END).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    for (oid, critical, value) in extensions {
        let value = Asn1OctetString::new_from_bytes(value).unwrap();
        let oid = Asn1Object::from_str(oid).unwrap();
        builder.append_extension(X509Extension::new_from_der(&oid, *critical, &value).unwrap()).unwrap();
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    Authority { certificate: builder.build(), key }
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

fn ca() -> (&'static str, bool, Vec<u8>) {
    ("2.5.29.19", true, vec![0x30, 3, 1, 1, 0xff])
}

fn host(name: &str) -> (&'static str, bool, Vec<u8>) {
    ("2.5.29.17", false, tlv(0x30, &tlv(0x82, name.as_bytes())))
}

#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn run(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn must(program: &str, arguments: &[&str]) -> String {
    let (success, said) = run(program, arguments);
    assert!(success, "{program} {arguments:?}: {said}");
    said
}

/// A console that looks at a database without password, made by certutil.
struct Ground {
    deck: Deck,
    directory: tempfile::TempDir,
    id: String,
    reader: String,
    writer: String,
}

impl Ground {
    async fn new(deck: Deck, cookie: &str, certificates: &[(&str, &str, &X509)]) -> Self {
        deck.console.databases.start().await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sql:{}", directory.path().display());
        must("certutil", &["-N", "-d", &database, "--empty-password"]);
        for (nickname, trust, certificate) in certificates {
            let file = directory.path().join("new.der");
            std::fs::write(&file, certificate.to_der().unwrap()).unwrap();
            must("certutil", &["-A", "-d", &database, "-n", nickname, "-t", trust, "-i", file.to_str().unwrap()]);
        }
        let new = json!({"action": "register", "path": directory.path()});
        let answer = deck.call_from_page(Method::POST, "/api/v1/databases", cookie, &new).await;
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let (reader, writer) = (deck.token(Role::Viewer).await, deck.token(Role::Operator).await);
        Self { deck, directory, id, reader: format!("Bearer {reader}"), writer: format!("Bearer {writer}") }
    }

    async fn get(&self, path: &str) -> Answer {
        self.deck.get(&format!("/api/v1/databases/{}/{path}", self.id), &[("authorization", &self.reader)]).await
    }

    async fn send(&self, method: Method, path: &str, bearer: &str, body: &Value) -> Answer {
        let headers = [("authorization", bearer), ("content-type", "application/json")];
        self.deck.call(method, &format!("/api/v1/databases/{}/{path}", self.id), &headers, Body::from(body.to_string())).await
    }

    async fn simulate(&self, body: &Value) -> Answer {
        self.send(Method::POST, "validation", &self.reader, body).await
    }

    /// Letters for which `certutil -V -e` says valid, at the time of the console.
    fn certutil(&self, nickname: &str) -> String {
        let database = format!("sql:{}", self.directory.path().display());
        let is_valid = |letter: &char| {
            let letter = letter.to_string();
            run("certutil", &["-V", "-e", "-d", &database, "-n", nickname, "-u", &letter, "-b", "261121120000Z"]).0
        };
        "CVILAYSROJ".chars().filter(is_valid).collect()
    }

    /// The same by REST, for all certificates.
    async fn ours(&self) -> Vec<(String, String)> {
        let answer = self.get("validation").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let certificates = answer.json()["certificates"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        certificates.iter().map(|one| (text(&one["nickname"]), text(&one["valid"]))).collect()
    }
}

fn fingerprint(certificate: &X509) -> String {
    certdeck_shared::x509::fingerprint::sha256_hex(&certificate.to_der().unwrap())
}

async fn three() -> (Ground, Authority, Authority, Authority) {
    let root = issue("Root", 1, None, &[ca()]);
    let middle = issue("Middle", 2, Some(&root), &[ca()]);
    let leaf = issue("www.example.org", 3, Some(&middle), &[host("www.example.org")]);
    let (deck, cookie) = Deck::set_up().await;
    let all = [("root", "CT,C,", &root.certificate), ("middle", ",,", &middle.certificate), ("leaf", ",,", &leaf.certificate)];
    (Ground::new(deck, &cookie, &all).await, root, middle, leaf)
}

#[tokio::test]
async fn verdicts_are_those_of_certutil_before_and_after_a_change_that_was_foretold() {
    let (ground, root, middle, _) = three().await;
    let agree = async || {
        for (nickname, valid) in ground.ours().await {
            assert_eq!(valid, ground.certutil(&nickname), "{nickname}");
        }
    };
    agree().await;
    let before = ground.ours().await;

    // C is taken from the root for servers and left for clients; the simulation says it, and nothing happens.
    let trust = json!({"trust": [{"fingerprint_sha256": fingerprint(&root.certificate), "trust": "T,C,"}]});
    let foretold = ground.simulate(&trust).await;
    assert_eq!(foretold.status, 200, "{}", foretold.text);
    assert_eq!(ground.ours().await, before);
    let stops = |letter: &str| -> Vec<String> {
        let foretold = foretold.json();
        let change = foretold["stops"].as_array().unwrap().iter().find(|change| change["letter"] == letter).cloned();
        let certificates = change.map(|change| change["certificates"].as_array().unwrap().clone()).unwrap_or_default();
        certificates.iter().map(|one| one["nickname"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stops("V"), ["root", "middle", "leaf"]);
    assert_eq!(stops("C"), Vec::<String>::new());
    assert_eq!(foretold.json()["begins"], json!([]));

    let changes = json!({"changes": [{"fingerprint_sha256": fingerprint(&root.certificate), "trust": "T,C,"}]});
    assert_eq!(ground.send(Method::PATCH, "trust", &ground.writer, &changes).await.status, 200);
    agree().await;
    let after = ground.ours().await;
    for ((nickname, was), (_, is)) in before.iter().zip(&after) {
        for letter in "CVILAYSROJ".chars() {
            let stopped = was.contains(letter) && !is.contains(letter);
            assert_eq!(stops(&letter.to_string()).contains(nickname), stopped, "{nickname} {letter}");
        }
    }

    // Without the CA between them nothing leads from the leaf to the root.
    let foretold = ground.simulate(&json!({"removed": [fingerprint(&middle.certificate)]})).await.json();
    assert_eq!(foretold["stops"][0]["certificates"][0]["nickname"], "leaf", "{foretold}");
}

#[tokio::test]
async fn an_import_is_tried_in_a_shadow_copy() {
    let (ground, _, middle, _) = three().await;
    let new = issue("mail.example.org", 9, Some(&middle), &[host("mail.example.org")]);
    let stranger = issue("Stranger", 10, None, &[]);
    let der = |one: &Authority| base64::engine::general_purpose::STANDARD.encode(one.certificate.to_der().unwrap());
    let tried = ground.simulate(&json!({"added": [{"der": der(&new)}, {"der": der(&stranger), "trust": "P,,"}]})).await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    let added = tried.json()["added"].clone();
    assert_eq!((added[0]["valid"].as_str(), added[1]["valid"].as_str()), (Some("CVIAYSR"), Some("CVIAY")), "{added}");
    assert_eq!(added[1]["refused"][1]["error"], "SEC_ERROR_CA_CERT_INVALID", "{added}");
    assert_eq!(ground.ours().await.len(), 3);
}

#[tokio::test]
async fn one_certificate_is_judged_by_three() {
    let (ground, root, middle, leaf) = three().await;
    let path = format!("certificates/{}/validation", fingerprint(&leaf.certificate));
    let answer = ground.get(&format!("{path}?usage=VC")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(answer["usages"].as_array().unwrap().len(), 2);
    let chain = json!([fingerprint(&leaf.certificate), fingerprint(&middle.certificate), fingerprint(&root.certificate)]);
    assert_eq!(answer["usages"][0]["chain"], chain, "{answer}");
    let others = answer["others"].as_array().unwrap();
    assert!(others.iter().all(|other| other["valid"] == true && other["differs"].is_null()), "{answer}");
    assert_eq!(others.iter().filter(|other| other["verifier"] == "web").count(), 2);

    // Twenty hours before it begins NSS accepts it; the others do not, and the answer says why.
    let early = time::OffsetDateTime::from_unix_timestamp(BEGIN - 72_000).unwrap();
    let at = early.format(&time::format_description::well_known::Rfc3339).unwrap();
    let answer = ground.get(&format!("{path}?at={at}&usage=ssl-server")).await.json();
    assert_eq!(answer["usages"][0]["valid"], true);
    for other in answer["others"].as_array().unwrap() {
        assert_eq!(other["valid"], false);
        assert!(other["differs"].as_str().unwrap().contains("a day before"), "{other}");
    }

    // Afterwards each element has its reason.
    let answer = ground.get(&format!("{path}?at=2040-01-01T00:00:00%2B01:00&usage=V")).await.json();
    let reasons: Vec<_> =
        answer["usages"][0]["reasons"].as_array().unwrap().iter().map(|one| (one["nickname"].as_str(), one["error"].as_str())).collect();
    assert_eq!(reasons.first(), Some(&(Some("leaf"), Some("SEC_ERROR_EXPIRED_CERTIFICATE"))), "{reasons:?}");
    assert!(reasons.contains(&(Some("middle"), Some("SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE"))), "{reasons:?}");
    // The name that is asked for decides for the web only.
    let answer = ground.get(&format!("{path}?usage=V&name=elsewhere.example.org")).await.json();
    assert_eq!(answer["others"][1]["code"], "CertNotValidForName", "{answer}");
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_by_its_field() {
    let (ground, root, ..) = three().await;
    let of = |what: &str| format!("certificates/{}/validation{what}", fingerprint(&root.certificate));
    for (path, pointer) in [
        (of("?at=yesterday"), "?at"),
        (of("?at=2026-11-21"), "?at"),
        (of("?usage=X"), "?usage"),
        ("validation?usage=tls".to_owned(), "?usage"),
    ] {
        let answer = ground.get(&path).await;
        assert_eq!((answer.code().as_str(), answer.json()["errors"][0]["pointer"].as_str()), ("invalid-input", Some(pointer)), "{path}");
    }
    assert_eq!(ground.get(&format!("certificates/{}/validation", "0".repeat(64))).await.code(), "not-found");
    let address = fingerprint(&root.certificate);
    let cases = [
        (json!({"trust": [{"fingerprint_sha256": address, "trust": "X,,"}]}), "invalid-input", "/trust/0/trust"),
        (json!({"trust": [{"fingerprint_sha256": "12", "trust": ""}]}), "invalid-input", "/trust/0/fingerprint_sha256"),
        (json!({"added": [{"der": "AAAA"}]}), "invalid-input", "/added/0/der"),
        (json!({"at": "yesterday"}), "invalid-input", "/at"),
        (json!({"trsut": []}), "invalid-input", ""),
    ];
    for (body, code, pointer) in cases {
        let answer = ground.simulate(&body).await;
        assert_eq!(answer.code(), code, "{body}");
        assert!(answer.json()["errors"][0]["pointer"].as_str().unwrap_or_default().starts_with(pointer), "{body}: {}", answer.text);
    }
    let unknown = json!({"removed": ["0".repeat(64)]});
    assert_eq!(ground.simulate(&unknown).await.code(), "not-found");
}

/// Serves a revocation list at `/ca.crl` and answers OCSP at `/ocsp` with what `openssl ocsp` makes.
struct Responder {
    port: u16,
    room: tempfile::TempDir,
}

impl Responder {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, room) = (listener.local_addr().unwrap().port(), tempfile::tempdir().unwrap());
        let directory = room.path().to_owned();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = vec![0; 8192];
                let mut length = 0;
                // The question is small, but may come in two parts.
                let (head, body) = loop {
                    length += stream.read(&mut bytes[length..]).await.unwrap();
                    let text = String::from_utf8_lossy(&bytes[..length]).to_ascii_lowercase();
                    if let Some(end) = text.find("\r\n\r\n") {
                        let wanted = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok()).unwrap_or(0);
                        if length >= end + 4 + wanted {
                            break (text[..end].to_owned(), bytes[end + 4..length].to_vec());
                        }
                    }
                };
                let answer = if head.starts_with("get /ca.crl") {
                    std::fs::read(directory.join("ca.crl")).unwrap()
                } else {
                    ocsp(&directory, &body)
                };
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len());
                stream.write_all(&[head.as_bytes(), &answer].concat()).await.unwrap();
            }
        });
        Self { port, room }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.room.path().join(name)
    }

    /// Revokes a serial number by openssl's own index, and makes the list.
    fn revoke(&self, authority: &Authority, serial: &str) {
        std::fs::write(self.path("ca.pem"), authority.certificate.to_pem().unwrap()).unwrap();
        std::fs::write(self.path("ca.key"), authority.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
        std::fs::write(
            self.path("index"),
            format!("R\t270101000000Z\t261101000000Z,keyCompromise\t{serial}\tunknown\t/CN=x\nV\t270101000000Z\t\t07\tunknown\t/CN=y\n"),
        )
        .unwrap();
        let text = |name: &str| self.path(name).display().to_string();
        std::fs::write(self.path("conf"), format!("[ca]\ndefault_ca=x\n[x]\ndatabase={}\ndefault_md=sha256\n", text("index"))).unwrap();
        let arguments =
            ["-crl_lastupdate", "261101000000Z", "-crl_nextupdate", "271201000000Z", "-out", &text("ca.pem.crl")].map(str::to_owned);
        let mut all = vec!["ca", "-gencrl", "-config"];
        let (conf, key, certificate) = (text("conf"), text("ca.key"), text("ca.pem"));
        all.extend([conf.as_str(), "-keyfile", &key, "-cert", &certificate]);
        all.extend(arguments.iter().map(String::as_str));
        must("openssl", &all);
        must("openssl", &["crl", "-in", &text("ca.pem.crl"), "-outform", "DER", "-out", &text("ca.crl")]);
    }
}

fn ocsp(directory: &Path, question: &[u8]) -> Vec<u8> {
    let text = |name: &str| directory.join(name).display().to_string();
    std::fs::write(text("question"), question).unwrap();
    let (ca, key) = (text("ca.pem"), text("ca.key"));
    must(
        "openssl",
        &[
            "ocsp",
            "-index",
            &text("index"),
            "-CA",
            &ca,
            "-rsigner",
            &ca,
            "-rkey",
            &key,
            "-reqin",
            &text("question"),
            "-respout",
            &text("answer"),
            "-ndays",
            "1",
        ],
    );
    std::fs::read(text("answer")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_is_looked_up_where_it_is_allowed() {
    let responder = Responder::start().await;
    let origin = format!("http://127.0.0.1:{}", responder.port);
    let uri = |path: &str| tlv(0x86, format!("{origin}{path}").as_bytes());
    let points = tlv(0x30, &tlv(0x30, &tlv(0xa0, &tlv(0xa0, &uri("/ca.crl")))));
    let access = tlv(0x30, &tlv(0x30, &[tlv(6, &[0x2b, 6, 1, 5, 5, 7, 0x30, 1]), uri("/ocsp")].concat()));
    let sources = || [("2.5.29.31", false, points.clone()), ("1.3.6.1.5.5.7.1.1", false, access.clone())];
    let root = issue("Root", 1, None, &[ca()]);
    let revoked = issue("revoked.example.org", 5, Some(&root), &sources());
    let good = issue("good.example.org", 7, Some(&root), &sources());
    responder.revoke(&root, "05");
    let all = [("root", "C,,", &root.certificate), ("revoked", ",,", &revoked.certificate), ("good", ",,", &good.certificate)];

    // By default nobody is asked, and the answer says how to allow it.
    let (deck, cookie) = Deck::set_up().await;
    let closed = Ground::new(deck, &cookie, &all).await;
    let path = |one: &Authority| format!("certificates/{}/revocation-check", fingerprint(&one.certificate));
    let answer = closed.send(Method::POST, &path(&revoked), &closed.writer, &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for one in answer.json()["answers"].as_array().unwrap() {
        assert_eq!(one["status"], "not-allowed");
        assert!(one["detail"].as_str().unwrap().contains("revocation-hosts = ["), "{one}");
    }

    let (deck, cookie) = Deck::set_up_with(|settings| settings.revocation_hosts = vec![format!("127.0.0.1:{}", responder.port)]).await;
    let open = Ground::new(deck, &cookie, &all).await;
    for (one, expected) in [(&revoked, "revoked"), (&good, "good")] {
        let answer = open.send(Method::POST, &path(one), &open.writer, &json!({})).await;
        let answers = answer.json()["answers"].as_array().unwrap().clone();
        assert_eq!(
            answers.iter().map(|one| (one["method"].as_str().unwrap(), one["status"].as_str().unwrap())).collect::<Vec<_>>(),
            [("ocsp", expected), ("crl", expected)],
            "{}",
            answer.text
        );
        if expected == "revoked" {
            assert!(answers.iter().all(|one| one["detail"].as_str().unwrap().contains("its key was compromised")), "{}", answer.text);
            assert!(answers.iter().all(|one| one["revoked_at"] == "2026-11-01T00:00:00Z"), "{}", answer.text);
        }
    }
    let neither = open.send(Method::POST, &path(&good), &open.writer, &json!({"crl": false, "ocsp": false})).await;
    assert_eq!(neither.code(), "invalid-input");

    // Somebody else's list and answer do not count.
    responder.revoke(&issue("Root", 1, None, &[ca()]), "05");
    let answer = open.send(Method::POST, &path(&good), &open.writer, &json!({})).await;
    for one in answer.json()["answers"].as_array().unwrap() {
        assert_eq!(one["status"], "unusable", "{one}");
    }
    let audit = open.deck.actions().await;
    assert!(audit.contains(&("certificate.check-revocation".to_owned(), "success".to_owned())), "{audit:?}");
}
