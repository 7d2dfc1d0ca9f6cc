//! Who is told of what: the clock is turned, certutil is the somebody else, a program takes the messages.

mod arranged;
mod calendar;
mod delivered;
mod told;

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use certdeck_shared::api::notice::Message;
use certdeck_shared::api::notice::Occasion;
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::{Value, json};

use crate::deck::Answer;
use crate::deck::Deck;

/// A console, an NSS database of certutil's, and a channel that writes each message into a file.
struct Scene {
    deck: Deck,
    /// Of a token without an end: a session would not live as long as a certificate.
    bearer: String,
    room: tempfile::TempDir,
    database: String,
}

#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn certutil(directory: &Path, arguments: &[&str]) {
    let database = format!("sql:{}", directory.display());
    let output = Command::new("certutil").args(["-d", &database]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Scene {
    async fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let nss = room.path().join("nss");
        std::fs::create_dir(&nss).unwrap();
        certutil(&nss, &["-N", "--empty-password"]);
        let (deck, _) = Deck::set_up().await;
        let bearer = format!("Bearer {}", deck.token(Role::Administrator).await);
        let mut scene = Self { deck, bearer, room, database: String::new() };
        let register = json!({"action": "register", "path": nss, "label": "Mail"});
        scene.database = scene.ok(Method::POST, "/api/v1/databases", &register).await["id"].as_str().unwrap().to_owned();
        scene
    }

    fn nss(&self) -> PathBuf {
        self.room.path().join("nss")
    }

    /// Puts a certificate into the database that begins on 22 November 2026 and ends on the same day of a later month.
    fn make(&self, nickname: &str, common_name: &str, end: &str) {
        use openssl::asn1::Asn1Time;
        let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
        let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
        let mut name = openssl::x509::X509Name::builder().unwrap();
        name.append_entry_by_text("O", "Post, Telegraph; Co").unwrap();
        name.append_entry_by_text("CN", common_name).unwrap();
        let name = name.build();
        let mut certificate = openssl::x509::X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        let mut serial = openssl::bn::BigNum::new().unwrap();
        serial.rand(64, openssl::bn::MsbOption::ONE, false).unwrap();
        certificate.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_not_before(&Asn1Time::from_str("20261122000000Z").unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::from_str(&format!("{end}22000000Z")).unwrap()).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
        let file = self.room.path().join("new.der");
        std::fs::write(&file, certificate.build().to_der().unwrap()).unwrap();
        certutil(&self.nss(), &["-A", "-n", nickname, "-t", ",,", "-i", file.to_str().unwrap()]);
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("authorization", self.bearer.as_str()), ("content-type", "application/json")];
        self.deck.call(method, path, &headers, Body::from(body.to_string())).await
    }

    async fn ok(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        if answer.text.is_empty() { Value::Null } else { answer.json() }
    }

    async fn with_channel(&self) -> String {
        let script = format!("cat >> {0}; echo >> {0}", self.room.path().join("messages").display());
        let new = json!({"label": "File", "target": {"kind": "command", "arguments": ["/bin/sh", "-c", script], "seconds": 20}});
        self.ok(Method::POST, "/api/v1/notices/channels", &new).await["channel"]["id"].as_str().unwrap().to_owned()
    }

    /// Looks, waits until nothing is on its way any more, and tells what was told since the last time.
    async fn told(&self) -> Vec<(Occasion, String)> {
        for _ in 0..2_000 {
            self.deck.console.notices.look().await.unwrap();
            let waiting = self.ok(Method::GET, "/api/v1/notices/deliveries", &Value::Null).await;
            if waiting.as_array().unwrap().iter().all(|delivery| delivery["state"] != "waiting") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let file = self.room.path().join("messages");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::remove_file(&file).ok();
        let messages = text.lines().map(|line| serde_json::from_str::<Message>(line).unwrap());
        messages
            .flat_map(|message| message.notices)
            .map(|told| (told.occasion, format!("{} {}", told.notice.kind.name(), told.notice.stage)))
            .collect()
    }

    /// Forgets the database while something of it is open: that ends without a sound.
    async fn console_without_the_database(&self) {
        self.open_the_password_file().await;
        assert_eq!(self.told().await, [so(Occasion::New, "password-file-open everybody")]);
        self.ok(Method::DELETE, &format!("/api/v1/databases/{}", self.database), &Value::Null).await;
        assert_eq!(self.told().await, []);
        assert_eq!(self.ok(Method::GET, "/api/v1/notices", &Value::Null).await, json!([]));
    }

    async fn open_the_password_file(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        let file = self.nss().join("password.txt");
        std::fs::write(&file, "secret\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
}

fn so(occasion: Occasion, what: &str) -> (Occasion, String) {
    (occasion, what.to_owned())
}
