//! Ultimate CA Manager: what its changelog mended.

#![allow(clippy::disallowed_methods, reason = "openssl makes requests, and judges")]

use std::path::Path;
use std::process::Command;

use http::Method;
use serde_json::json;

use crate::confirmation::chain;
use crate::deck::{Answer, Deck};

fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A request with this subject and these extensions, PEM.
fn request(room: &Path, subject: &str, extensions: &[&str]) -> String {
    let (key, file) = (room.join("request.key"), room.join("request.pem"));
    let mut line = vec!["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject];
    line.extend(["-keyout", key.to_str().unwrap(), "-out", file.to_str().unwrap()]);
    for extension in extensions {
        line.extend(["-addext", extension]);
    }
    openssl(&line);
    std::fs::read_to_string(file).unwrap()
}

struct Scene {
    deck: Deck,
    cookie: String,
    database: String,
    root: String,
    room: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let (deck, cookie) = Deck::set_up().await;
        let (database, root, _) = chain(&deck, &cookie, room.path()).await;
        Self { deck, cookie, database, root, room }
    }

    async fn sign(&self, request: &str) -> Answer {
        let body = json!({"from": "request", "issuer": self.root, "request": request, "policy": {"copy_usages": true}});
        self.deck.call_from_page(Method::POST, &format!("{}/issued", self.database), &self.cookie, &body).await
    }

    fn text(&self, pem: &str) -> String {
        let file = self.room.path().join("certificate.pem");
        std::fs::write(&file, pem).unwrap();
        openssl(&["x509", "-noout", "-text", "-in", file.to_str().unwrap()])
    }
}

/// SKI and AKI were copied from the request, so that its author decided which CA a chain went to.
#[tokio::test(flavor = "multi_thread")]
async fn ucm_a_request_does_not_name_the_key_identifiers_of_its_certificate() {
    let scene = Scene::new().await;
    let planted = "DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF";
    // 2.5.29.35 with keyIdentifier [0], as openssl will not make it in a request by name.
    let authority = "2.5.29.35=DER:30:16:80:14:DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF:DE:AD:BE:EF";
    let subject_key = "subjectKeyIdentifier=DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";
    let asked = request(scene.room.path(), "/CN=planted.example.org", &[subject_key, authority]);
    assert!(openssl(&["req", "-noout", "-text", "-in", scene.room.path().join("request.pem").to_str().unwrap()]).contains(planted));
    let answer = scene.sign(&asked).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = scene.text(answer.json()["pem"].as_str().unwrap());
    assert!(made.contains("Subject Key Identifier") && made.contains("Authority Key Identifier") && !made.contains(planted), "{made}");
    let path = format!("{}/certificates/{}", scene.database, scene.root);
    let root = scene.deck.get(&path, &[("cookie", &scene.cookie), ("accept", "application/x-pem-file")]).await;
    let root = scene.text(&root.text);
    let after =
        |text: &str, title: &str| text.split(title).nth(1).and_then(|rest| rest.lines().nth(1)).unwrap_or_default().trim().to_owned();
    assert_eq!(after(&made, "Authority Key Identifier"), after(&root, "Subject Key Identifier"), "that of the CA's own key");
    scene.deck.console.databases.close().await;
}

/// The subject of a request went into the certificate unseen.
#[tokio::test(flavor = "multi_thread")]
async fn ucm_the_subject_of_a_request_is_checked() {
    let scene = Scene::new().await;
    let ca = scene.sign(&request(scene.room.path(), "/CN=Example root", &[])).await;
    assert!(ca.status.is_client_error() && ca.text.contains("issuer's own"), "nobody gets the CA's name: {}", ca.text);
    let wants_more = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign,cRLSign"];
    let more = scene.sign(&request(scene.room.path(), "/CN=more.example.org", &wants_more)).await;
    if more.status.is_success() {
        let made = scene.text(more.json()["pem"].as_str().unwrap());
        assert!(!made.contains("CA:TRUE") && !made.contains("Certificate Sign"), "{made}");
    }
    let none = scene.sign(&request(scene.room.path(), "/", &[])).await;
    assert!(none.status.is_client_error(), "a certificate for nobody: {}", none.text);
    let preview =
        json!({"from": "request", "issuer": scene.root, "request": request(scene.room.path(), "/O=Somebody/CN=web.example.org", &[])});
    let preview =
        scene.deck.call_from_page(Method::POST, &format!("{}/issued?preview=true", scene.database), &scene.cookie, &preview).await;
    let decisions = preview.json()["decisions"].clone();
    assert!(decisions.as_array().unwrap().iter().any(|decision| decision["part"] == "subject"), "and shown first: {}", preview.text);
    scene.deck.console.databases.close().await;
}

/// Secrets were encrypted by a key that was made from the machine's identifier, which everybody on it can read.
#[tokio::test(flavor = "multi_thread")]
async fn ucm_nothing_secret_is_made_from_the_machine() {
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let (deck, _) = Deck::set_up().await;
        let database = deck.console.databases.ensure_embedded().await.unwrap();
        let password = std::fs::read_dir(&database.path).unwrap().map(|entry| entry.unwrap().path());
        let text =
            password.filter(|path| path.extension().is_none_or(|end| end != "db")).map(|path| std::fs::read_to_string(path).unwrap());
        passwords.push(text.filter(|text| !text.contains("library=")).collect::<Vec<_>>().join("\n"));
        deck.console.databases.close().await;
    }
    assert!(passwords[0].trim().len() >= 40 && passwords[0] != passwords[1], "two consoles of one machine share nothing");
}
