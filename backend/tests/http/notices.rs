//! Who is told of what: the clock is turned, certutil is the somebody else, a program takes the messages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use certdeck::domain::notices::EndpointNews;
use certdeck::state::EndpointRecord;
use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::notice::{Message, Occasion};
use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::role::Role;
use certdeck_shared::api::service::{Protocol, TlsMode};
use http::Method;
use serde_json::{Value, json};
use time::Duration as Span;

use crate::deck::{Answer, Deck};

/// A console, an NSS database of certutil's, and a channel that writes each message into a file.
struct Scene {
    deck: Deck,
    /// Of a token without an end: a session would not live as long as a certificate.
    bearer: String,
    room: tempfile::TempDir,
    database: String,
}

#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn certutil(directory: &Path, arguments: &[&str]) {
    let database = format!("sql:{}", directory.display());
    let output = Command::new("certutil").args(["-d", &database]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Scene {
    async fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let nss = room.path().join("nss");
        std::fs::create_dir(&nss).unwrap();
        certutil(&nss, &["-N", "--empty-password"]);
        let (deck, _) = Deck::set_up().await;
        let bearer = format!("Bearer {}", deck.token(Role::Administrator).await);
        let mut scene = Self { deck, bearer, room, database: String::new() };
        let register = json!({"action": "register", "path": nss, "label": "Mail"});
        scene.database = scene.ok(Method::POST, "/api/v1/databases", &register).await["id"].as_str().unwrap().to_owned();
        scene
    }

    fn nss(&self) -> PathBuf {
        self.room.path().join("nss")
    }

    /// Puts a certificate into the database that begins on 22 November 2026 and ends on the same day of a later month.
    fn make(&self, nickname: &str, common_name: &str, end: &str) {
        use openssl::asn1::Asn1Time;
        let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
        let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
        let mut name = openssl::x509::X509Name::builder().unwrap();
        name.append_entry_by_text("O", "Post, Telegraph; Co").unwrap();
        name.append_entry_by_text("CN", common_name).unwrap();
        let name = name.build();
        let mut certificate = openssl::x509::X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        let mut serial = openssl::bn::BigNum::new().unwrap();
        serial.rand(64, openssl::bn::MsbOption::ONE, false).unwrap();
        certificate.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_not_before(&Asn1Time::from_str("20261122000000Z").unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::from_str(&format!("{end}22000000Z")).unwrap()).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.sign(&key, openssl::hash::MessageDigest::sha256()).unwrap();
        let file = self.room.path().join("new.der");
        std::fs::write(&file, certificate.build().to_der().unwrap()).unwrap();
        certutil(&self.nss(), &["-A", "-n", nickname, "-t", ",,", "-i", file.to_str().unwrap()]);
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("authorization", self.bearer.as_str()), ("content-type", "application/json")];
        self.deck.call(method, path, &headers, Body::from(body.to_string())).await
    }

    async fn ok(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.call(method, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        if answer.text.is_empty() { Value::Null } else { answer.json() }
    }

    async fn with_channel(&self) -> String {
        let script = format!("cat >> {0}; echo >> {0}", self.room.path().join("messages").display());
        let new = json!({"label": "File", "target": {"kind": "command", "arguments": ["/bin/sh", "-c", script], "seconds": 20}});
        self.ok(Method::POST, "/api/v1/notices/channels", &new).await["channel"]["id"].as_str().unwrap().to_owned()
    }

    /// Looks, waits until nothing is on its way any more, and tells what was told since the last time.
    async fn told(&self) -> Vec<(Occasion, String)> {
        for _ in 0..2_000 {
            self.deck.console.notices.look().await.unwrap();
            let waiting = self.ok(Method::GET, "/api/v1/notices/deliveries", &Value::Null).await;
            if waiting.as_array().unwrap().iter().all(|delivery| delivery["state"] != "waiting") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let file = self.room.path().join("messages");
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        std::fs::remove_file(&file).ok();
        let messages = text.lines().map(|line| serde_json::from_str::<Message>(line).unwrap());
        messages
            .flat_map(|message| message.notices)
            .map(|told| (told.occasion, format!("{} {}", told.notice.kind.name(), told.notice.stage)))
            .collect()
    }
}

fn so(occasion: Occasion, what: &str) -> (Occasion, String) {
    (occasion, what.to_owned())
}

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

impl Scene {
    /// Forgets the database while something of it is open: that ends without a sound.
    async fn console_without_the_database(&self) {
        self.open_the_password_file().await;
        assert_eq!(self.told().await, [so(Occasion::New, "password-file-open everybody")]);
        self.ok(Method::DELETE, &format!("/api/v1/databases/{}", self.database), &Value::Null).await;
        assert_eq!(self.told().await, []);
        assert_eq!(self.ok(Method::GET, "/api/v1/notices", &Value::Null).await, json!([]));
    }

    async fn open_the_password_file(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        let file = self.nss().join("password.txt");
        std::fs::write(&file, "secret\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
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

#[tokio::test]
async fn a_message_that_is_not_taken_is_tried_again_and_keeps_its_identifier() {
    let scene = Scene::new().await;
    let (gate, file) = (scene.room.path().join("gate"), scene.room.path().join("messages"));
    let script = format!("cat >> {0}; echo >> {0}; test -e {1} || {{ echo no gate; exit 3; }}", file.display(), gate.display());
    let new = json!({"label": "Gate", "target": {"kind": "command", "arguments": ["/bin/sh", "-c", script], "seconds": 20}});
    let channel = scene.ok(Method::POST, "/api/v1/notices/channels", &new).await["channel"]["id"].as_str().unwrap().to_owned();
    scene.open_the_password_file().await;
    let tries = async |expected: usize| {
        for _ in 0..2_000 {
            scene.deck.console.notices.look().await.unwrap();
            let deliveries = scene.ok(Method::GET, "/api/v1/notices/deliveries", &Value::Null).await;
            if deliveries[0]["tries"].as_array().is_some_and(|tries| tries.len() >= expected) {
                return deliveries[0].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no try {expected}");
    };
    let first = tries(1).await;
    assert_eq!((first["state"].as_str(), first["tries"][0]["taken"].as_bool()), (Some("waiting"), Some(false)));
    assert!(first["tries"][0]["answer"].as_str().unwrap().contains("exit status: 3: no gate"), "{first}");
    let shown = scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await;
    assert_eq!((shown[0]["waiting"].as_u64(), shown[0]["trouble"].as_str().is_some()), (Some(1), true));
    scene.deck.clock.advance(Span::seconds(5));
    tries(2).await;
    std::fs::write(&gate, "").unwrap();
    scene.deck.clock.advance(Span::seconds(10));
    let last = tries(3).await;
    assert_eq!((last["state"].as_str(), last["tries"].as_array().unwrap().len()), (Some("delivered"), 3));
    let text = std::fs::read_to_string(&file).unwrap();
    let ids: Vec<String> = text.lines().map(|line| serde_json::from_str::<Message>(line).unwrap().id).collect();
    assert_eq!((ids.len(), ids.iter().all(|id| *id == ids[0])), (3, true));

    std::fs::remove_file(&gate).unwrap();
    let tested = scene.ok(Method::POST, &format!("/api/v1/notices/channels/{channel}/test"), &Value::Null).await;
    assert_eq!((tested["state"].as_str(), tested["next_try_at"].is_null()), (Some("given-up"), true), "a test is tried once");
    assert_eq!(scene.call(Method::DELETE, &format!("/api/v1/notices/channels/{channel}"), &Value::Null).await.status, 204);
    assert_eq!(scene.call(Method::POST, &format!("/api/v1/notices/channels/{channel}/test"), &Value::Null).await.code(), "not-found");
}

#[tokio::test]
async fn the_log_of_the_host_gets_lines_of_rfc_5424_or_fields_of_the_journal() {
    let scene = Scene::new().await;
    let socket = scene.room.path().join("log");
    let log = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    log.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let next = || {
        let mut buffer = [0; 4096];
        let length = log.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    for way in ["rfc5424", "journal"] {
        let new = json!({"label": way, "target": {"kind": "syslog", "way": way, "socket": socket}});
        let made = scene.ok(Method::POST, "/api/v1/notices/channels", &new).await;
        let path = format!("/api/v1/notices/channels/{}/test", made["channel"]["id"].as_str().unwrap());
        assert_eq!(scene.ok(Method::POST, &path, &Value::Null).await["state"], "delivered");
        next();
    }
    scene.open_the_password_file().await;
    scene.told().await;
    let both = [next(), next()];
    let line = both.iter().find(|text| text.starts_with('<')).unwrap();
    // RFC 5424 section 6: priority and version, time, host, program, process, kind, no structured data, then text with its mark.
    let (header, text) = line.split_once(" - \u{feff}").unwrap();
    let fields: Vec<&str> = header.split(' ').collect();
    assert_eq!((fields.len(), fields[0], fields[3], fields[5]), (6, "<26>1", "certdeck", "password-file-open"), "{line}");
    assert!(time::OffsetDateTime::parse(fields[1], &time::format_description::well_known::Rfc3339).is_ok(), "{line}");
    assert!(text.starts_with("password.txt of Mail is open to everybody on this host: The file ") && !text.contains('\n'), "{text}");
    let fields = both.iter().find(|text| text.starts_with("MESSAGE=")).unwrap();
    for field in
        ["\nPRIORITY=2\n", "\nSYSLOG_IDENTIFIER=certdeck\n", "\nCERTDECK_KIND=password-file-open\n", "\nCERTDECK_STAGE=everybody\n"]
    {
        assert!(fields.contains(field), "{fields}");
    }
    drop(log);
    std::fs::remove_file(&socket).unwrap();
    let all = scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await;
    let path = format!("/api/v1/notices/channels/{}/test", all[0]["id"].as_str().unwrap());
    let tried = scene.ok(Method::POST, &path, &Value::Null).await;
    assert!(tried["tries"][0]["answer"].as_str().unwrap().contains("No such file"), "{tried}");
}

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
async fn the_calendar_is_read_without_signing_in_by_whoever_has_its_address() {
    let scene = Scene::new().await;
    scene.make("mail, post; Ada", "mail.example.org", "202702");
    assert_eq!(scene.ok(Method::GET, "/api/v1/notices/calendar", &Value::Null).await, json!({"since": null}));
    let made = scene.ok(Method::POST, "/api/v1/notices/calendar", &Value::Null).await;
    let path = made["path"].as_str().unwrap().to_owned();
    let feed = scene.deck.get(&path, &[]).await;
    assert_eq!((feed.status.as_u16(), feed.header("content-type")), (200, "text/calendar; charset=utf-8"));
    for wrong in ["/api/v1/notices/calendar/x.ics", path.trim_end_matches(".ics"), "/api/v1/notices/calendar/.ics"] {
        assert_eq!(scene.deck.get(wrong, &[]).await.code(), "not-found", "{wrong}");
    }
    let file = scene.room.path().join("feed.ics");
    std::fs::write(&file, &feed.text).unwrap();
    let read = parsed(&file);
    let event = &read["events"][0];
    assert_eq!((read["events"].as_array().unwrap().len(), &read["errors"], &event["errors"]), (1, &json!([]), &json!([])), "{read:#}");
    assert_eq!(
        (event["summary"].as_str(), event["end"].as_str()),
        (Some("mail, post; Ada in Mail expires"), Some("2027-02-22T00:00:00+00:00"))
    );
    // Debian's parser takes backslashes away twice, so that those of the name itself are lost.
    assert!(event["description"].as_str().unwrap().contains("\nIssued by CN=mail.example.org"), "{event}");
    assert_eq!(event["alarm"], json!([-30.0 * 86_400.0]), "by the default rule");
    scene.ok(Method::POST, "/api/v1/notices/calendar", &Value::Null).await;
    assert_eq!(scene.deck.get(&path, &[]).await.code(), "not-found", "a new address ends the old one");
    scene.ok(Method::DELETE, "/api/v1/notices/calendar", &Value::Null).await;
    assert!(!scene.ok(Method::GET, "/api/v1/audit", &Value::Null).await.to_string().contains(&path));
}

/// What Debian's python3-icalendar makes of a feed.
#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn parsed(file: &Path) -> Value {
    const SCRIPT: &str = "
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
print(json.dumps({'events': [{
    'summary': str(event['summary']), 'description': str(event['description']), 'end': event['dtstart'].dt.isoformat(), 'uid': str(event['uid']),
    'alarm': [alarm['trigger'].dt.total_seconds() for alarm in event.walk('valarm')], 'errors': [str(error) for error in event.errors],
} for event in calendar.walk('vevent')], 'errors': [str(error) for error in calendar.errors], 'version': str(calendar['version'])}))";
    let output = Command::new("/usr/bin/python3").arg("-c").arg(SCRIPT).arg(file).output().unwrap();
    assert!(output.status.success(), "python3-icalendar: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
