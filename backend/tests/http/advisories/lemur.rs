//! Netflix Lemur 1.9.3 and what it mended.

use std::net::TcpListener;
use std::time::Duration;

use axum::body::Body;
use certdeck::host::fetch::{Ask, FetchError, fetch};
use certdeck::http::operations::OPERATIONS;
use certdeck_shared::api::role::{Grant, Grants, Role};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::confirmation::chain;
use crate::deck::{Deck, PASSWORD};

/// Everything that answers to a GET, with the names in its path put in; streams are left out.
async fn all_answers(deck: &Deck, cookie: &str, names: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for operation in OPERATIONS.iter().filter(|operation| operation.method == "GET" && !operation.path.ends_with("/events")) {
        let path = names.iter().fold(operation.path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), id));
        let path = path.replace(['{', '}'], "");
        text.push_str(&deck.get(&path, &[("cookie", cookie)]).await.text);
    }
    text
}

/// GHSA-6c8m-q6g9-vrw3: the API answered with the passwords of destinations.
#[tokio::test(flavor = "multi_thread")]
async fn lemur_ghsa_6c8m_q6g9_vrw3_no_answer_tells_a_secret_that_was_given() {
    const PLANTED: [&str; 5] =
        ["planted-mail-secret", "planted-hook-secret-1", "planted-database-0-Pw", "planted-user-0-Pw", "planted-login-0"];
    // Whoever knows the address of a webhook may use it: administrators see it, who made it, and nobody else.
    const HOOK: &str = "planted-hook-path";
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let made = async |path: &str, body: Value| {
        let answer = deck.call_from_page(Method::POST, path, &cookie, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        answer.json()
    };
    let mail = json!({"kind": "mail", "host": "mail.example.org", "port": 587, "tls": "starttls", "from": "a@example.org",
        "to": ["ada@example.org"], "user_name": "certdeck"});
    made("/api/v1/notices/channels", json!({"label": "Mail", "secret": PLANTED[0], "target": mail})).await;
    let hook = json!({"kind": "webhook", "url": format!("https://hooks.example.org/{}", HOOK)});
    made("/api/v1/notices/channels", json!({"label": "Hook", "secret": PLANTED[1], "target": hook})).await;
    let database = json!({"action": "create", "path": room.path().join("nss"), "password": PLANTED[2]});
    let database = made("/api/v1/databases", database).await["id"].as_str().unwrap().to_owned();
    let login = format!("/api/v1/databases/{database}/tokens/internal/login");
    let wrong = deck.call_from_page(Method::POST, &login, &cookie, &json!({"password": PLANTED[4]})).await;
    assert_eq!(wrong.code(), "pin-incorrect");
    made("/api/v1/users", json!({"user_name": "eve", "password": PLANTED[3], "grants": [{"role": "viewer"}]})).await;
    let token = made("/api/v1/api-tokens", json!({"label": "night", "grants": [{"role": "viewer"}]})).await;
    let calendar = made("/api/v1/notices/calendar", Value::Null).await["path"].as_str().unwrap().to_owned();
    let feed = calendar.rsplit('/').next().unwrap();
    let config = room.path().join("vsftpd.conf");
    std::fs::write(&config, "listen=YES\nssl_enable=NO\n").unwrap();
    let service = made("/api/v1/services", json!({"kind": "vsftpd", "config": config})).await["id"].as_str().unwrap().to_owned();

    let names = [("database", database.as_str()), ("service", &service), ("token", "internal"), ("user_name", "eve")];
    let answers = all_answers(&deck, &cookie, &names).await;
    assert!(answers.contains("hooks.example.org") && answers.contains("mail.example.org"), "the channels are told");
    for planted in PLANTED.into_iter().chain([token["secret"].as_str().unwrap(), feed, PASSWORD]) {
        let place = answers.find(planted).map(|place| answers[place.saturating_sub(200)..place].to_owned());
        assert_eq!(place, None, "{planted}");
    }
    let eve = deck.sign_in("eve", PLANTED[3]).await.cookie();
    let seen = all_answers(&deck, &eve, &names).await;
    assert!(!seen.contains(HOOK) && !seen.contains("mail.example.org"), "no channel is told to others");
    deck.console.databases.close().await;
}

/// GHSA-v5rc-cpwc-cfpr: an address was checked when something was made, and not when it was changed.
#[tokio::test]
async fn lemur_ghsa_v5rc_cpwc_cfpr_an_address_is_checked_when_it_is_changed_as_when_it_is_made() {
    let (deck, cookie) = Deck::set_up().await;
    let new = json!({"label": "Hook", "target": {"kind": "webhook", "url": "https://hooks.example.org/"}});
    let made = deck.call_from_page(Method::POST, "/api/v1/notices/channels", &cookie, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = format!("/api/v1/notices/channels/{}", made.json()["channel"]["id"].as_str().unwrap());
    for url in
        ["https://127.0.0.1/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/", "https://0x7f.1/", "http://example.org/"]
    {
        let change = json!({"target": {"kind": "webhook", "url": url}, "secret": "a secret of sixteen letters"});
        let answer = deck.call_from_page(Method::PATCH, &path, &cookie, &change).await;
        assert_eq!(
            (answer.code().as_str(), answer.json()["errors"][0]["pointer"].as_str()),
            ("invalid-input", Some("/target/url")),
            "{url}"
        );
    }
    // What is probed is on the list when it comes, and has no other address afterwards.
    let probe = json!({"host": "169.254.169.254", "port": 80, "protocol": "http", "tls": "implicit"});
    let refused = deck.call_from_page(Method::POST, "/api/v1/endpoints", &cookie, &probe).await;
    assert!(refused.status.is_client_error(), "{}", refused.text);
    let own = json!({"host": "127.0.0.1", "port": 1, "protocol": "http", "tls": "implicit"});
    let own = deck.call_from_page(Method::POST, "/api/v1/endpoints", &cookie, &own).await;
    let path = format!("/api/v1/endpoints/{}", own.json()["id"].as_str().unwrap());
    deck.call_from_page(Method::PATCH, &path, &cookie, &json!({"host": "169.254.169.254", "label": "moved"})).await;
    let after = deck.get(&path, &[("cookie", &cookie)]).await.json();
    assert_eq!(after["endpoint"]["host"], "127.0.0.1", "{after}");
}

/// GHSA-xpmj-wjcp-6pww: what a server answered led to the next address, inside. Redirects are not followed.
#[tokio::test]
async fn lemur_ghsa_xpmj_wjcp_6pww_a_redirect_leads_nowhere() {
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let target = inside.local_addr().unwrap();
    let outside = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = outside.local_addr().unwrap().to_string();
    let answering = tokio::spawn(async move {
        let (mut stream, _) = outside.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: http://{target}/secret\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let fetched = fetch(&format!("http://{host}/ca.crl"), Ask::Get, 1000, &[host.clone(), target.to_string()]).await;
    assert!(matches!(fetched, Err(FetchError::Status(302))), "{fetched:?}");
    tokio::time::timeout(Duration::from_secs(10), answering).await.unwrap().unwrap();
    assert_eq!(inside.accept().map(|_| ()).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock), "nobody came there");
    // Addresses in certificates are asked only where the settings say so, and by default nowhere.
    let refused = fetch(&format!("http://{target}/"), Ask::Get, 1000, &[]).await;
    assert!(matches!(refused, Err(FetchError::NotAllowed { .. })), "{refused:?}");
}

/// GHSA-g7p5-89mh-248h: whoever could issue at all made a CA below any internal root.
#[tokio::test(flavor = "multi_thread")]
async fn lemur_ghsa_g7p5_89mh_248h_a_sub_ca_comes_from_no_ca_of_another_database() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let (theirs, root, _) = chain(&deck, &cookie, room.path()).await;
    let own = json!({"action": "create", "path": room.path().join("own"), "password": "Tr0ub4dor&3-horse-staple"});
    let own = deck.call_from_page(Method::POST, "/api/v1/databases", &cookie, &own).await.json()["id"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", deck.token_for(Grants(vec![Grant::for_database(Role::Operator, &own)])).await);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let sub = json!({"from": "form", "issuer": root, "nickname": "sub", "form": {"subject": "CN=Sub", "template": "ca"}});
    let issue = async |database: &str| deck.call(Method::POST, &format!("{database}/issued"), &headers, Body::from(sub.to_string())).await;
    let there = issue(&theirs).await;
    assert_eq!(there.code(), "not-found", "{}", there.text);
    let here = issue(&format!("/api/v1/databases/{own}")).await;
    assert!(here.status.is_client_error(), "{}", here.text);
    assert_eq!(here.json()["errors"][0]["pointer"], "/issuer", "the root is not one of that database");
    let viewer = format!("Bearer {}", deck.token_for(Grants::everywhere(Role::Deployer)).await);
    let headers = [("authorization", viewer.as_str()), ("content-type", "application/json")];
    let looking = deck.call(Method::POST, &format!("{theirs}/issued"), &headers, Body::from(sub.to_string())).await;
    assert_eq!(looking.code(), "scope-insufficient", "who sees a CA does not issue from it");

    // A CA that may have none below it has none, whoever asks.
    let made = async |path: String, body: Value| {
        let answer = deck.call_from_page(Method::POST, &path, &cookie, &body).await;
        (answer.status.as_u16(), answer)
    };
    let last = json!({"from": "form", "issuer": root, "nickname": "last",
        "form": {"subject": "CN=Last", "template": "ca", "basic_constraints": {"ca": true, "path_length": 0}}});
    let (status, last) = made(format!("{theirs}/issued"), last).await;
    assert_eq!(status, 201, "{}", last.text);
    let below = json!({"from": "form", "issuer": last.json()["certificate"]["fingerprint_sha256"].as_str().or(last.json()["fingerprint_sha256"].as_str()).unwrap(),
        "nickname": "below", "form": {"subject": "CN=Below", "template": "ca"}});
    let (_, below) = made(format!("{theirs}/issued"), below).await;
    assert_eq!(below.code(), "issuer-unfit", "{}", below.text);
    deck.console.databases.close().await;
}
