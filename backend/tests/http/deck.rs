//! A console in memory and what calls it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use certdeck::config::{HashingCost, Settings};
use certdeck::domain::accounts::Actor;
use certdeck::domain::console::Console;
use certdeck::host::Clock;
use certdeck::http::router::router;
use certdeck::state::Store;
use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::role::{Grants, Role};
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use time::macros::datetime;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "a quiet harbour 7";
pub const ORIGIN: &str = "https://deck.test";

pub struct Deck {
    pub clock: Clock,
    pub console: Arc<Console>,
    router: Router,
    _data_dir: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    /// What is said, but for the identifier of the call: two calls never have the same.
    pub fn words(&self) -> String {
        self.text.replace(self.header("x-request-id"), "")
    }

    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap().to_owned()
    }
}

impl Deck {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let data_dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(data_dir.path());
        settings.hashing = HashingCost { memory_kib: 8, iterations: 1 };
        change(&mut settings);
        let clock = Clock::manual(datetime!(2026-11-21 12:00 UTC));
        let store = Store::in_memory(clock.clone()).unwrap();
        let console = Console::new(settings, store, env!("CARGO_BIN_EXE_certdeck").into()).await.unwrap();
        Self { clock, router: router(Arc::clone(&console)), console, _data_dir: data_dir }
    }

    /// A console with the administrator `ada`, and her cookie.
    pub async fn set_up() -> (Self, String) {
        Self::set_up_with(|_| ()).await
    }

    /// The same with other settings.
    pub async fn set_up_with(change: impl FnOnce(&mut Settings)) -> (Self, String) {
        let deck = Self::with(change).await;
        let token = deck.console.accounts.begin_setup().await.unwrap().unwrap();
        let answer = deck.post("/api/v1/setup", &json!({"token": token.as_str(), "user_name": "ada", "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let cookie = answer.cookie();
        (deck, cookie)
    }

    pub async fn token(&self, role: Role) -> String {
        self.token_for(Grants::everywhere(role)).await
    }

    /// A token that may do this and no more.
    pub async fn token_for(&self, grants: Grants) -> String {
        let new = NewApiToken { label: "test".into(), grants, expires_in_days: None, unattended: true };
        self.console.accounts.create_api_token(&Actor::LocalAdministrator, new).await.unwrap().secret
    }

    /// The answer as it comes, for streams.
    pub async fn response(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "deck.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 50_000))));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let response = self.response(method, path, headers, body).await;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, 1 << 24).await.unwrap()).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, headers, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, &[("content-type", "application/json")], Body::from(body.to_string())).await
    }

    /// With a cookie, as our own page sends it.
    pub async fn call_from_page(&self, method: Method, path: &str, cookie: &str, body: &Value) -> Answer {
        let headers = [("cookie", cookie), ("origin", ORIGIN), ("content-type", "application/json")];
        self.call(method, path, &headers, Body::from(body.to_string())).await
    }

    pub async fn sign_in(&self, user_name: &str, password: &str) -> Answer {
        self.post("/api/v1/session", &json!({"user_name": user_name, "password": password})).await
    }

    pub async fn actions(&self) -> Vec<(String, String)> {
        let page = self.console.store.audit().page(certdeck::state::AuditFilter::default(), 100).await.unwrap();
        page.entries.into_iter().map(|entry| (entry.action, entry.outcome)).collect()
    }
}
