//! Every way in for bytes of others.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::request::{NewRequest, Reply, Tracking};
use certdeck_shared::request::RequestForm;
use reqwest::Method;
use serde_json::{Value, json};
use support::certificates::Authority;
use support::deck::Deck;
use support::run::openssl;

use super::Bad;
use crate::issuing::root;

/// Longer than anything takes on a busy machine; a hang is longer.
const PATIENCE: Duration = Duration::from_secs(300);

/// PEM or other text as it is, anything else as base64: what fits into JSON.
fn as_text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap_or_else(|_| STANDARD.encode(octets))
}

/// A database with a CA, a key, a request that waits and one for an outside key that was answered; and every way in.
pub struct Doors {
    pub deck: Deck,
    authority: String,
    key: String,
    waiting: String,
    answered: String,
}

impl Doors {
    pub async fn new() -> Self {
        let deck = Deck::new().await;
        let authority = deck.client.create_self_signed(&deck.id, &root("Doors")).await.unwrap().fingerprint_sha256;
        let key = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap().id;
        let form = RequestForm { subject_alternative_names: "waits.example".to_owned(), ..RequestForm::default() };
        let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named("waits") };
        let waiting = deck.client.create_request(&deck.id, &new).await.unwrap().id;
        let arguments = ["req", "-new", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=outside"];
        let content = openssl(&[&arguments[..], &["-addext", "subjectAltName=DNS:outside.example"]].concat(), b"");
        let content = String::from_utf8(content).unwrap();
        let reply = Reply { content: Authority::new("Outside").sign(&content), ..Reply::default() };
        let new = NewRequest::Ready { content, key_place: None, tracking: Tracking::named("outside") };
        let answered = deck.client.create_request(&deck.id, &new).await.unwrap().id;
        deck.client.reply(&deck.id, &answered, &reply).await.unwrap();
        Self { deck, authority, key, waiting, answered }
    }

    /// Path, media type and body of each.
    fn all(&self, bad: &Bad) -> Vec<(String, &'static str, Vec<u8>)> {
        let (file, text, password) = (STANDARD.encode(&bad.octets), as_text(&bad.octets), &bad.password);
        let json = |path: &str, body: Value| (path.to_owned(), "application/json", body.to_string().into_bytes());
        let keys = json!({"file": file, "password": password, "accept_keys_without_certificate": true});
        let ready =
            json!({"from": "ready", "content": text, "nickname": "x", "accept": ["weak-key", "sha1-signature", "no-alternative-names"]});
        let to_be_signed = json!({"from": "to-be-signed", "key_id": self.key, "certification_request_info": file, "nickname": "x"});
        let issued = json!({"from": "request", "issuer": self.authority, "request": text, "policy": {"accept_weak_key": true}});
        let bundle = json!({"file": file, "password": password, "bundle_password": "file of 4 words"});
        vec![
            ("certificates".to_owned(), "application/x-pem-file", bad.octets.clone()),
            ("certificates?preview=true".to_owned(), "application/x-pem-file", bad.octets.clone()),
            json("certificates", json!({"certificates": [{"der": file}]})),
            json("validation", json!({"added": [{"der": file, "trust": ",,"}]})),
            json("pkcs12", keys.clone()),
            json("pkcs12?preview=true", keys),
            json("requests", ready.clone()),
            json("requests?preview=true", ready),
            json("requests", to_be_signed),
            json("issued", issued.clone()),
            json("issued?preview=true", issued),
            json("replies", json!({"content": text})),
            json(&format!("requests/{}/reply", self.waiting), json!({"content": text})),
            json(&format!("requests/{}/bundle", self.answered), bundle),
            ("crls".to_owned(), "application/pkix-crl", bad.octets.clone()),
            ("crls?unverified=true".to_owned(), "application/pkix-crl", bad.octets.clone()),
            ("crls?preview=true".to_owned(), "application/x-pem-file", bad.octets.clone()),
        ]
    }

    /// Everything that could change.
    async fn state(&self) -> (String, usize, usize, usize, String) {
        let (client, id) = (&self.deck.client, &self.deck.id);
        let listed = client.certificates(id).await.unwrap();
        let requests = serde_json::to_string(&client.requests(id).await.unwrap()).unwrap();
        let (keys, snapshots) = (client.keys(id).await.unwrap().len(), client.snapshots(id).await.unwrap().len());
        (listed.revision, listed.certificates.len(), keys, snapshots, requests)
    }

    /// Knocks at every door, and tells what is not as it should be.
    pub async fn refuse(&self, all: &[Bad]) -> Vec<String> {
        let before = self.state().await;
        let mut wrong = Vec::new();
        for bad in all {
            for (path, media_type, body) in self.all(bad) {
                let what = format!("{} at {path} ({media_type})", bad.name);
                let address = format!("/api/v1/databases/{}/{path}", self.deck.id);
                let asked = self.deck.client.transport().raw(Method::POST, &address).header("content-type", media_type).body(body);
                let Ok(answer) = tokio::time::timeout(PATIENCE, asked.send()).await else {
                    wrong.push(format!("{what}: no answer"));
                    continue;
                };
                let answer = answer.unwrap();
                let (status, text) = (answer.status(), answer.text().await.unwrap());
                let reason = serde_json::from_str::<Problem>(&text);
                let said = reason.as_ref().is_ok_and(|problem| {
                    problem.code != ProblemCode::Internal
                        && (problem.detail.len() > 20 || problem.errors.iter().any(|error| error.message.len() > 20))
                });
                if !status.is_client_error() || !said {
                    wrong.push(format!("{what}: {status} {}", text.chars().take(300).collect::<String>()));
                }
            }
        }
        if self.state().await != before {
            wrong.push("something changed".to_owned());
        }
        wrong
    }
}
