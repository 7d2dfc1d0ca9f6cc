//! Cockpit's own certificate was made for a hundred years, and stayed when its key was long known.

use http::Method;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::deck::Deck;

/// What nobody decides otherwise is good for a year at most; the console's own certificate for 90 days (`tests/console_certificate.rs`).
#[tokio::test(flavor = "multi_thread")]
async fn cockpit_nothing_is_made_for_a_hundred_years_by_itself() {
    let (deck, cookie) = Deck::set_up().await;
    let database = deck.console.databases.ensure_embedded().await.unwrap();
    let new = json!({"nickname": "box", "form": {"common_name": "box.example.org"}});
    let made = deck.call_from_page(Method::POST, &format!("/api/v1/databases/{}/self-signed", database.id), &cookie, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let listed = deck.get(&format!("/api/v1/databases/{}/certificates", database.id), &[("cookie", &cookie)]).await.json();
    let box_ = listed["certificates"].as_array().unwrap().iter().find(|one| one["nickname"] == "box").unwrap();
    let der = box_["der"].as_str().unwrap();
    let der = openssl::base64::decode_block(der).unwrap();
    let view = certdeck_shared::x509::parse::certificate(&der).unwrap();
    let days = (view.not_after - view.not_before).whole_days();
    assert!(days <= 398, "{days} days, from {} on", OffsetDateTime::format(view.not_before, &Rfc3339).unwrap());
    deck.console.databases.close().await;
}
