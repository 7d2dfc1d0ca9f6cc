//! What is told of: certificates, files, what somebody else changed, endpoints.

use certdeck::domain::notices::EndpointNews;
use certdeck::state::EndpointRecord;
use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::notice::Occasion;
use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::Protocol;
use certdeck_shared::api::service::TlsMode;
use http::Method;
use serde_json::{Value, json};
use time::Duration as Span;

use super::{Scene, certutil, so};

#[tokio::test]
async fn a_certificate_is_told_of_once_at_each_stage_then_by_reminders_and_when_it_has_a_successor() {
    let scene = Scene::new().await;
    scene.make("mail", "mail.example.org", "202702");
    scene.with_channel().await;
    assert_eq!(scene.told().await, [], "it has three months");
    scene.deck.clock.advance(Span::days(66));
    assert_eq!(scene.told().await, [so(Occasion::New, "certificate-due first-notice")]);
    assert_eq!(scene.told().await, [], "told once");
    scene.deck.clock.advance(Span::days(3));
    assert_eq!(scene.told().await, [so(Occasion::Reminder, "certificate-due first-notice")]);
    scene.deck.clock.advance(Span::days(11));
    assert_eq!(scene.told().await, [so(Occasion::Stage, "certificate-due reminder")]);

    let open = scene.ok(Method::GET, "/api/v1/notices", &Value::Null).await;
    assert_eq!(
        (open.as_array().unwrap().len(), open[0]["state"].as_str(), open[0]["about"]["nickname"].as_str()),
        (1, Some("open"), Some("mail"))
    );
    let path = format!("/api/v1/notices/{}", open[0]["id"].as_str().unwrap());
    let until = scene.deck.clock.now() + Span::days(30);
    let until = until.format(&time::format_description::well_known::Rfc3339).unwrap();
    scene.ok(Method::PATCH, &path, &json!({"snoozed_until": until})).await;
    scene.deck.clock.advance(Span::days(20));
    assert_eq!(scene.told().await, [], "it rests, though it is over");
    scene.deck.clock.advance(Span::days(10));
    assert_eq!(scene.told().await, [so(Occasion::Reminder, "certificate-due expired")]);
    scene.ok(Method::PATCH, &path, &json!({"acknowledged": true})).await;
    scene.deck.clock.advance(Span::days(4));
    assert_eq!(scene.told().await, [], "ada looks after it");

    scene.make("mail", "mail.example.org", "203111");
    let told = scene.told().await;
    assert!(told.contains(&so(Occasion::Over, "certificate-due expired")), "{told:?}");
    assert!(told.contains(&so(Occasion::New, "certificate-added seen")), "{told:?}");
    let all = scene.ok(Method::GET, "/api/v1/notices?over=true", &Value::Null).await;
    let over = all.as_array().unwrap().iter().find(|notice| notice["kind"] == "certificate-due").unwrap();
    assert!(over["words"].as_str().unwrap().starts_with("It has a successor"), "{over}");
}

#[tokio::test]
async fn what_somebody_else_changes_is_told_and_what_the_console_does_is_not() {
    let scene = Scene::new().await;
    scene.make("mail", "mail.example.org", "203111");
    scene.with_channel().await;
    assert_eq!(scene.told().await, [], "seen for the first time");
    certutil(&scene.nss(), &["-M", "-n", "mail", "-t", "CT,C,C"]);
    assert_eq!(scene.told().await, [so(Occasion::New, "trust-changed seen")]);
    scene.make("web", "www.example.org", "203111");
    assert_eq!(scene.told().await, [so(Occasion::New, "certificate-added seen")]);
    certutil(&scene.nss(), &["-D", "-n", "web"]);
    assert_eq!(scene.told().await, [so(Occasion::New, "certificate-removed seen")]);

    let certificates = format!("/api/v1/databases/{}/certificates", scene.database);
    let mail =
        scene.ok(Method::GET, &certificates, &Value::Null).await["certificates"][0]["fingerprint_sha256"].as_str().unwrap().to_owned();
    scene.ok(Method::PATCH, &format!("{certificates}/{mail}"), &json!({"trust": ",,"})).await;
    assert_eq!(scene.told().await, [], "ada did it here");
    scene.ok(Method::PATCH, &format!("{certificates}/{mail}"), &json!({"trust": "P,,"})).await;
    certutil(&scene.nss(), &["-M", "-n", "mail", "-t", "C,,"]);
    assert_eq!(scene.told().await, [so(Occasion::New, "trust-changed seen")]);
    let all = scene.ok(Method::GET, "/api/v1/notices?over=true", &Value::Null).await;
    assert!(all[0]["words"].as_str().unwrap().contains("to \"C,,\""), "{all:#}");
    scene.ok(Method::DELETE, &format!("{certificates}/{mail}"), &Value::Null).await;
    assert_eq!(scene.told().await, []);
    scene.console_without_the_database().await;
}

#[tokio::test]
async fn a_password_file_that_is_open_is_told_of_until_it_is_closed_and_so_is_a_database_that_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new().await;
    scene.with_channel().await;
    scene.open_the_password_file().await;
    assert_eq!(scene.told().await, [so(Occasion::New, "password-file-open everybody")]);
    let mode = |mode| std::fs::set_permissions(scene.nss().join("password.txt"), std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o640);
    assert_eq!(scene.told().await, [so(Occasion::Stage, "password-file-open group")]);
    mode(0o600);
    assert_eq!(scene.told().await, [so(Occasion::Over, "password-file-open group")]);
    std::fs::rename(scene.nss().join("cert9.db"), scene.nss().join("away")).unwrap();
    assert_eq!(scene.told().await, [so(Occasion::New, "database-unreadable unreadable")]);
    std::fs::rename(scene.nss().join("away"), scene.nss().join("cert9.db")).unwrap();
    assert_eq!(scene.told().await, [so(Occasion::Over, "database-unreadable unreadable")]);
}

fn watched(id: &str) -> EndpointRecord {
    let question = NewProbe {
        host: "mail.example.org".to_owned(),
        port: 465,
        protocol: Protocol::Smtp,
        tls: TlsMode::Implicit,
        server_name: None,
        key_type: None,
    };
    EndpointRecord::new(id.to_owned(), question)
}

#[tokio::test]
async fn endpoints_are_told_of_when_they_become_worse_or_good() {
    let scene = Scene::new().await;
    scene.with_channel().await;
    let notices = &scene.deck.console.notices;
    let store = scene.deck.console.store.clone();
    store.endpoints().insert(watched("e1")).await.unwrap();
    let news = |state, words: &str| EndpointNews {
        id: "e1".to_owned(),
        label: "mail.example.org:465".to_owned(),
        state,
        words: words.to_owned(),
        stage: None,
        leaf: None,
        not_after: None,
        snoozed_until: None,
    };
    notices.endpoint_changed(news(EndpointState::Weak, "RSA 1024")).await.unwrap();
    assert_eq!(scene.told().await, [], "the page shows weak means");
    for _ in 0..3 {
        notices.endpoint_changed(news(EndpointState::Down, "Nobody listens.")).await.unwrap();
    }
    assert_eq!(scene.told().await, [so(Occasion::New, "endpoint-state down")]);
    notices.endpoint_changed(news(EndpointState::Broken, "The name does not match.")).await.unwrap();
    notices.endpoint_changed(news(EndpointState::Unknown, "Not allowed to be probed.")).await.unwrap();
    assert_eq!(scene.told().await, [so(Occasion::Stage, "endpoint-state broken")]);
    scene.deck.clock.advance(Span::hours(72));
    assert_eq!(scene.told().await, [so(Occasion::Reminder, "endpoint-state broken")]);
    notices.endpoint_changed(news(EndpointState::Good, "All is well.")).await.unwrap();
    assert_eq!(scene.told().await, [so(Occasion::Over, "endpoint-state broken")]);
    notices.endpoint_changed(news(EndpointState::Down, "Nobody listens.")).await.unwrap();
    assert_eq!(scene.told().await, [so(Occasion::New, "endpoint-state down")]);
    store.endpoints().remove("e1").await.unwrap();
    assert_eq!(scene.told().await, [], "what nobody watches any more ends without a sound");
    assert_eq!(scene.ok(Method::GET, "/api/v1/notices", &Value::Null).await, json!([]));
}
