//! Inventories by REST: what is refused, what is an answer, and the job.

use std::time::Duration;

use axum::body::Body;
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::{Value, json};

use crate::deck::{Answer, Deck};

const PATH: &str = "/api/v1/probes/inventory";

fn body(port: u16) -> Value {
    json!({"host": "127.0.0.1", "port": port, "protocol": "other", "tls": "implicit"})
}

async fn as_job(deck: &Deck, token: &str, body: &Value) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json"), ("prefer", "respond-async")];
    deck.call(Method::POST, PATH, &headers, Body::from(body.to_string())).await
}

/// The job once it has ended.
async fn ended(deck: &Deck, token: &str, started: &Answer) -> Value {
    let (authorization, location) = (format!("Bearer {token}"), started.header("location").to_owned());
    for _ in 0..600 {
        let job = deck.get(&location, &[("authorization", &authorization)]).await.json();
        if job["state"] != "running" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job does not end");
}

#[tokio::test]
async fn what_no_inventory_can_be_made_of_is_refused_by_its_fields() {
    let (deck, cookie) = Deck::set_up().await;
    for (field, value) in [("host", json!("a b")), ("port", json!(0)), ("tls", json!("starttls")), ("server_name", json!("127.0.0.1"))] {
        let mut body = body(443);
        body[field] = value;
        let refused = deck.call_from_page(Method::POST, PATH, &cookie, &body).await;
        assert_eq!(refused.code(), "invalid-input", "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"), "{}", refused.text);
    }
    let mut unknown = body(443);
    unknown["profile"] = json!("newest");
    assert_eq!(deck.call_from_page(Method::POST, PATH, &cookie, &unknown).await.status, 400);
}

#[tokio::test]
async fn a_port_that_does_not_answer_is_an_answer_and_in_the_log() {
    let (deck, cookie) = Deck::set_up().await;
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let made = deck.call_from_page(Method::POST, PATH, &cookie, &body(port)).await;
    assert_eq!((made.status.as_u16(), made.json()["outcome"].as_str()), (200, Some("refused")), "{}", made.text);
    assert_eq!((&made.json()["complete"], &made.json()["protocols"]), (&json!(false), &json!([])));
    let log = deck.get("/api/v1/audit?action=inventory.", &[("cookie", &cookie)]).await.json();
    assert_eq!(log["entries"][0]["subject"], format!("127.0.0.1:{port}"));
    assert!(log["entries"][0]["command_lines"]["commands"][0]["command"].as_str().unwrap().contains("openssl s_client"), "{log}");
}

#[tokio::test]
async fn a_job_can_be_stopped() {
    let (deck, _) = Deck::set_up().await;
    let token = deck.token(Role::Administrator).await;
    // It takes connections and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let started = as_job(&deck, &token, &body(silent.local_addr().unwrap().port())).await;
    assert_eq!(started.status, 202, "{}", started.text);
    assert_eq!((&started.json()["cancellable"], &started.json()["action"]), (&json!(true), &json!("inventory.create")));
    let authorization = format!("Bearer {token}");
    let stopped = deck.call(Method::DELETE, started.header("location"), &[("authorization", &authorization)], Body::empty()).await;
    assert!(stopped.status.is_success(), "{}", stopped.text);
    let job = ended(&deck, &token, &started).await;
    assert_eq!((&job["state"], &job["problem"]["code"]), (&json!("cancelled"), &json!("cancelled")), "{job}");
}
