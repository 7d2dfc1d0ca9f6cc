//! Who may call what, and from where.

use axum::body::Body;
use certdeck::http::openapi;
use certdeck::http::operations::{Need, OPERATIONS, Operation, To};
use certdeck::http::router::api;
use certdeck_shared::api::role::{Right, Role};
use http::Method;
use serde_json::json;

use crate::deck::{Deck, ORIGIN, PASSWORD};

/// Routes that the document does not describe.
const OUTSIDE: [&str; 3] = ["/api/v1/openapi.json", "/healthz", "/metrics"];

#[test]
fn every_operation_is_in_the_authorization_table() {
    let (_, document) = api();
    let described = openapi::operations(&document);
    assert!(described.len() > 100, "{described:?}");
    for (method, path) in &described {
        let lines = OPERATIONS.iter().filter(|operation| operation.method == method && operation.path == path).count();
        assert_eq!(lines, 1, "{method} {path} in http/operations.rs");
    }
    for operation in OPERATIONS.iter().filter(|operation| !OUTSIDE.contains(&operation.path)) {
        let found = described.iter().any(|(method, path)| operation.method == method && operation.path == path);
        assert!(found, "{operation:?} is in http/operations.rs and nowhere else");
    }
}

#[test]
fn what_a_path_names_is_what_the_right_is_to() {
    let names = ["{database}", "{service}", "{endpoint}", "{plan}", "{deployment}"];
    for operation in OPERATIONS {
        let Need::Right(right, to) = operation.need else { continue };
        let named = names.iter().any(|name| operation.path.contains(name));
        let expected = if right == Right::Administrate { to == To::Everything } else { named == (to == To::Named) };
        assert!(expected, "{operation:?}");
    }
    let unsafe_and_free = OPERATIONS.iter().filter(|operation| operation.need == Need::Nothing && operation.method != "GET");
    let paths: Vec<&str> = unsafe_and_free.map(|operation| operation.path).collect();
    assert_eq!(paths, ["/api/v1/setup", "/api/v1/session", "/api/v1/session/certificate"]);
}

/// The code of the answer to a call without a body; none when it was let in and went well. Streams are not read.
async fn outcome(deck: &Deck, operation: &Operation, headers: &[(&str, &str)]) -> Option<String> {
    let path = operation.path.replace(['{', '}'], "");
    let method: Method = operation.method.parse().unwrap();
    let response = deck.response(method, &path, headers, Body::empty()).await;
    if response.status().is_success() {
        return None;
    }
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{operation:?}: {bytes:?}"));
    Some(problem["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_operation_refuses_strangers() {
    let (deck, _) = Deck::set_up().await;
    for operation in OPERATIONS.iter().filter(|operation| operation.need != Need::Nothing) {
        for headers in
            [&[][..], &[("authorization", "Bearer cdk_no")], &[("authorization", "Basic YWRhOng=")], &[("cookie", "__Host-certdeck=no")]]
        {
            let code = outcome(&deck, operation, headers).await;
            let refused = ["not-signed-in", "origin-refused"].map(|code| Some(code.to_owned())).contains(&code);
            assert!(refused, "{operation:?} with {headers:?}: {code:?}");
        }
    }
}

#[tokio::test]
async fn every_operation_lets_in_the_roles_of_its_line_and_no_other() {
    let (deck, _) = Deck::set_up().await;
    for role in Role::ALL {
        let bearer = format!("Bearer {}", deck.token(role).await);
        for operation in OPERATIONS {
            let refused = outcome(&deck, operation, &[("authorization", &bearer)]).await.as_deref() == Some("scope-insufficient");
            // An account arranges its second factor in a session, whatever its role.
            let of_a_person = operation.path.contains("/session/second-factor") && operation.asks_again;
            let allowed = match operation.need {
                _ if of_a_person => false,
                Need::Nothing | Need::SignedIn => true,
                Need::Right(right, _) => role.allows(right),
            };
            assert_eq!(refused, !allowed, "{operation:?} with {role:?}");
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_refused_with_those_it_has() {
    let (deck, _) = Deck::set_up().await;
    let answer = deck.call(Method::PUT, "/api/v1/databases", &[], Body::empty()).await;
    assert_eq!((answer.code().as_str(), answer.header("allow")), ("method-not-allowed", "GET,POST,HEAD"));
    assert_eq!(deck.call(Method::OPTIONS, "/api/v1/session", &[], Body::empty()).await.code(), "method-not-allowed");
    let bearer = format!("Bearer {}", deck.token(Role::Viewer).await);
    let head = deck.call(Method::HEAD, "/api/v1/databases", &[("authorization", &bearer)], Body::empty()).await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    assert_eq!(deck.call(Method::HEAD, "/api/v1/databases", &[], Body::empty()).await.status, 401);
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
    let kept = async || {
        let page = deck.console.store.audit().page(certdeck::state::AuditFilter::default(), 100).await.unwrap();
        page.entries.into_iter().filter(|entry| entry.subject.as_deref() == Some("a call for another host")).collect::<Vec<_>>()
    };
    let entry = kept().await.remove(0);
    assert_eq!((entry.outcome.as_str(), entry.peer.as_deref()), ("origin-refused", Some("192.0.2.7")));
    assert_eq!(entry.after, Some(json!({"host": "deck.test"})));
    for _ in 0..100 {
        deck.get("/", &[]).await;
    }
    assert_eq!(kept().await.len(), 30, "so many a minute");
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
    let bearer = format!("Bearer {}", deck.token(Role::Viewer).await);
    let text = deck.get("/metrics", &[("authorization", &bearer)]).await.text;
    assert!(text.contains("certdeck_http_requests_total{method=\"POST\",route=\"/api/v1/setup\",status=\"201\"} 1"), "{text}");
}
