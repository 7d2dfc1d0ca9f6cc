//! A key on its way out.

use certdeck_shared::api::keystore::Pkcs12Export;
use certdeck_shared::api::problem::ProblemCode;
use support::database::PASSWORD;
use support::deck::{problem, refusal};

use super::workshop::{FILE_PASSWORD, Workshop, stocked};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_leaves_for_the_password_only_and_the_audit_log_says_so() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let fingerprint = deck.named("RSA").await.fingerprint_sha256;
    let export = |database_password: &str| Pkcs12Export {
        database_password: database_password.to_owned(),
        file_password: FILE_PASSWORD.to_owned(),
        ..Pkcs12Export::default()
    };
    // Locked or not does not matter: the password is what counts.
    deck.client.lock(&deck.id, "internal").await.unwrap();
    deck.client.export_pkcs12(&deck.id, &fingerprint, &export(PASSWORD)).await.unwrap();
    for _ in 0..5 {
        assert_eq!(refusal(deck.client.export_pkcs12(&deck.id, &fingerprint, &export("wrong")).await), ProblemCode::PinIncorrect);
    }
    let slowed = problem(deck.client.export_pkcs12(&deck.id, &fingerprint, &export(PASSWORD)).await);
    assert!(slowed.code == ProblemCode::TooManyAttempts && slowed.retry_after.is_some(), "{slowed:?}");
    let audit = deck.client.audit(&certdeck_shared::api::client::AuditQuery::default()).await.unwrap();
    let entries: Vec<_> = audit.entries.iter().filter(|entry| entry.action == "key.export").collect();
    let outcomes: Vec<&str> = entries.iter().rev().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(outcomes, [&["success"][..], &["pin-incorrect"; 5], &["too-many-attempts"]].concat());
    assert!(entries.iter().all(|entry| entry.subject.as_deref() == Some(&fingerprint) && entry.actor == "ada"));
    let text = serde_json::to_string(&audit.entries).unwrap();
    assert!(!text.contains(FILE_PASSWORD) && !text.contains(PASSWORD), "no secret is in the log");
    assert!(entries.last().unwrap().after.as_ref().unwrap()["key_id"].is_string());
}
