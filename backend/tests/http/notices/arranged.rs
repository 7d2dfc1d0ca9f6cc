//! What is arranged: channels, rules, and what of them makes no sense.

use axum::body::Body;
use certdeck_shared::api::notice::Occasion;
use certdeck_shared::api::role::{Grant, Grants, Role};
use http::Method;
use serde_json::{Value, json};

use super::{Scene, so};

#[tokio::test]
async fn secrets_are_told_once_or_never() {
    let scene = Scene::new().await;
    let hook = json!({"label": "Hook", "target": {"kind": "webhook", "url": "https://hooks.example.org/a-secret-path"}});
    let made = scene.ok(Method::POST, "/api/v1/notices/channels", &hook).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert_eq!((secret.len(), made["channel"]["has_secret"].as_bool()), (43, Some(true)));
    let mail = json!({"label": "Mail", "secret": "a password of mail", "target": {"kind": "mail", "host": "mail.example.org", "port": 587,
        "tls": "starttls", "from": "certdeck@example.org", "to": ["ada@example.org"], "user_name": "certdeck"}});
    let made = scene.ok(Method::POST, "/api/v1/notices/channels", &mail).await;
    assert!(made.get("secret").is_none());
    let mail_path = format!("/api/v1/notices/channels/{}", made["channel"]["id"].as_str().unwrap());
    // Whoever changes the mail server does not get the password sent there.
    let mut elsewhere = mail["target"].clone();
    elsewhere["host"] = json!("mail.evil.test");
    let refused = scene.call(Method::PATCH, &mail_path, &json!({"target": elsewhere})).await;
    assert_eq!(refused.code(), "invalid-input");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/secret");
    scene.ok(Method::PATCH, &mail_path, &json!({"label": "Mail to Ada", "enabled": false})).await;

    let shown = scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await.to_string();
    let audit = scene.ok(Method::GET, "/api/v1/audit", &Value::Null).await.to_string();
    for secret in [secret.as_str(), "a password of mail"] {
        assert!(!shown.contains(secret) && !audit.contains(secret));
    }
    assert!(!audit.contains("a-secret-path"), "the address of a webhook is a secret of its own");
    let actions: Vec<String> =
        scene.deck.actions().await.into_iter().map(|(action, _)| action).filter(|action| action.starts_with("channel.")).collect();
    assert_eq!(actions, ["channel.change", "channel.change", "channel.create", "channel.create"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_field() {
    let scene = Scene::new().await;
    let target = |target: Value| json!({"label": "x", "target": target});
    let mail = json!({"kind": "mail", "host": "h", "port": 25, "tls": "starttls", "from": "a@b.c", "to": ["a@b.c"]});
    let with = |field: &str, value: Value| {
        let mut changed = mail.clone();
        changed[field] = value;
        target(changed)
    };
    for (new, pointer) in [
        (json!({"label": "", "target": mail}), "/label"),
        (with("host", json!("a b")), "/target/host"),
        (with("port", json!(0)), "/target/port"),
        (with("from", json!("nobody")), "/target/from"),
        (with("to", json!([])), "/target/to"),
        (with("to", json!(["a@b.c\r\nBcc: x@y.z"])), "/target/to"),
        (with("user_name", json!("ada")), "/secret"),
        (with("ca", json!("no PEM")), "/target/ca"),
        (with("tls", json!("none")), "/target/tls"),
        (target(json!({"kind": "webhook", "url": "http://hooks.example.org/"})), "/target/url"),
        (target(json!({"kind": "webhook", "url": "https://127.0.0.1/"})), "/target/url"),
        (target(json!({"kind": "webhook", "url": "https://[::ffff:10.0.0.1]/"})), "/target/url"),
        (json!({"label": "x", "secret": "short", "target": {"kind": "webhook", "url": "https://hooks.example.org/"}}), "/secret"),
        (target(json!({"kind": "syslog", "way": "rfc5424", "socket": "dev/log"})), "/target/socket"),
        (target(json!({"kind": "command", "arguments": ["sh"], "seconds": 5})), "/target/arguments"),
        (target(json!({"kind": "command", "arguments": [], "seconds": 5})), "/target/arguments"),
        (target(json!({"kind": "command", "arguments": ["/etc/passwd"], "seconds": 5})), "/target/arguments"),
        (target(json!({"kind": "command", "arguments": ["/bin/true"], "seconds": 0})), "/target/seconds"),
    ] {
        let answer = scene.call(Method::POST, "/api/v1/notices/channels", &new).await;
        assert_eq!(answer.code(), "invalid-input", "{new}");
        // What serde refuses inside a tagged value is told of the whole value.
        let told = answer.json()["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert!(pointer.starts_with(&told) && told.len() > 1, "{new}: {told}");
    }
    assert_eq!(scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await, json!([]));
    let mut policy = scene.ok(Method::GET, "/api/v1/notices/policy", &Value::Null).await;
    policy["otherwise"]["reminder"] = json!({"days": 300});
    assert_eq!(scene.call(Method::PUT, "/api/v1/notices/policy", &policy).await.json()["errors"][0]["pointer"], "/otherwise");
    assert_eq!(scene.call(Method::PATCH, "/api/v1/notices/no", &json!({})).await.code(), "not-found");
}

#[tokio::test]
async fn another_policy_counts_at_once_and_the_first_rule_wins() {
    let scene = Scene::new().await;
    scene.make("mail", "mail.example.org", "202711");
    scene.with_channel().await;
    assert_eq!(scene.told().await, []);
    let mut policy = scene.ok(Method::GET, "/api/v1/notices/policy", &Value::Null).await;
    let early = json!({"first_notice": {"days": 700}, "reminder": {"days": 20}, "last_days": {"days": 10}});
    policy["rules"] = json!([
        {"applies_to": {"by": "certificate", "database": scene.database, "nickname": "mail"}, "timing": early},
        {"applies_to": {"by": "database", "database": scene.database}},
    ]);
    let preview = scene.ok(Method::PUT, "/api/v1/notices/policy?preview=true", &policy).await;
    let counts = |preview: &Value| ["total", "told_at_once", "no_longer", "silent"].map(|name| preview[name].as_u64().unwrap());
    let mail = preview["certificates"].as_array().unwrap().iter().find(|one| one["name"] == "mail").unwrap().clone();
    assert_eq!((&mail["rule"], &mail["stage"], &mail["stage_now"]), (&json!(0), &json!("first-notice"), &Value::Null), "{preview:#}");
    assert_eq!(mail["begins"]["last_days"], "2027-11-12T00:00:00Z", "ten days before the end");
    assert_eq!((counts(&preview)[1], counts(&preview)[2]), (1, 0), "{preview:#}");
    assert_eq!(scene.told().await, [], "nothing was set");
    scene.ok(Method::PUT, "/api/v1/notices/policy", &policy).await;
    assert_eq!(scene.told().await, [so(Occasion::New, "certificate-due first-notice")]);
    policy["rules"].as_array_mut().unwrap().remove(0);
    let preview = scene.ok(Method::PUT, "/api/v1/notices/policy?preview=true", &policy).await;
    assert_eq!((counts(&preview)[1], counts(&preview)[2], counts(&preview)[3]), (0, 1, 1), "{preview:#}");
    scene.ok(Method::PUT, "/api/v1/notices/policy", &policy).await;
    assert_eq!(scene.told().await, [so(Occasion::Over, "certificate-due first-notice")], "the other rule leaves it alone");
}

#[tokio::test]
async fn a_notice_is_looked_after_by_who_may_watch_what_it_is_about() {
    let scene = Scene::new().await;
    scene.make("mail", "mail.example.org", "202711");
    scene.with_channel().await;
    let mut policy = scene.ok(Method::GET, "/api/v1/notices/policy", &Value::Null).await;
    let early = json!({"first_notice": {"days": 700}, "reminder": {"days": 20}, "last_days": {"days": 10}});
    policy["rules"] = json!([{"applies_to": {"by": "database", "database": scene.database}, "timing": early}]);
    scene.ok(Method::PUT, "/api/v1/notices/policy", &policy).await;
    assert_eq!(scene.told().await, [so(Occasion::New, "certificate-due first-notice")]);
    let notice = scene.ok(Method::GET, "/api/v1/notices", &Value::Null).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/notices/{notice}");
    let change = async |grant: Grant| {
        let bearer = format!("Bearer {}", scene.deck.token_for(Grants(vec![grant])).await);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        scene.deck.call(Method::PATCH, &path, &headers, Body::from(json!({"acknowledged": true}).to_string())).await
    };
    assert_eq!(change(Grant::for_database(Role::Viewer, &scene.database)).await.code(), "scope-insufficient");
    let taken = change(Grant::for_database(Role::Operator, &scene.database)).await;
    assert_eq!((taken.status.as_u16(), taken.json()["acknowledged_by"].as_str()), (200, Some("token:test")), "{}", taken.text);
}
