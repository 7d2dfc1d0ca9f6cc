//! First run, sessions, accounts, API tokens.

use axum::body::Body;
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::json;
use time::Duration;

use crate::deck::{Deck, PASSWORD};

#[tokio::test]
async fn set_up_is_possible_once_and_signs_in() {
    let (deck, cookie) = Deck::set_up().await;
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.json()["grants"], json!([{"role": "administrator"}]));
    let again = deck.post("/api/v1/setup", &json!({"token": "x", "user_name": "eve", "password": PASSWORD})).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (409, "setup-done"));
    assert_eq!(deck.get("/api/v1/setup", &[]).await.json()["required"], false);
}

#[tokio::test]
async fn a_wrong_or_old_setup_token_is_refused() {
    let deck = Deck::new().await;
    let token = deck.console.accounts.begin_setup().await.unwrap().unwrap();
    let body = |token: &str| json!({"token": token, "user_name": "ada", "password": PASSWORD});
    assert_eq!(deck.post("/api/v1/setup", &body("wrong")).await.code(), "setup-token-incorrect");
    deck.clock.advance(Duration::minutes(15));
    assert_eq!(deck.post("/api/v1/setup", &body(&token)).await.code(), "setup-token-incorrect");
    let token = deck.console.accounts.begin_setup().await.unwrap().unwrap();
    assert_eq!(deck.post("/api/v1/setup", &body(&token)).await.status, 201);
}

#[tokio::test]
async fn a_weak_password_leaves_the_setup_link_good() {
    let deck = Deck::new().await;
    let token = deck.console.accounts.begin_setup().await.unwrap().unwrap();
    for weak in ["short", "netscape!", "changeit", "aaaaaaaaaaaaaaaa"] {
        let answer = deck.post("/api/v1/setup", &json!({"token": token.as_str(), "user_name": "ada", "password": weak})).await;
        assert_eq!((answer.code().as_str(), answer.json()["errors"][0]["pointer"].as_str()), ("password-weak", Some("/password")));
    }
    assert!(deck.console.accounts.setup_required().await.unwrap());
}

#[tokio::test]
async fn the_cookie_is_bound_to_host_and_tls_and_closed_to_scripts() {
    let (deck, _) = Deck::set_up().await;
    let answer = deck.sign_in("ADA", PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-certdeck="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
}

#[tokio::test]
async fn a_session_ends_when_idle_and_in_any_case_after_twelve_hours() {
    let (deck, cookie) = Deck::set_up().await;
    let good = || async { deck.get("/api/v1/session", &[("cookie", &cookie)]).await.status == 200 };
    for _ in 0..24 {
        deck.clock.advance(Duration::minutes(29));
        assert!(good().await);
    }
    deck.clock.advance(Duration::minutes(29));
    assert!(!good().await, "12 h are over");
    let cookie = deck.sign_in("ada", PASSWORD).await.cookie();
    deck.clock.advance(Duration::minutes(30));
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.code(), "not-signed-in");
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (deck, cookie) = Deck::set_up().await;
    let answer = deck.call_from_page(Method::DELETE, "/api/v1/session", &cookie, &json!(null)).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.status, 401);
}

#[tokio::test]
async fn wrong_passwords_make_wait_and_unknown_names_answer_the_same() {
    let (deck, _) = Deck::set_up().await;
    let unknown = deck.sign_in("nobody", "wrong").await;
    let known = deck.sign_in("ada", "wrong").await;
    assert_eq!((unknown.status, unknown.words()), (known.status, known.words()));
    assert_eq!(deck.sign_in("ada", "wrong").await.code(), "credentials-incorrect");
    let blocked = deck.sign_in("ada", PASSWORD).await;
    assert_eq!((blocked.status.as_u16(), blocked.header("retry-after")), (429, "1"), "the peer has failed three times");
    deck.clock.advance(Duration::seconds(1));
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201);
}

#[tokio::test]
async fn changing_ones_password_needs_the_present_one_and_ends_other_sessions() {
    let (deck, cookie) = Deck::set_up().await;
    let other = deck.sign_in("ada", PASSWORD).await.cookie();
    let change = |current: &str| json!({"password": "another harbour 8", "current_password": current});
    let refused = deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &change("wrong")).await;
    assert_eq!(refused.code(), "credentials-incorrect");
    let missing = deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &json!({"password": "another harbour 8"})).await;
    assert_eq!(missing.json()["errors"][0]["pointer"], "/current_password");
    assert_eq!(deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &change(PASSWORD)).await.status, 200);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &other)]).await.status, 401);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.status, 200);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let (deck, cookie) = Deck::set_up().await;
    let removed = deck.call_from_page(Method::DELETE, "/api/v1/users/ada", &cookie, &json!(null)).await;
    assert_eq!(removed.code(), "last-administrator");
    let lowered = deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &json!({"grants": [{"role": "viewer"}]})).await;
    assert_eq!(lowered.code(), "last-administrator");
}

#[tokio::test]
async fn an_api_token_expires_is_revoked_and_makes_nothing_that_outlives_it() {
    let (deck, cookie) = Deck::set_up().await;
    let new = json!({"label": "nightly", "grants": [{"role": "administrator"}], "expires_in_days": 2, "unattended": true});
    let created = deck.call_from_page(Method::POST, "/api/v1/api-tokens", &cookie, &new).await.json();
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.starts_with("cdk_") && secret.len() == 47, "{secret}");
    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let longer = json!({"label": "longer", "grants": [{"role": "viewer"}], "expires_in_days": 3}).to_string();
    let refused = deck.call(Method::POST, "/api/v1/api-tokens", &headers, Body::from(longer)).await;
    assert_eq!(refused.code(), "scope-insufficient");
    let listed = deck.get("/api/v1/api-tokens", &headers).await.text;
    assert!(!listed.contains(secret) && listed.contains("last_used_at\":\"2026"), "{listed}");
    deck.clock.advance(Duration::days(2));
    assert_eq!(deck.get("/api/v1/session", &headers).await.code(), "not-signed-in");
}

#[tokio::test]
async fn what_a_removed_user_made_is_good_no_more() {
    let (deck, cookie) = Deck::set_up().await;
    let bob = json!({"user_name": "bob", "password": PASSWORD, "grants": [{"role": "administrator"}]});
    assert_eq!(deck.call_from_page(Method::POST, "/api/v1/users", &cookie, &bob).await.status, 201);
    let bobs = deck.sign_in("bob", PASSWORD).await.cookie();
    let created = deck
        .call_from_page(Method::POST, "/api/v1/api-tokens", &bobs, &json!({"label": "b", "grants": [{"role": "operator"}]}))
        .await
        .json();
    let bearer = format!("Bearer {}", created["secret"].as_str().unwrap());
    // Lowering the account lowers what its tokens can do.
    deck.call_from_page(Method::PATCH, "/api/v1/users/bob", &cookie, &json!({"grants": [{"role": "viewer"}]})).await;
    assert_eq!(deck.get("/api/v1/session", &[("authorization", &bearer)]).await.json()["grants"], json!([{"role": "viewer"}]));
    assert_eq!(deck.call_from_page(Method::DELETE, "/api/v1/users/bob", &cookie, &json!(null)).await.status, 204);
    assert_eq!(deck.get("/api/v1/session", &[("authorization", &bearer)]).await.status, 401);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &bobs)]).await.status, 401);
}

#[tokio::test]
async fn every_change_is_in_the_audit_log_and_no_secret_is() {
    let (deck, cookie) = Deck::set_up().await;
    deck.sign_in("ada", "not her password").await;
    deck.call_from_page(Method::POST, "/api/v1/api-tokens", &cookie, &json!({"label": "b", "grants": [{"role": "viewer"}]})).await;
    let expected = [("api-token.create", "success"), ("session.begin", "credentials-incorrect"), ("console.setup", "success")];
    assert_eq!(deck.actions().await, expected.map(|(action, outcome)| (action.to_owned(), outcome.to_owned())));
    let bearer = format!("Bearer {}", deck.token(Role::Administrator).await);
    let text = deck.get("/api/v1/audit", &[("authorization", &bearer)]).await.text;
    assert!(!text.contains("password") && !text.contains("cdk_"), "{text}");
    for (query, found) in [
        ("action=api-token.", 2),
        ("action=console", 1),
        ("actor=local-administrator", 1),
        ("actor=local", 0),
        ("database=none", 0),
        ("action=%25", 0),
    ] {
        let page = deck.get(&format!("/api/v1/audit?{query}"), &[("authorization", &bearer)]).await.json();
        assert_eq!(page["entries"].as_array().unwrap().len(), found, "{query}: {page}");
    }
}
