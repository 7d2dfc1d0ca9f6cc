//! Probes by REST: what is refused, and what is an answer.

use http::Method;
use serde_json::{Value, json};

use crate::deck::Deck;

async fn probe(deck: &Deck, cookie: &str, body: &Value) -> crate::deck::Answer {
    deck.call_from_page(Method::POST, "/api/v1/probes", cookie, body).await
}

#[tokio::test]
async fn what_cannot_be_probed_is_refused_by_its_fields() {
    let (deck, cookie) = Deck::set_up().await;
    let good = json!({"host": "127.0.0.1", "port": 443, "protocol": "http", "tls": "implicit"});
    for (field, value) in [
        ("host", json!("a b")),
        ("host", json!("a\r\nb")),
        ("host", json!("")),
        ("host", json!("user@example.org")),
        ("port", json!(0)),
        ("tls", json!("off")),
        ("tls", json!("starttls")),
        ("server_name", json!("127.0.0.1")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let refused = probe(&deck, &cookie, &body).await;
        assert_eq!(refused.code(), "invalid-input", "{body}");
        assert_eq!(refused.json()["errors"][0]["pointer"], format!("/{field}"), "{}", refused.text);
    }
    for (field, value) in [("port", json!(65_536)), ("port", json!(-1)), ("tls", json!("perhaps")), ("protocol", json!("gopher"))] {
        let mut body = good.clone();
        body[field] = value;
        assert_eq!(probe(&deck, &cookie, &body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_port_that_does_not_answer_is_an_answer_and_each_probe_is_in_the_log() {
    let (deck, cookie) = Deck::set_up().await;
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = probe(&deck, &cookie, &json!({"host": "127.0.0.1", "port": port, "protocol": "smtp", "tls": "starttls"})).await;
    assert_eq!((refused.status.as_u16(), refused.json()["outcome"].as_str()), (200, Some("refused")), "{}", refused.text);
    assert_eq!(refused.json()["address"], format!("127.0.0.1:{port}"));
    let unknown = probe(&deck, &cookie, &json!({"host": "nothing.invalid", "port": 443, "protocol": "http", "tls": "implicit"})).await;
    assert_eq!(unknown.json()["outcome"], "unresolved", "{}", unknown.text);
    let log = deck.get("/api/v1/audit?action=probe.", &[("cookie", &cookie)]).await.json();
    let subjects: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| entry["subject"].as_str().unwrap().to_owned()).collect();
    assert_eq!(subjects, ["nothing.invalid:443".to_owned(), format!("127.0.0.1:{port}")]);
    assert_eq!(log["entries"][1]["after"]["outcome"], "refused");
    assert!(log["entries"][1]["command_lines"]["commands"][0]["command"].as_str().unwrap().contains("-starttls smtp"), "{log}");
}

#[tokio::test]
async fn only_this_host_is_probed_until_the_list_says_more() {
    let (deck, cookie) = Deck::set_up().await;
    for path in ["/api/v1/probes", "/api/v1/probes/inventory"] {
        let body = json!({"host": "192.0.2.1", "port": 443, "protocol": "http", "tls": "implicit"});
        let refused = deck.call_from_page(Method::POST, path, &cookie, &body).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "invalid-input"), "{}", refused.text);
        let error = &refused.json()["errors"][0];
        assert_eq!(error["pointer"], "/host", "{error}");
        assert!(error["message"].as_str().unwrap().contains("not on the list of what may be probed"), "{error}");
    }
    for action in ["probe.create", "inventory.create"] {
        let log = deck.get(&format!("/api/v1/audit?action={action}"), &[("cookie", &cookie)]).await.json();
        let entry = &log["entries"][0];
        assert_eq!((&entry["subject"], &entry["outcome"]), (&json!("192.0.2.1:443"), &json!("invalid-input")), "{log}");
    }
}
