//! What every changing call leaves in the audit log.

use std::collections::BTreeSet;

use axum::body::Body;
use certdeck::http::operations::{Need, OPERATIONS};
use certdeck::http::recording::WITHOUT_ENTRY;
use certdeck::state::{AuditFilter, verify_export};
use certdeck_shared::api::activity::{AuditEntry, AuditFaultKind};
use certdeck_shared::api::role::Role;
use certdeck_shared::hex::hex;
use http::Method;
use serde_json::json;
use time::Duration;

use crate::deck::{Deck, PASSWORD};

async fn newest(deck: &Deck) -> AuditEntry {
    deck.console.store.audit().page(AuditFilter::default(), 1).await.unwrap().entries.remove(0)
}

async fn count(deck: &Deck) -> u64 {
    let found = deck.console.store.audit().verify(None).await.unwrap();
    assert!(found.intact, "{found:?}");
    found.entries
}

#[tokio::test]
async fn every_changing_operation_leaves_an_entry_when_it_is_refused() {
    let (deck, _) = Deck::set_up().await;
    let reader = format!("Bearer {}", deck.token(Role::Viewer).await);
    let writer = format!("Bearer {}", deck.token(Role::Operator).await);
    let changing = || OPERATIONS.iter().filter(|operation| operation.method != "GET");
    assert!(changing().count() > 70);
    for operation in changing() {
        let needed = match operation.need {
            Need::Nothing => continue,
            Need::SignedIn => None,
            Need::Right(right, _) => Some(right),
        };
        let method: Method = operation.method.parse().unwrap();
        let path = operation.path.replace(['{', '}'], "");
        let roles = [(Role::Viewer, &reader), (Role::Operator, &writer)];
        let too_small = needed.and_then(|right| roles.into_iter().find(|(role, _)| !role.allows(right))).map(|(_, bearer)| bearer);
        for (bearer, outcome) in [(None, "not-signed-in"), (too_small, "scope-insufficient")] {
            if bearer.is_none() && outcome == "scope-insufficient" {
                continue;
            }
            deck.clock.advance(Duration::minutes(1));
            let before = count(&deck).await;
            let headers: Vec<_> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
            let answer = deck.call(method.clone(), &path, &headers, Body::empty()).await;
            assert_eq!(answer.code(), outcome, "{operation:?}");
            assert_eq!(count(&deck).await, before + 1, "{operation:?}");
            let entry = newest(&deck).await;
            assert_eq!((entry.outcome.as_str(), entry.peer.as_deref()), (outcome, Some("192.0.2.7")), "{entry:?}");
            assert_eq!(entry.request_id.as_deref(), Some(answer.header("x-request-id")));
            let (actor, subject) = match bearer {
                Some(_) => ("token:test", format!("{} {path}", operation.method)),
                None => ("unknown", format!("{} {}", operation.method, operation.path)),
            };
            assert_eq!((entry.actor.as_str(), entry.subject.as_deref()), (actor, Some(subject.as_str())));
            assert_eq!(entry.credential.is_some_and(|credential| credential.starts_with("api-token ")), bearer.is_some());
        }
    }
}

#[test]
fn what_leaves_no_entry_is_an_operation_and_has_a_reason() {
    let listed: BTreeSet<_> = WITHOUT_ENTRY.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(listed.len(), WITHOUT_ENTRY.len());
    for (method, path, reason) in WITHOUT_ENTRY {
        assert!(OPERATIONS.iter().any(|operation| operation.method == *method && operation.path == *path), "{method} {path}");
        assert!(!reason.is_empty());
    }
}

#[tokio::test]
async fn an_entry_tells_by_which_session_from_where_and_in_which_call() {
    let (deck, cookie) = Deck::set_up().await;
    let body = json!({"label": "b", "grants": [{"role": "viewer"}]});
    let answer = deck.call_from_page(Method::POST, "/api/v1/api-tokens", &cookie, &body).await;
    let entry = newest(&deck).await;
    assert_eq!((entry.actor.as_str(), entry.action.as_str(), entry.outcome.as_str()), ("ada", "api-token.create", "success"));
    assert_eq!((entry.peer.as_deref(), entry.request_id.as_deref()), (Some("192.0.2.7"), Some(answer.header("x-request-id"))));
    let session = entry.credential.unwrap();
    assert!(session.starts_with("session ") && !cookie.contains(&session[8..]), "{session}");
    deck.call_from_page(Method::POST, "/api/v1/api-tokens", &cookie, &body).await;
    assert_eq!(newest(&deck).await.credential, Some(session.clone()), "the same session");
    let other = deck.sign_in("ada", PASSWORD).await.cookie();
    deck.call_from_page(Method::POST, "/api/v1/api-tokens", &other, &body).await;
    assert_ne!(newest(&deck).await.credential, Some(session), "another one");
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.test"), ("content-type", "application/json")];
    deck.call(Method::POST, "/api/v1/api-tokens", &foreign, Body::from(body.to_string())).await;
    let entry = newest(&deck).await;
    assert_eq!((entry.actor.as_str(), entry.outcome.as_str()), ("ada", "origin-refused"), "whose cookie a foreign page would have used");
}

#[tokio::test]
async fn work_that_goes_on_beside_the_call_tells_where_it_came_from() {
    let (deck, _) = Deck::set_up().await;
    let origin = certdeck::state::Origin::of_call(Some("api-token x".into()), None, "call".into());
    let console = deck.console.clone();
    let work = {
        let console = console.clone();
        |_| async move {
            console.store.audit().record(certdeck::state::AuditDraft::success("ada", "test.run")).await.unwrap();
            Ok(json!(null))
        }
    };
    origin.scope(console.jobs.start("ada", "test.run", None, 1, false, work)).await.unwrap();
    console.tasks.end();
    console.tasks.finished().await;
    let entry = newest(&deck).await;
    assert_eq!((entry.credential.as_deref(), entry.request_id.as_deref()), (Some("api-token x"), Some("call")));
}

#[tokio::test]
async fn strangers_cannot_fill_the_log_and_what_they_wrote_is_not_in_it() {
    let (deck, _) = Deck::set_up().await;
    let before = count(&deck).await;
    for number in 0..50 {
        deck.call(Method::DELETE, &format!("/api/v1/users/planted-{number}"), &[], Body::empty()).await;
    }
    assert_eq!(count(&deck).await, before + 30);
    deck.clock.advance(Duration::minutes(1));
    deck.call(Method::DELETE, "/api/v1/users/planted", &[], Body::empty()).await;
    let entry = newest(&deck).await;
    assert_eq!((entry.after, entry.subject.as_deref()), (Some(json!({"left_out_before": 20})), Some("DELETE /api/v1/users/{user_name}")));
}

#[tokio::test]
async fn behind_a_proxy_that_is_configured_the_caller_is_who_it_says() {
    for (trusted, expected) in [(vec!["192.0.2.7".parse().unwrap()], "198.51.100.9"), (vec![], "192.0.2.7")] {
        let (deck, _) = Deck::set_up_with(|settings| settings.trusted_proxies = trusted).await;
        let headers = [("x-forwarded-for", "10.0.0.1, 198.51.100.9")];
        deck.call(Method::DELETE, "/api/v1/users/x", &headers, Body::empty()).await;
        assert_eq!(newest(&deck).await.peer.as_deref(), Some(expected));
    }
}

#[tokio::test]
async fn the_log_is_searched_by_words_people_outcomes_and_time() {
    let (deck, cookie) = Deck::set_up_with(|settings| settings.confirmation = Duration::hours(1)).await;
    deck.sign_in("ada", "not her password").await;
    deck.clock.advance(Duration::minutes(20));
    deck.call_from_page(
        Method::POST,
        "/api/v1/api-tokens",
        &cookie,
        &json!({"label": "Nightly \u{c4}rger", "grants": [{"role": "viewer"}]}),
    )
    .await;
    let other = deck.sign_in("ada", PASSWORD).await.cookie();
    deck.call_from_page(
        Method::POST,
        "/api/v1/users",
        &other,
        &json!({"user_name": "bob", "password": PASSWORD, "grants": [{"role": "viewer"}]}),
    )
    .await;
    for (query, found) in [
        ("", 5),
        ("text=nightly", 1),
        ("text=NIGHTLY%20ada", 1),
        ("text=%C3%84rger", 1),
        ("text=nightly%20bob", 0),
        ("text=192.0.2.7&action=user.", 1),
        ("text=%25", 0),
        ("text='%20OR%201%3D1", 0),
        ("outcome=success", 4),
        ("outcome=refused", 1),
        ("outcome=credentials-incorrect", 1),
        ("from=2026-11-21T12:10:00Z", 3),
        ("until=2026-11-21T12:10:00Z", 2),
        ("from=2026-11-21T12:00:00%2B01:00&until=2026-11-21T12:00:00Z", 0),
        ("actor=ada&action=session.&outcome=success", 1),
        ("service=/etc/nginx/nginx.conf", 0),
    ] {
        let page = deck.get(&format!("/api/v1/audit?{query}"), &[("cookie", &other)]).await.json();
        assert_eq!(page["entries"].as_array().unwrap().len(), found, "{query}: {page}");
    }
    for query in ["from=yesterday", "text=", &format!("text={}", "x".repeat(201))] {
        let answer = deck.get(&format!("/api/v1/audit?{query}"), &[("cookie", &other)]).await;
        assert_eq!(answer.status.as_u16(), if query == "text=" { 200 } else { 400 }, "{query}");
    }
}

#[tokio::test]
async fn an_exported_log_is_followed_without_the_console() {
    let (deck, cookie) = Deck::set_up().await;
    for number in 0..1200 {
        let draft = certdeck::state::AuditDraft::success("ada", "certificate.trust").subject(format!("\"{number}\"\n\u{1f511}"));
        deck.console.store.audit().record(draft.before(json!({"trust": ",,"})).after(json!({"n": number, "f": 0.1}))).await.unwrap();
    }
    let answer = deck.get("/api/v1/audit/export", &[("cookie", &cookie)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/x-ndjson"));
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(lines.len(), 1201);
    let mut previous = "0".repeat(64);
    for line in &lines {
        let entry: AuditEntry = serde_json::from_str(line).unwrap();
        let digested = line.rsplit_once(",\"hash\":").unwrap().0.to_owned() + "}";
        assert_eq!((hex(&openssl::sha::sha256(digested.as_bytes())), entry.previous), (entry.hash.clone(), previous));
        previous = entry.hash;
    }
    let verified = |text: &str, head: Option<&str>| verify_export(text.as_bytes(), head).unwrap();
    let found = verified(&answer.text, Some(&previous));
    assert_eq!((found.intact, found.entries, found.first, found.known), (true, 1201, Some(1), Some(1201)));
    let later = deck.get("/api/v1/audit/export?after=1000", &[("cookie", &cookie)]).await.text;
    assert_eq!(verified(&later, None).first, Some(1001));
    assert_eq!(later, lines[1000..].join("\n") + "\n");

    let without = |left_out: usize| {
        lines.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
    };
    let fault = verified(&without(600), None).fault.unwrap();
    assert_eq!((fault.entry, fault.kind), (601, AuditFaultKind::Unlinked));
    let fault = verified(&answer.text.replacen("\"n\":700", "\"n\":701", 1), None).fault.unwrap();
    assert_eq!((fault.entry, fault.kind), (702, AuditFaultKind::Changed));
    let cut = lines[..900].join("\n");
    assert!(verified(&cut, None).intact, "a chain alone cannot tell that its end is missing");
    assert_eq!(verified(&cut, Some(&previous)).fault.unwrap().kind, AuditFaultKind::HeadUnknown);
    assert!(!verified("{}\n", None).intact && !verified("no JSON", None).intact);
}
