//! Secrets that are in a console, and things that calls may be about.

use std::path::Path;

use certdeck_shared::api::account::{NewApiToken, NewUser};
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::endpoint::NewEndpoint;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::keystore::KeystoreImport;
use certdeck_shared::api::notice::{ChannelTarget, NewChannel, Urgency};
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::api::role::{Grants, Role};
use certdeck_shared::api::service::{NewService, Protocol, ServiceKind, TlsMode};
use certdeck_shared::request::RequestForm;
use serde_json::{Value, json};
use support::console::{self, Console};
use support::database;
use support::deck::create;
use support::pki::{KeyKind, Pki};
use support::transport::Native;

/// Secrets that no test but this one has.
const USERS_PASSWORD: &str = "planted among users 1";
const CHANNELS_SECRET: &str = "planted in a channel 2";
const FILE_PASSWORD: &str = "planted around a file 3";

/// What was planted.
pub struct Planted {
    /// Secret of an API token that may do everything.
    pub token: String,
    secrets: Vec<String>,
    there: Value,
    /// Identifiers of what is not to be taken away.
    kept: Vec<String>,
}

impl Planted {
    /// Makes one of each. The directory is one that the console may write to.
    pub async fn in_console(console: &Console, directory: &Path) -> Self {
        let client = console.set_up().await;
        let totp = client.begin_second_factor().await.unwrap().secret;
        let grants = Grants::everywhere(Role::Administrator);
        let new = NewApiToken { label: "planted".to_owned(), grants, expires_in_days: None, unattended: true };
        let token = client.create_api_token(&new).await.unwrap();
        let other = client.create_api_token(&NewApiToken { label: "another".to_owned(), ..new }).await.unwrap();
        let user =
            NewUser { user_name: "planted".to_owned(), password: USERS_PASSWORD.to_owned(), grants: Grants::everywhere(Role::Viewer) };
        client.create_user(&user).await.unwrap();

        let database = client.add_database(&create(&directory.join("nss"))).await.unwrap().id;
        let login = TokenLogin { password: Some(database::PASSWORD.to_owned()), password_file: None };
        client.unlock(&database, "internal", &login).await.unwrap();
        let pair = Pki::new().pair_with("planted.example", KeyKind::Ec);
        let file = Base64(pair.pkcs12(FILE_PASSWORD));
        let import = KeystoreImport { file, password: Some(FILE_PASSWORD.to_owned()), ..KeystoreImport::default() };
        client.import_keystore(&database, &import).await.unwrap();
        let form = RequestForm {
            common_name: "asked.example".to_owned(),
            subject_alternative_names: "asked.example".to_owned(),
            ..RequestForm::default()
        };
        let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named("asked") };
        let request = client.create_request(&database, &new).await.unwrap();

        let target = ChannelTarget::Webhook { url: "https://hooks.example/".to_owned(), allow_private: false, ca: None };
        let channel = NewChannel {
            label: "planted".to_owned(),
            target,
            secret: Some(CHANNELS_SECRET.to_owned()),
            kinds: Vec::new(),
            at_least: Urgency::Urgent,
        };
        let channel = client.add_channel(&channel).await.unwrap().channel.id;
        let config = directory.join("nginx.conf");
        std::fs::write(&config, "events {}\nhttp { server { listen 127.0.0.1:9 ssl; } }\n").unwrap();
        let service = client.add_service(&NewService::new(ServiceKind::Nginx, config.display().to_string())).await.unwrap().id;
        let endpoint = NewEndpoint {
            host: "127.0.0.1".to_owned(),
            port: 9,
            protocol: Protocol::Http,
            tls: TlsMode::Implicit,
            server_name: None,
            label: None,
            tags: Vec::new(),
            expected: None,
        };
        let endpoint = client.add_endpoint(&endpoint).await.unwrap().id;

        let there = json!({
            "database": database, "fingerprint": pair.fingerprint(), "fingerprint_sha256": pair.fingerprint(), "request": request.id,
            "key": request.key_id, "key_id": request.key_id, "token": "internal", "user_name": "planted", "channel": channel,
            "service": service, "endpoint": endpoint, "id": other.token.id, "path": config, "issuer": pair.fingerprint(),
        });
        let passwords = [console::PASSWORD, USERS_PASSWORD, CHANNELS_SECRET, FILE_PASSWORD, database::PASSWORD].map(str::to_owned);
        // A line in the middle of the key, as PEM and so as Base64 of its DER.
        let key = pair.key_file().lines().nth(2).unwrap().to_owned();
        let secrets = passwords.into_iter().chain([token.secret.clone(), other.secret, totp, key]).collect();
        let kept = vec![token.token.id.clone(), console::USER_NAME.to_owned(), database];
        Self { token: token.secret, secrets, there, kept }
    }

    /// What `hooks.py` reads.
    pub fn note(&self) -> String {
        json!({"secrets": self.secrets, "there": self.there, "kept": self.kept}).to_string()
    }

    /// An administrator's script.
    pub fn client(&self, console: &Console) -> Client<Native> {
        Client::new(Native::with_token(&console.origin, &self.token))
    }

    /// Ends the test where a secret stands in a text.
    pub fn is_not_in(&self, text: &str, what: &str) {
        for (number, secret) in self.secrets.iter().enumerate() {
            assert!(!text.contains(secret), "planted secret {number} is in {what}");
        }
    }
}
