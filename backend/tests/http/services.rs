//! Services by REST: registered by program and path, described with what is in the files, forgotten.

use std::path::Path;

use http::Method;
use serde_json::{Value, json};

use crate::deck::Deck;

/// A certificate with its key, made by the very library that judges them.
fn pair(room: &Path, name: &str, password: Option<&str>) {
    use openssl::pkey::PKey;
    let key = PKey::from_ec_key(
        openssl::ec::EcKey::generate(&openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap()).unwrap(),
    )
    .unwrap();
    let mut subject = openssl::x509::X509Name::builder().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut certificate = openssl::x509::X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&subject).unwrap();
    certificate.set_issuer_name(&subject).unwrap();
    certificate.set_not_before(&openssl::asn1::Asn1Time::from_str("20260101000000Z").unwrap()).unwrap();
    certificate.set_not_after(&openssl::asn1::Asn1Time::from_str("20270101000000Z").unwrap()).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
    let pem = match password {
        Some(password) => key.private_key_to_pem_pkcs8_passphrase(openssl::symm::Cipher::aes_256_cbc(), password.as_bytes()),
        None => key.private_key_to_pem_pkcs8(),
    };
    write(&room.join(format!("{name}.key")), &pem.unwrap(), 0o600);
    write(&room.join(format!("{name}.pem")), &certificate.build().to_pem().unwrap(), 0o644);
}

fn write(path: &Path, content: &[u8], mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, content).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn vsftpd(room: &Path, certificate: &str, key: &str) -> String {
    let config = room.join("vsftpd.conf");
    let room = room.display();
    write(
        &config,
        format!("# ours\nlisten=YES\nssl_enable=YES\nrsa_cert_file={room}/{certificate}\nrsa_private_key_file={room}/{key}\n").as_bytes(),
        0o644,
    );
    config.display().to_string()
}

#[tokio::test]
async fn a_service_is_registered_described_and_forgotten_and_its_files_stay() {
    let room = tempfile::tempdir().unwrap();
    pair(room.path(), "one", None);
    let config = vsftpd(room.path(), "one.pem", "one.key");
    let before = std::fs::read(&config).unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let new = json!({"kind": "vsftpd", "config": config, "label": "Files"});
    let made = deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = made.header("location").to_owned();
    assert_eq!((made.json()["label"].as_str(), made.json()["endpoints"].as_u64()), (Some("Files"), Some(1)));
    assert_eq!(made.json()["not_after"], "2027-01-01T00:00:00Z");
    let again = deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &new).await;
    assert_eq!(again.code(), "already-exists");

    let told = deck.get(&path, &[("cookie", &cookie)]).await.json();
    let endpoint = &told["endpoints"][0];
    assert_eq!((endpoint["tls"].as_str(), endpoint["addresses"][0].as_str()), (Some("starttls"), Some("0.0.0.0:21")));
    let pair = &endpoint["pairs"][0];
    assert_eq!(pair["certificate"]["place"], json!({"file": config, "line": 4}));
    assert_eq!((&pair["key_matches"], &pair["findings"]), (&json!(true), &json!([])));
    assert_eq!(told["config_files"][0]["mode"], "0644");
    assert_eq!((told["files"][1]["mode"].as_str(), told["files"][1]["key"].as_str()), (Some("0600"), Some("plain")));
    assert_eq!(told["service"]["findings"], 0, "{told:#}");
    assert!(!told.to_string().contains("PRIVATE KEY"));

    let listed = deck.get("/api/v1/services", &[("cookie", &cookie)]).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(deck.call_from_page(Method::DELETE, &path, &cookie, &Value::Null).await.status, 204);
    assert_eq!(deck.get(&path, &[("cookie", &cookie)]).await.code(), "not-found");
    assert_eq!(std::fs::read(&config).unwrap(), before);
    let actions: Vec<_> = deck.actions().await.into_iter().filter(|(action, _)| action.starts_with("service.")).collect();
    let expected = [("service.forget", "success"), ("service.register", "already-exists"), ("service.register", "success")];
    assert_eq!(actions, expected.map(|(action, outcome)| (action.to_owned(), outcome.to_owned())));
}

#[tokio::test]
async fn what_is_wrong_with_the_files_is_said() {
    let room = tempfile::tempdir().unwrap();
    pair(room.path(), "one", None);
    pair(room.path(), "two", Some("a password"));
    std::os::unix::fs::symlink("ssl-cert-snakeoil.pem", room.path().join("linked.pem")).unwrap();
    std::fs::copy(room.path().join("one.pem"), room.path().join("ssl-cert-snakeoil.pem")).unwrap();
    write(&room.path().join("open.key"), &std::fs::read(room.path().join("one.key")).unwrap(), 0o644);
    write(&room.path().join("garbage.pem"), b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", 0o600);
    let (deck, cookie) = Deck::set_up().await;
    let config = vsftpd(room.path(), "one.pem", "one.key");
    let made = deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &json!({"kind": "vsftpd", "config": config})).await;
    let path = made.header("location").to_owned();
    pair(room.path(), "three", None);
    let cases = [
        ("one.pem", "three.key", "does not belong to the certificate"),
        ("one.pem", "two.key", "is encrypted"),
        ("one.pem", "gone.key", "no such file"),
        ("one.pem", "open.key", "can read the private key"),
        ("one.pem", "garbage.pem", "is damaged"),
        ("one.key", "one.key", "holds no certificate"),
        ("one.pem", "one.pem", "holds no private key"),
    ];
    for (certificate, key, words) in cases {
        vsftpd(room.path(), certificate, key);
        let told = deck.get(&path, &[("cookie", &cookie)]).await.json();
        assert!(told["service"]["findings"].as_u64().unwrap() >= 1, "{certificate} {key}");
        assert!(told.to_string().contains(words), "{certificate} {key}: {told:#}");
        assert_ne!(told["endpoints"][0]["pairs"][0]["key_matches"] == json!(true), key != "open.key", "{certificate} {key}");
    }
    vsftpd(room.path(), "linked.pem", "one.key");
    let told = deck.get(&path, &[("cookie", &cookie)]).await.json();
    assert_eq!(told["files"][0]["snakeoil"], true);
    assert!(told["files"][0]["links"][0].as_str().unwrap().ends_with("linked.pem -> ssl-cert-snakeoil.pem"));
    std::fs::remove_file(&config).unwrap();
    let told = deck.get(&path, &[("cookie", &cookie)]).await.json();
    assert!(told["service"]["problem"].as_str().unwrap().contains("cannot be read"), "{told:#}");
}

#[tokio::test]
async fn what_cannot_be_a_service_is_refused_and_changes_nothing() {
    let (deck, cookie) = Deck::set_up().await;
    let long = format!("/{}", "a".repeat(5_000));
    let cases = [
        (json!({"kind": "vsftpd", "config": "etc/vsftpd.conf"}), "absolute"),
        (json!({"kind": "vsftpd", "config": "/etc/../etc/vsftpd.conf"}), "without `..`"),
        (json!({"kind": "vsftpd", "config": "/etc/a\nb"}), "control characters"),
        (json!({"kind": "vsftpd", "config": ""}), "octets"),
        (json!({"kind": "vsftpd", "config": long}), "octets"),
        (json!({"kind": "vsftpd", "config": "/nowhere/vsftpd.conf"}), "No such file"),
        (json!({"kind": "nginx", "config": "/etc"}), "directory"),
        (json!({"kind": "postfix", "config": "/dev/zero"}), "main.cf"),
        (json!({"kind": "nginx", "config": "/dev/zero"}), "no regular file"),
        (json!({"kind": "exim", "config": "/etc/exim"}), "unknown variant"),
        (json!({"kind": "nginx"}), "config"),
    ];
    for (new, words) in cases {
        let answer = deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &new).await;
        assert_eq!(answer.code(), "invalid-input", "{new}");
        assert!(answer.text.contains(words), "{new}: {}", answer.text);
    }
    assert_eq!(deck.get("/api/v1/services", &[("cookie", &cookie)]).await.json(), json!([]));
}
