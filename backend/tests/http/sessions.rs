//! The open sessions, and new secrets for API tokens.

use axum::body::Body;
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::deck::{Answer, Deck, PASSWORD};

const SESSIONS: &str = "/api/v1/sessions";

async fn open(deck: &Deck, header: (&str, &str)) -> Vec<Value> {
    deck.get(SESSIONS, &[header]).await.json().as_array().unwrap().clone()
}

async fn end(deck: &Deck, cookie: &str, session: &Value) -> Answer {
    let path = format!("{SESSIONS}/{}", session["id"].as_str().unwrap());
    deck.call_from_page(Method::DELETE, &path, cookie, &json!(null)).await
}

#[tokio::test]
async fn everybody_sees_and_ends_their_own_sessions_and_an_administrator_those_of_all() {
    let (deck, ada) = Deck::set_up().await;
    let bob = json!({"user_name": "bob", "password": PASSWORD, "grants": [{"role": "viewer"}]});
    assert_eq!(deck.call_from_page(Method::POST, "/api/v1/users", &ada, &bob).await.status, 201);
    let body = Body::from(json!({"user_name": "BOB", "password": PASSWORD}).to_string());
    let headers = [("content-type", "application/json"), ("user-agent", "Firefox/140.0 \u{e4}")];
    let bobs = deck.call(Method::POST, "/api/v1/session", &headers, body).await.cookie();
    deck.clock.advance(Duration::minutes(2));
    let elsewhere = deck.sign_in("bob", PASSWORD).await.cookie();

    let seen = open(&deck, ("cookie", &elsewhere)).await;
    let told: Vec<_> = seen.iter().map(|session| (session["user_name"].as_str().unwrap(), session["present"].as_bool().unwrap())).collect();
    assert_eq!(told, [("bob", true), ("bob", false)]);
    assert_eq!((&seen[1]["began_from"], &seen[1]["last_seen_at"]), (&json!("192.0.2.7"), &json!("2026-11-21T12:00:00Z")));
    assert_eq!((&seen[1]["user_agent"], &seen[0]["user_agent"]), (&json!("Firefox/140.0 \u{e4}"), &Value::Null));
    assert_eq!(seen[1]["expires_at"], "2026-11-21T12:30:00Z");
    let of_all = open(&deck, ("cookie", &ada)).await;
    let adas = of_all.iter().find(|session| session["user_name"] == "ada").unwrap();
    assert_eq!(of_all.len(), 3);
    assert_eq!(end(&deck, &elsewhere, adas).await.code(), "not-found", "one of somebody else");

    assert_eq!(end(&deck, &elsewhere, &seen[1]).await.status, 204);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &bobs)]).await.code(), "not-signed-in");
    assert_eq!(end(&deck, &ada, &seen[0]).await.status, 204);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &elsewhere)]).await.code(), "not-signed-in");
    assert_eq!(end(&deck, &ada, &seen[0]).await.code(), "not-found", "it has ended");
    let ended = ("session.end-other".to_owned(), "success".to_owned());
    assert_eq!(deck.actions().await.iter().filter(|action| **action == ended).count(), 2);
    deck.clock.advance(Duration::hours(1));
    let token = format!("Bearer {}", deck.token(Role::Administrator).await);
    assert_eq!(open(&deck, ("authorization", &token)).await, Vec::<Value>::new(), "past ones are not open");
}

#[tokio::test]
async fn an_api_token_sees_no_sessions_without_administration() {
    let (deck, cookie) = Deck::set_up().await;
    let operator = format!("Bearer {}", deck.token(Role::Operator).await);
    assert_eq!(open(&deck, ("authorization", &operator)).await, Vec::<Value>::new());
    let adas = format!("{SESSIONS}/{}", open(&deck, ("cookie", &cookie)).await[0]["id"].as_str().unwrap());
    let refused = deck.call(Method::DELETE, &adas, &[("authorization", &operator)], Body::empty()).await;
    assert_eq!(refused.code(), "not-found");
}

#[tokio::test]
async fn a_use_from_elsewhere_is_noted_at_once() {
    let (deck, ada) = Deck::set_up_with(|settings| settings.trusted_proxies = vec![[192, 0, 2, 7].into()]).await;
    deck.get("/api/v1/session", &[("cookie", &ada), ("x-forwarded-for", "198.51.100.9")]).await;
    let seen = deck.get(SESSIONS, &[("cookie", &ada), ("x-forwarded-for", "198.51.100.9")]).await.json();
    assert_eq!((&seen[0]["began_from"], &seen[0]["last_seen_from"]), (&json!("192.0.2.7"), &json!("198.51.100.9")));
}

/// Makes a token for `days`, and gives its identifier and secret.
async fn token(deck: &Deck, cookie: &str, role: &str, days: Option<u16>) -> (String, String) {
    let new = json!({"label": "nightly", "grants": [{"role": role}], "expires_in_days": days});
    let created = deck.call_from_page(Method::POST, "/api/v1/api-tokens", cookie, &new).await.json();
    (created["token"]["id"].as_str().unwrap().to_owned(), created["secret"].as_str().unwrap().to_owned())
}

async fn rotate(deck: &Deck, secret: &str, id: &str, body: Value) -> Answer {
    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    deck.call(Method::POST, &format!("/api/v1/api-tokens/{id}/rotation"), &headers, Body::from(body.to_string())).await
}

async fn is_good(deck: &Deck, secret: &str) -> bool {
    deck.get("/api/v1/session", &[("authorization", &format!("Bearer {secret}"))]).await.status == 200
}

#[tokio::test]
async fn a_rotated_token_has_two_secrets_for_a_while_and_tells_which_is_used() {
    let (deck, cookie) = Deck::set_up().await;
    let (id, first) = token(&deck, &cookie, "viewer", None).await;
    let answer = rotate(&deck, &first, &id, json!({"overlap_hours": 2})).await.json();
    let second = answer["secret"].as_str().unwrap();
    assert_eq!(answer["token"]["previous_good_until"], "2026-11-21T14:00:00Z");
    let administrator = format!("Bearer {}", deck.token(Role::Administrator).await);
    let listed = async || {
        let all = deck.get("/api/v1/api-tokens", &[("authorization", &administrator)]).await.json();
        all.as_array().unwrap().iter().find(|token| token["id"] == id.as_str()).unwrap().clone()
    };
    deck.clock.advance(Duration::hours(1));
    assert!(is_good(&deck, &first).await);
    let seen = listed().await;
    assert_eq!((&seen["last_used_at"], &seen["previous_last_used_at"]), (&Value::Null, &json!("2026-11-21T13:00:00Z")));
    assert_eq!(seen["previous_last_used_from"], "192.0.2.7");
    assert!(is_good(&deck, second).await);
    assert_eq!(listed().await["last_used_at"], "2026-11-21T13:00:00Z");
    deck.clock.advance(Duration::hours(1));
    assert!(!is_good(&deck, &first).await && is_good(&deck, second).await, "the overlap has ended");

    let third = rotate(&deck, second, &id, json!({"overlap_hours": 0})).await.json()["secret"].as_str().unwrap().to_owned();
    assert!(!is_good(&deck, second).await && is_good(&deck, &third).await, "none was wanted");
    let text = deck.get("/api/v1/audit?action=api-token.rotate", &[("authorization", &administrator)]).await;
    assert_eq!(text.json()["entries"].as_array().unwrap().len(), 2);
    assert!(!text.text.contains("cdk_"), "{}", text.text);
}

#[tokio::test]
async fn who_has_the_secret_before_cannot_rotate_and_nobody_another_one() {
    let (deck, cookie) = Deck::set_up().await;
    let (id, first) = token(&deck, &cookie, "operator", Some(3)).await;
    let (other, _) = token(&deck, &cookie, "viewer", None).await;
    assert_eq!(rotate(&deck, &first, &other, json!({})).await.code(), "scope-insufficient");
    assert_eq!(rotate(&deck, &first, &id, json!({"expires_in_days": 4})).await.code(), "scope-insufficient", "no longer life");
    assert_eq!(rotate(&deck, &first, &id, json!({})).await.status, 200);
    assert_eq!(rotate(&deck, &first, &id, json!({})).await.code(), "scope-insufficient");
    let administrator = deck.token(Role::Administrator).await;
    assert_eq!(rotate(&deck, &administrator, "none", json!({})).await.code(), "not-found");
    for (body, field) in [(json!({"overlap_hours": 721}), "/overlap_hours"), (json!({"expires_in_days": 0}), "/expires_in_days")] {
        assert_eq!(rotate(&deck, &administrator, &id, body).await.json()["errors"][0]["pointer"], field);
    }
    deck.clock.advance(Duration::days(4));
    let refused = rotate(&deck, &administrator, &id, json!({})).await;
    assert_eq!(refused.json()["errors"][0]["pointer"], "/expires_in_days", "it has expired: {}", refused.text);
    let renewed = rotate(&deck, &administrator, &id, json!({"expires_in_days": 30})).await.json();
    assert!(is_good(&deck, renewed["secret"].as_str().unwrap()).await);
    assert!(!is_good(&deck, &first).await);
}
