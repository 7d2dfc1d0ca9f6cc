//! Who may call what, and from where.

use axum::body::Body;
use certdeck::http::openapi;
use certdeck::http::operations::OPERATIONS;
use certdeck::http::router::api;
use certdeck_shared::api::account::Scope;
use http::Method;
use serde_json::json;

use crate::deck::{Deck, ORIGIN, PASSWORD};

#[test]
fn every_operation_is_in_the_authorization_table() {
    let (_, document) = api();
    let described = openapi::operations(&document);
    assert!(described.len() > 15, "{described:?}");
    for (method, path) in &described {
        let found = OPERATIONS.iter().any(|operation| operation.method == method && operation.path == path);
        assert!(found, "{method} {path} has no line in http/operations.rs");
    }
    for operation in OPERATIONS {
        let found = described.iter().any(|(method, path)| operation.method == method && operation.path == path);
        assert!(found, "{operation:?} is in http/operations.rs and nowhere else");
    }
}

#[tokio::test]
async fn every_operation_refuses_strangers_and_scopes_that_are_too_small() {
    let (deck, _) = Deck::set_up().await;
    let bearers = [
        (Scope::Read, format!("Bearer {}", deck.token(Scope::Read).await)),
        (Scope::Write, format!("Bearer {}", deck.token(Scope::Write).await)),
    ];
    for operation in OPERATIONS {
        let Some(needed) = operation.scope else { continue };
        let path = operation.path.replace(['{', '}'], "");
        let method: Method = operation.method.parse().unwrap();
        let call = |headers: Vec<(&'static str, String)>| {
            let (deck, method, path) = (&deck, method.clone(), path.clone());
            async move {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
                deck.call(method, &path, &headers, Body::empty()).await
            }
        };
        assert_eq!(call(vec![]).await.code(), "not-signed-in", "{operation:?}");
        assert_eq!(call(vec![("authorization", "Bearer cdk_no".into())]).await.code(), "not-signed-in", "{operation:?}");
        for (scope, bearer) in bearers.iter().filter(|(scope, _)| *scope < needed) {
            let answer = call(vec![("authorization", bearer.clone())]).await;
            assert_eq!(answer.code(), "scope-insufficient", "{operation:?} with {scope:?}");
        }
    }
}

#[tokio::test]
async fn a_change_with_a_cookie_comes_from_our_own_page() {
    let (deck, cookie) = Deck::set_up().await;
    let cases: [(&[(&str, &str)], bool); 6] = [
        (&[("origin", ORIGIN)], true),
        (&[("sec-fetch-site", "same-origin")], true),
        (&[], false),
        (&[("origin", "https://evil.test")], false),
        (&[("origin", "http://deck.test")], false),
        (&[("sec-fetch-site", "same-site")], false),
    ];
    for (headers, allowed) in cases {
        let mut all = vec![("cookie", cookie.as_str()), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        let answer = deck.call(Method::POST, "/api/v1/users", &all, Body::from("{}")).await;
        let code = if allowed { "invalid-input" } else { "origin-refused" };
        assert_eq!(answer.code(), code, "{headers:?}");
    }
}

#[tokio::test]
async fn another_page_cannot_sign_somebody_in() {
    let (deck, _) = Deck::set_up().await;
    let body = json!({"user_name": "ada", "password": PASSWORD}).to_string();
    let headers = [("content-type", "application/json"), ("origin", "https://evil.test")];
    assert_eq!(deck.call(Method::POST, "/api/v1/session", &headers, Body::from(body)).await.code(), "origin-refused");
}

#[tokio::test]
async fn without_tls_only_names_of_loopback_are_answered() {
    let deck = Deck::with(|settings| settings.http = true).await;
    assert_eq!(deck.get("/api/v1/setup", &[]).await.code(), "origin-refused", "deck.test is not loopback");
}

#[tokio::test]
async fn behind_a_proxy_the_trusted_origin_counts() {
    let deck = Deck::with(|settings| {
        settings.http = true;
        settings.trusted_origin = Some(ORIGIN.into());
    })
    .await;
    assert_eq!(deck.get("/api/v1/setup", &[]).await.status, 200);
}

#[tokio::test]
async fn counters_are_for_known_callers() {
    let (deck, _) = Deck::set_up().await;
    assert_eq!(deck.get("/metrics", &[]).await.status, 401);
    let bearer = format!("Bearer {}", deck.token(Scope::Read).await);
    let text = deck.get("/metrics", &[("authorization", &bearer)]).await.text;
    assert!(text.contains("certdeck_http_requests_total{method=\"POST\",route=\"/api/v1/setup\",status=\"201\"} 1"), "{text}");
}
