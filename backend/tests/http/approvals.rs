//! A second person approves what asks again: the whole life of a request, and whom it does not let through.

use axum::body::Body;
use certdeck::domain::accounts::Actor;
use certdeck::http::operations::OPERATIONS;
use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::role::{Grant, Grants, Role};
use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::deck::{Answer, Deck, PASSWORD};

/// A console where two people administer, and their cookies; what they asked and were answered.
struct Two {
    deck: Deck,
    ada: String,
    bob: String,
}

impl Two {
    async fn new() -> Self {
        let (deck, ada) = Deck::set_up_with(|settings| settings.second_person = Guarded::ALL.into()).await;
        add(&deck, "bob", Grants::everywhere(Role::Administrator)).await;
        let bob = deck.sign_in("bob", PASSWORD).await.cookie();
        Self { deck, ada, bob }
    }

    async fn make(&self, cookie: &str, name: &str) -> Answer {
        self.make_with(cookie, name, PASSWORD, "viewer").await
    }

    async fn make_with(&self, cookie: &str, name: &str, password: &str, role: &str) -> Answer {
        let new = json!({"user_name": name, "password": password, "grants": [{"role": role}]});
        self.deck.call_from_page(Method::POST, "/api/v1/users", cookie, &new).await
    }

    /// What a refused call waits for.
    async fn asked(&self, cookie: &str, refused: &Answer) -> String {
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "approval-required"), "{}", refused.text);
        let id = refused.json()["approval"].as_str().unwrap().to_owned();
        let answer = self.call(Method::POST, cookie, &format!("{id}/request"), json!({"reason": "the new colleague"})).await;
        assert_eq!((answer.status.as_u16(), answer.json()["state"].as_str()), (200, Some("waiting")), "{}", answer.text);
        id
    }

    async fn call(&self, method: Method, cookie: &str, path: &str, body: Value) -> Answer {
        self.deck.call_from_page(method, &format!("/api/v1/approvals/{path}"), cookie, &body).await
    }

    async fn decide(&self, cookie: &str, id: &str, verdict: &str) -> Answer {
        self.call(Method::POST, cookie, &format!("{id}/decision"), json!({"verdict": verdict, "reason": "asked for by phone"})).await
    }

    async fn show(&self, cookie: &str, id: &str) -> Value {
        self.call(Method::GET, cookie, id, Value::Null).await.json()
    }

    async fn said(&self, action: &str, outcome: &str) -> bool {
        self.deck.actions().await.contains(&(action.to_owned(), outcome.to_owned()))
    }
}

/// An account that the owner of the host makes, whom nobody asks.
async fn add(deck: &Deck, name: &str, grants: Grants) {
    let new = certdeck_shared::api::account::NewUser { user_name: name.to_owned(), password: PASSWORD.to_owned(), grants };
    deck.console.accounts.add_user(&Actor::LocalAdministrator, new).await.unwrap();
}

#[tokio::test]
async fn what_was_approved_goes_through_once() {
    let two = Two::new().await;
    let refused = two.make(&two.ada, "eve").await;
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("make the account “eve” with the grants viewer") && detail.contains("bob may"), "{detail}");
    let id = two.asked(&two.ada, &refused).await;
    let again = two.make(&two.ada, "eve").await;
    assert_eq!(again.json()["approval"], id.as_str(), "the same call is the same request");

    let seen = two.show(&two.bob, &id).await;
    assert_eq!((seen["decidable"].as_bool(), seen["own"].as_bool()), (Some(true), Some(false)));
    assert_eq!((seen["requested_by"].as_str(), seen["reason"].as_str()), (Some("ada"), Some("the new colleague")));
    assert_eq!(seen["fields"][0], json!({"pointer": "/grants/0/role", "value": "viewer"}));
    assert!(!seen.to_string().contains(PASSWORD), "{seen}");
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    assert_eq!(two.decide(&two.bob, &id, "refuse").await.code(), "approval-over", "once is enough");

    assert_eq!(two.make(&two.ada, "eve").await.status, 201);
    assert_eq!(two.show(&two.ada, &id).await["state"], "used");
    two.deck.console.accounts.remove_user(&Actor::LocalAdministrator, "eve").await.unwrap();
    let twice = two.make(&two.ada, "eve").await;
    assert_eq!(twice.code(), "approval-required");
    assert_ne!(twice.json()["approval"], id.as_str());
    for action in ["approval.request", "approval.approve", "approval.use"] {
        assert!(two.said(action, "success").await, "{action}");
    }
    let log = two.deck.get("/api/v1/audit", &[("cookie", &two.ada)]).await.text;
    assert!(log.contains("the new colleague") && log.contains("asked for by phone") && !log.contains(PASSWORD));
}

#[tokio::test]
async fn what_was_refused_or_withdrawn_does_not_go_through() {
    let two = Two::new().await;
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    let silent = two.call(Method::POST, &two.bob, &format!("{id}/decision"), json!({"verdict": "refuse"})).await;
    assert_eq!(silent.code(), "invalid-input", "whoever refuses says why");
    assert_eq!(two.decide(&two.bob, &id, "refuse").await.json()["state"], "refused");
    let after = two.make(&two.ada, "eve").await;
    assert_eq!(after.code(), "approval-required");
    let told = two.show(&two.ada, &id).await;
    assert_eq!((told["decided_by"].as_str(), told["decision_reason"].as_str()), (Some("bob"), Some("asked for by phone")));

    let second = two.asked(&two.ada, &after).await;
    assert_ne!(second, id);
    assert_eq!(two.decide(&two.bob, &second, "approve").await.status, 200);
    assert_eq!(two.call(Method::DELETE, &two.bob, &second, Value::Null).await.code(), "scope-insufficient");
    assert_eq!(two.call(Method::DELETE, &two.ada, &second, Value::Null).await.status, 204);
    assert_eq!(two.make(&two.ada, "eve").await.code(), "approval-required");
    assert!(two.said("approval.refuse", "success").await && two.said("approval.withdraw", "success").await);
}

#[tokio::test]
async fn a_request_and_an_approval_end_in_their_time() {
    let two = Two::new().await;
    let confirm = async |cookie: &str| {
        let answer = two.deck.call_from_page(Method::POST, "/api/v1/session/confirmation", cookie, &json!({"password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    two.deck.clock.advance(Duration::hours(24));
    let (ada, bob) = (two.deck.sign_in("ada", PASSWORD).await.cookie(), two.deck.sign_in("bob", PASSWORD).await.cookie());
    assert_eq!(two.decide(&bob, &id, "approve").await.code(), "approval-over");
    assert_eq!(two.show(&ada, &id).await["state"], "expired");

    let id = two.asked(&ada, &two.make(&ada, "eve").await).await;
    assert_eq!(two.decide(&bob, &id, "approve").await.status, 200);
    two.deck.clock.advance(Duration::minutes(29));
    confirm(&ada).await;
    two.deck.clock.advance(Duration::minutes(1));
    assert_eq!(two.make(&ada, "eve").await.code(), "approval-required", "half an hour is over");
    assert_eq!(two.show(&ada, &id).await["state"], "expired");
    assert!(two.said("approval.expire", "success").await);
}

#[tokio::test]
async fn another_body_or_another_object_is_another_call() {
    let two = Two::new().await;
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    for (name, role) in [("mallory", "viewer"), ("eve", "administrator")] {
        let other = two.make_with(&two.ada, name, PASSWORD, role).await;
        assert_eq!(other.code(), "approval-required", "{name} {role}");
        assert_ne!(other.json()["approval"], id.as_str());
    }
    let query = json!({"user_name": "eve", "password": PASSWORD, "grants": [{"role": "viewer"}]});
    let query = two.deck.call_from_page(Method::POST, "/api/v1/users?more=1", &two.ada, &query).await;
    assert_eq!(query.code(), "approval-required");
    assert_eq!(two.make(&two.bob, "eve").await.code(), "approval-required", "it is ada's");
    assert_eq!(two.make_with(&two.ada, "eve", "another harbour 9", "viewer").await.status, 201, "secrets are no part of it");

    for name in ["one", "two"] {
        add(&two.deck, name, Grants::everywhere(Role::Viewer)).await;
    }
    let remove = async |name: &str| two.deck.call_from_page(Method::DELETE, &format!("/api/v1/users/{name}"), &two.ada, &Value::Null).await;
    let id = two.asked(&two.ada, &remove("one").await).await;
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    assert_eq!(remove("two").await.code(), "approval-required");
    assert_eq!(remove("one").await.status, 204);
}

#[tokio::test]
async fn nobody_approves_their_own_nor_does_a_token_or_who_lacks_the_right() {
    let two = Two::new().await;
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    assert_eq!(two.decide(&two.ada, &id, "approve").await.code(), "scope-insufficient");
    let other_session = two.deck.sign_in("ada", PASSWORD).await.cookie();
    assert_eq!(two.decide(&other_session, &id, "approve").await.code(), "scope-insufficient");
    let token = async |account: &str| {
        let cookie = if account == "ada" { &two.ada } else { &two.bob };
        let new = NewApiToken {
            label: format!("{account}'s"),
            grants: Grants::everywhere(Role::Administrator),
            expires_in_days: None,
            unattended: true,
        };
        let access = two.deck.console.accounts.access_by_cookie(cookie.split_once('=').unwrap().1, certdeck::domain::accounts::Use::Quiet);
        let access = access.await.unwrap().unwrap();
        two.deck.console.accounts.create_api_token(&Actor::Caller(&access), new).await.unwrap().secret
    };
    for account in ["ada", "bob"] {
        let bearer = format!("Bearer {}", token(account).await);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = json!({"verdict": "approve"}).to_string();
        let answer = two.deck.call(Method::POST, &format!("/api/v1/approvals/{id}/decision"), &headers, Body::from(body)).await;
        assert_eq!(answer.code(), "scope-insufficient", "a token of {account}");
        let used = json!({"user_name": "eve", "password": PASSWORD, "grants": [{"role": "viewer"}]}).to_string();
        let used = two.deck.call(Method::POST, "/api/v1/users", &headers, Body::from(used)).await;
        assert_eq!(used.code(), "approval-required", "unattended is no second person");
    }
    add(&two.deck, "carl", Grants(vec![Grant::everywhere(Role::Operator), Grant::everywhere(Role::Auditor)])).await;
    let carl = two.deck.sign_in("carl", PASSWORD).await.cookie();
    assert_eq!(two.decide(&carl, &id, "approve").await.code(), "scope-insufficient", "he sees it, and may not make accounts");
    add(&two.deck, "dora", Grants::everywhere(Role::Operator)).await;
    let dora = two.deck.sign_in("dora", PASSWORD).await.cookie();
    assert_eq!(two.decide(&dora, &id, "approve").await.code(), "not-found");
    assert_eq!(two.make(&two.ada, "eve").await.code(), "approval-required");
    assert!(two.said("approval.decide", "scope-insufficient").await);

    two.deck.clock.advance(Duration::minutes(5));
    assert_eq!(two.decide(&two.bob, &id, "approve").await.code(), "confirmation-required", "whoever decides is asked again as well");
}

#[tokio::test]
async fn an_approval_ends_with_the_account_or_the_right_of_whoever_gave_it() {
    for removed in [true, false] {
        let two = Two::new().await;
        let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
        assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
        let accounts = &two.deck.console.accounts;
        if removed {
            accounts.remove_user(&Actor::LocalAdministrator, "bob").await.unwrap();
        } else {
            let grants = Some(Grants::everywhere(Role::Viewer));
            let change = certdeck_shared::api::account::UserChange { grants, ..Default::default() };
            accounts.change_user(&Actor::LocalAdministrator, "bob", change).await.unwrap();
        }
        let refused = two.make(&two.ada, "eve").await;
        assert_eq!(refused.code(), "approval-required");
        assert!(refused.json()["detail"].as_str().unwrap().contains("Nobody else here may"), "{}", refused.text);
        assert_eq!(two.show(&two.ada, &id).await["state"], "expired");
    }
    let two = Two::new().await;
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    two.deck.console.accounts.remove_user(&Actor::LocalAdministrator, "ada").await.unwrap();
    assert_eq!(two.decide(&two.bob, &id, "approve").await.code(), "approval-over", "nobody is left who asked");
}

#[tokio::test]
async fn a_call_that_failed_for_another_reason_may_be_made_again() {
    let two = Two::new().await;
    let id = two.asked(&two.ada, &two.make_with(&two.ada, "eve", "short", "viewer").await).await;
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    assert_eq!(two.make_with(&two.ada, "eve", "short", "viewer").await.code(), "password-weak");
    assert_eq!(two.show(&two.ada, &id).await["state"], "approved");
    assert_eq!(two.make(&two.ada, "eve").await.status, 201);
    assert!(two.said("approval.give-back", "success").await);
}

#[tokio::test]
async fn of_many_calls_at_once_one_goes_through() {
    let two = Two::new().await;
    add(&two.deck, "eve", Grants::everywhere(Role::Viewer)).await;
    let change = json!({"grants": [{"role": "operator"}]});
    let call = async || two.deck.call_from_page(Method::PATCH, "/api/v1/users/eve", &two.ada, &change).await.status.as_u16();
    let refused = two.deck.call_from_page(Method::PATCH, "/api/v1/users/eve", &two.ada, &change).await;
    let id = two.asked(&two.ada, &refused).await;
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    let answers = futures::future::join_all((0..8).map(|_| call())).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
}

#[tokio::test]
async fn what_is_not_in_the_settings_and_ones_own_needs_nobody() {
    let (deck, ada) = Deck::set_up_with(|settings| settings.second_person = [Guarded::Modules].into()).await;
    let new = json!({"user_name": "eve", "password": PASSWORD, "grants": [{"role": "viewer"}]});
    assert_eq!(deck.call_from_page(Method::POST, "/api/v1/users", &ada, &new).await.status, 201);
    let two = Two::new().await;
    let own = json!({"password": "a new harbour 8", "current_password": PASSWORD});
    assert_eq!(two.deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &two.ada, &own).await.status, 200);
}

#[tokio::test]
async fn every_guarded_operation_that_asks_again_waits_and_says_what_it_does() {
    let two = Two::new().await;
    let mut guarded = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.guarded.is_some() && operation.asks_again) {
        guarded += 1;
        let path = operation.path.replace(['{', '}'], "");
        let answer = two.deck.call_from_page(operation.method.parse().unwrap(), &path, &two.ada, &json!({"name": "x"})).await;
        assert_eq!(answer.code(), "approval-required", "{operation:?}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(!detail.contains(": call "), "{operation:?} has words: {detail}");
    }
    assert!(guarded >= 12, "{guarded}");
    let noted = two.deck.get("/api/v1/approvals", &[("cookie", &two.bob)]).await.json();
    assert_eq!(noted, json!([]), "what nobody was asked about is nobody else's to see");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_chains_is_approved_by_who_may_change_that_database_and_as_it_was_then() {
    let room = tempfile::tempdir().unwrap();
    let two = Two::new().await;
    let (database, root, _) = crate::confirmation::chain(&two.deck, &two.ada, room.path()).await;
    let id = database.rsplit('/').next().unwrap();
    add(&two.deck, "olga", Grants(vec![Grant::for_database(Role::Operator, id)])).await;
    let olga = two.deck.sign_in("olga", PASSWORD).await.cookie();
    let trust = json!({"changes": [{"fingerprint_sha256": root, "trust": ",,"}]});
    let change = async || two.deck.call_from_page(Method::PATCH, &format!("{database}/trust"), &two.ada, &trust).await;
    let first = two.asked(&two.ada, &change().await).await;
    let seen = two.show(&olga, &first).await;
    assert_eq!((seen["breaks"].clone(), seen["decidable"].clone()), (json!(["root", "web"]), json!(true)), "{seen}");
    let words = seen["words"].as_str().unwrap();
    assert!(words.starts_with("change the trust of the certificate “root”") && words.contains("to “,,”, in the database"), "{words}");
    assert_eq!(two.decide(&olga, &first, "approve").await.status, 200);

    let more = json!({"from": "form", "issuer": root, "nickname": "imap", "form": {"common_name": "imap.example.org"}});
    let made = two.deck.call_from_page(Method::POST, &format!("{database}/issued"), &two.ada, &more).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let refused = change().await;
    assert_eq!(refused.code(), "approval-required", "more would break than was approved");
    let second = two.asked(&two.ada, &refused).await;
    assert_eq!(two.show(&olga, &second).await["breaks"], json!(["imap", "root", "web"]));
    assert_eq!(two.decide(&olga, &second, "approve").await.status, 200);
    let changed = change().await;
    assert_eq!(changed.status, 200, "{}", changed.text);

    let snapshots = two.deck.get(&format!("{database}/snapshots"), &[("cookie", &two.ada)]).await.json();
    let snapshot = snapshots.as_array().unwrap().iter().find(|one| one["reason"] == "trust of root").unwrap();
    let restoration = format!("{database}/snapshots/{}/restoration", snapshot["id"].as_str().unwrap());
    let refused = two.deck.call_from_page(Method::POST, &restoration, &two.ada, &Value::Null).await;
    let third = two.asked(&two.ada, &refused).await;
    let words = two.show(&olga, &third).await["words"].as_str().unwrap().to_owned();
    assert!(words.starts_with("put the database back to the snapshot of 2026-11-21T12:00:00Z (before: trust of root)"), "{words}");
    two.deck.console.databases.close().await;
}

#[tokio::test]
async fn both_sides_hear_of_it() {
    let two = Two::new().await;
    let mut bob = crate::events::Events::of(&two.deck, ("cookie", &two.bob)).await;
    bob.next("approvals-changed", |event| event["waiting"] == 0).await.expect("what a stream begins with");
    let id = two.asked(&two.ada, &two.make(&two.ada, "eve").await).await;
    bob.next("approvals-changed", |event| event["waiting"] == 1).await.expect("somebody asks");
    let mut ada = crate::events::Events::of(&two.deck, ("cookie", &two.ada)).await;
    ada.next("approvals-changed", |event| event["waiting"] == 0).await.expect("nobody asks her");
    two.deck.clock.advance(Duration::seconds(1));
    assert_eq!(two.decide(&two.bob, &id, "approve").await.status, 200);
    ada.next("approvals-changed", |_| true).await.expect("it was decided");
    bob.next("approvals-changed", |event| event["waiting"] == 0).await.expect("nothing waits any more");
}
