//! What does harm asks again who one is.

use axum::body::Body;
use certdeck::domain::accounts::Actor;
use certdeck::http::operations::OPERATIONS;
use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::role::{Grants, Role};
use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::deck::{Answer, Deck, ORIGIN, PASSWORD};

const CONFIRMATION: &str = "/api/v1/session/confirmation";

async fn confirm(deck: &Deck, cookie: &str, password: &str) -> Answer {
    deck.call_from_page(Method::POST, CONFIRMATION, cookie, &json!({"password": password})).await
}

async fn add_user(deck: &Deck, cookie: &str, name: &str) -> Answer {
    let new = json!({"user_name": name, "password": PASSWORD, "grants": [{"role": "viewer"}]});
    deck.call_from_page(Method::POST, "/api/v1/users", cookie, &new).await
}

#[tokio::test]
async fn what_does_harm_is_done_within_minutes_of_the_password_and_not_later() {
    let (deck, cookie) = Deck::set_up().await;
    assert_eq!(add_user(&deck, &cookie, "bob").await.status, 201, "signing in counts");
    deck.clock.advance(Duration::minutes(5));
    let refused = add_user(&deck, &cookie, "eve").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (403, "confirmation-required"));
    assert!(refused.json()["detail"].as_str().unwrap().contains(CONFIRMATION), "{}", refused.text);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.json()["confirmed_until"], Value::Null);

    let wrong = confirm(&deck, &cookie, "a loud harbour 7").await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (401, "credentials-incorrect"));
    assert_eq!(add_user(&deck, &cookie, "eve").await.code(), "confirmation-required");
    let right = confirm(&deck, &cookie, PASSWORD).await;
    assert_eq!((right.status.as_u16(), right.json()["confirmed_until"].as_str()), (200, Some("2026-11-21T12:10:00Z")), "{}", right.text);
    deck.clock.advance(Duration::minutes(4));
    assert_eq!(add_user(&deck, &cookie, "eve").await.status, 201);
    deck.clock.advance(Duration::minutes(1));
    assert_eq!(add_user(&deck, &cookie, "mallory").await.code(), "confirmation-required");
    let said = deck.actions().await;
    for entry in [("session.confirm", "credentials-incorrect"), ("session.confirm", "success"), ("call.refuse", "confirmation-required")] {
        assert!(said.contains(&(entry.0.to_owned(), entry.1.to_owned())), "{entry:?} in {said:?}");
    }
}

#[tokio::test]
async fn the_minutes_are_a_setting_and_another_session_gains_nothing() {
    let (deck, cookie) = Deck::set_up_with(|settings| settings.confirmation = Duration::minutes(1)).await;
    let other = deck.sign_in("ada", PASSWORD).await.cookie();
    deck.clock.advance(Duration::minutes(1));
    assert_eq!(confirm(&deck, &cookie, PASSWORD).await.status, 200);
    assert_eq!(add_user(&deck, &other, "bob").await.code(), "confirmation-required");
    assert_eq!(add_user(&deck, &cookie, "bob").await.status, 201);
}

#[tokio::test]
async fn wrong_passwords_make_wait_here_as_at_the_gate() {
    let (deck, cookie) = Deck::set_up().await;
    for _ in 0..3 {
        assert_eq!(confirm(&deck, &cookie, "wrong").await.status, 401);
    }
    let waits = confirm(&deck, &cookie, PASSWORD).await;
    assert_eq!((waits.status.as_u16(), waits.code().as_str(), waits.header("retry-after")), (429, "too-many-attempts", "1"));
    assert_eq!(deck.sign_in("ada", PASSWORD).await.code(), "too-many-attempts", "the account's count, wherever the tries were");
    deck.clock.advance(Duration::seconds(1));
    assert_eq!(confirm(&deck, &cookie, PASSWORD).await.status, 200);
}

/// The code of the answer to a call without a body.
async fn code(deck: &Deck, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let path = path.replace(['{', '}'], "");
    deck.call(method.parse().unwrap(), &path, headers, Body::empty()).await.code()
}

#[tokio::test]
async fn every_operation_of_the_table_that_asks_again_refuses_who_was_not_asked() {
    let (deck, cookie) = Deck::set_up().await;
    let new =
        NewApiToken { label: "night".into(), grants: Grants::everywhere(Role::Administrator), expires_in_days: None, unattended: false };
    let attended = deck.console.accounts.create_api_token(&Actor::LocalAdministrator, new).await.unwrap().secret;
    let (attended, unattended) = (format!("Bearer {attended}"), format!("Bearer {}", deck.token(Role::Administrator).await));
    deck.clock.advance(Duration::minutes(5));
    let mut asking = 0;
    for operation in OPERATIONS.iter().filter(|operation| operation.asks_again) {
        asking += 1;
        let page = [("cookie", cookie.as_str()), ("origin", ORIGIN)];
        assert_eq!(code(&deck, operation.method, operation.path, &page).await, "confirmation-required", "{operation:?}");
        let refused = code(&deck, operation.method, operation.path, &[("authorization", &attended)]).await;
        assert_eq!(refused, "confirmation-required", "{operation:?}");
        let let_in = code(&deck, operation.method, operation.path, &[("authorization", &unattended)]).await;
        assert_ne!(let_in, "confirmation-required", "{operation:?}");
    }
    assert!(asking >= 12, "{asking}");
    let headers = [("authorization", attended.as_str()), ("content-type", "application/json")];
    let token = deck.call(Method::POST, CONFIRMATION, &headers, Body::from(json!({"password": PASSWORD}).to_string())).await;
    assert_eq!(token.code(), "scope-insufficient", "a token has no password");
}

#[tokio::test]
async fn the_present_password_is_proof_enough_for_ones_own_and_not_for_anothers() {
    let (deck, cookie) = Deck::set_up().await;
    assert_eq!(add_user(&deck, &cookie, "bob").await.status, 201);
    deck.clock.advance(Duration::minutes(5));
    let change = json!({"password": "a new harbour 8", "current_password": PASSWORD});
    assert_eq!(deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &change).await.status, 200);
    let other = json!({"password": "a new harbour 9"});
    assert_eq!(deck.call_from_page(Method::PATCH, "/api/v1/users/bob", &cookie, &other).await.code(), "confirmation-required");
    let grants = json!({"grants": [{"role": "administrator"}]});
    assert_eq!(deck.call_from_page(Method::PATCH, "/api/v1/users/ada", &cookie, &grants).await.code(), "confirmation-required");
}

#[tokio::test]
async fn a_token_that_cannot_be_asked_gets_no_secret_of_one_that_need_not() {
    let (deck, cookie) = Deck::set_up().await;
    let new = |unattended| NewApiToken {
        label: "night".into(),
        grants: Grants::everywhere(Role::Administrator),
        expires_in_days: None,
        unattended,
    };
    let make = async |unattended| deck.console.accounts.create_api_token(&Actor::LocalAdministrator, new(unattended)).await.unwrap();
    let (attended, unattended) = (make(false).await, make(true).await);
    let bearer = format!("Bearer {}", attended.secret);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let rotation = |id: &str| format!("/api/v1/api-tokens/{id}/rotation");
    let others = deck.call(Method::POST, &rotation(&unattended.token.id), &headers, Body::from("{}")).await;
    assert_eq!(others.code(), "confirmation-required");
    let own = deck.call(Method::POST, &rotation(&attended.token.id), &headers, Body::from("{}")).await;
    assert!(own.status.is_success() && own.json()["token"]["unattended"] == false, "{}", own.text);
    deck.clock.advance(Duration::minutes(5));
    let late = deck.call_from_page(Method::POST, &rotation(&unattended.token.id), &cookie, &json!({})).await;
    assert_eq!(late.code(), "confirmation-required");
}

/// A CA with trust and a certificate below it, in a new database; its path.
pub async fn chain(deck: &Deck, cookie: &str, room: &std::path::Path) -> (String, String, String) {
    let made = async |path: &str, body: Value| {
        let answer = deck.call_from_page(Method::POST, path, cookie, &body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        answer.json()
    };
    let new = json!({"action": "create", "path": room.join("database").display().to_string(), "password": "Tr0ub4dor&3-horse-staple"});
    let database = format!("/api/v1/databases/{}", made("/api/v1/databases", new).await["id"].as_str().unwrap());
    let unlocked = json!({"password": "Tr0ub4dor&3-horse-staple"});
    let answer = deck.call_from_page(Method::POST, &format!("{database}/tokens/internal/login"), cookie, &unlocked).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    let root = json!({"nickname": "root", "form": {"subject": "CN=Example root", "template": "ca"}, "trust": "CT,C,C"});
    let root = made(&format!("{database}/self-signed"), root).await["fingerprint_sha256"].as_str().unwrap().to_owned();
    let web = json!({"from": "form", "issuer": root, "nickname": "web", "form": {"common_name": "web.example.org"}});
    let web = made(&format!("{database}/issued"), web).await["fingerprint_sha256"].as_str().unwrap().to_owned();
    (database, root, web)
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_away_what_others_rest_on_asks_again_and_the_rest_does_not() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let (database, root, web) = chain(&deck, &cookie, room.path()).await;
    deck.clock.advance(Duration::minutes(5));
    let call = async |method: Method, path: String, body: Value| deck.call_from_page(method, &path, &cookie, &body).await;
    let one = |fingerprint: &str| format!("{database}/certificates/{fingerprint}");
    let several = json!({"changes": [{"fingerprint_sha256": root, "trust": ",,"}]});
    let deletion = json!({"fingerprints_sha256": [root], "with_keys": false});
    let breaking = [
        (Method::PATCH, one(&root), json!({"trust": ",,"})),
        (Method::PATCH, format!("{database}/trust"), several.clone()),
        (Method::DELETE, one(&root), Value::Null),
        (Method::POST, format!("{database}/deletion"), deletion),
    ];
    let before = call(Method::GET, format!("{database}/certificates"), Value::Null).await.text;
    for (method, path, body) in breaking {
        let answer = call(method.clone(), path.clone(), body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "confirmation-required"), "{method} {path}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        let named = detail.contains(" web; ") || detail.contains(" root, web; ");
        assert!(named, "{detail}");
    }
    assert_eq!(call(Method::GET, format!("{database}/certificates"), Value::Null).await.text, before, "nothing changed");
    let bundle = |parts: &str| json!({"parts": parts, "database_password": "Tr0ub4dor&3-horse-staple"});
    assert_eq!(call(Method::POST, format!("{}/bundle", one(&web)), bundle("all")).await.code(), "confirmation-required");
    assert_eq!(call(Method::POST, format!("{}/bundle", one(&web)), bundle("leaf-and-chain")).await.status, 200, "no key is in it");

    let renamed = call(Method::PATCH, one(&root), json!({"nickname": "the root"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    let more = call(Method::PATCH, one(&root), json!({"trust": "CTP,CT,C"})).await;
    assert_eq!(more.status, 200, "{}", more.text);
    let leaf = call(Method::DELETE, one(&web), Value::Null).await;
    assert_eq!(leaf.status, 204, "nothing rests on it: {}", leaf.text);
    assert_eq!(confirm(&deck, &cookie, PASSWORD).await.status, 200);
    let changed = call(Method::PATCH, format!("{database}/trust"), several).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_asks_again_where_it_breaks_what_is_there() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let (database, root, web) = chain(&deck, &cookie, room.path()).await;
    let call = async |method: Method, path: String, body: Value| deck.call_from_page(method, &path, &cookie, &body).await;
    let text = async |path: String, kind: &str, body: String| {
        let headers = [("cookie", cookie.as_str()), ("origin", crate::deck::ORIGIN), ("content-type", kind)];
        deck.call(Method::POST, &path, &headers, Body::from(body)).await
    };
    // The list that revokes what it issued, taken out again.
    let revocation = json!({"fingerprint_sha256": web, "reason": "superseded"});
    let list = call(Method::POST, format!("{database}/certificates/{root}/revocations"), revocation).await;
    assert_eq!(list.status, 201, "{}", list.text);
    let list = list.json()["pem"].as_str().unwrap().to_owned();
    let kept = call(Method::GET, format!("{database}/crls"), Value::Null).await.json();
    let kept = kept["lists"][0]["fingerprint_sha256"].as_str().unwrap().to_owned();
    // Another database with the list.
    let new = json!({"action": "create", "path": room.path().join("other").display().to_string(), "password": "Tr0ub4dor&3-horse-staple"});
    let other = call(Method::POST, "/api/v1/databases".to_owned(), new).await.json()["id"].as_str().unwrap().to_owned();
    let listed = text(format!("/api/v1/databases/{other}/crls?unverified=true"), "application/x-pem-file", list.clone()).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    assert_eq!(call(Method::DELETE, format!("{database}/crls/{kept}"), Value::Null).await.status, 204);

    let mail = json!({"from": "form", "issuer": root, "nickname": "mail", "form": {"common_name": "mail.example.org"}});
    let mail = call(Method::POST, format!("{database}/issued"), mail).await.json()["fingerprint_sha256"].as_str().unwrap().to_owned();

    deck.clock.advance(Duration::minutes(5));
    let asks = |what: &str, answer: &Answer| {
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "confirmation-required"), "{what}: {}", answer.text);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("web"), "{what}: {detail}");
    };
    let before = call(Method::GET, format!("{database}/certificates"), Value::Null).await.text;
    asks("a list", &text(format!("{database}/crls"), "application/x-pem-file", list.clone()).await);
    let merge = json!({"source": other});
    asks("merge", &call(Method::POST, format!("{database}/merge"), merge.clone()).await);
    let revocation = json!({"fingerprint_sha256": mail, "reason": "keyCompromise"});
    let revoked = call(Method::POST, format!("{database}/certificates/{root}/revocations"), revocation).await;
    assert!(revoked.json()["detail"].as_str().unwrap().contains("mail"), "{}", revoked.text);
    asks("a revocation", &revoked);
    asks("a new list", &call(Method::POST, format!("{database}/certificates/{root}/crl"), json!({})).await);
    assert_eq!(call(Method::GET, format!("{database}/certificates"), Value::Null).await.text, before, "nothing changed");

    let preview = text(format!("{database}/crls?preview=true"), "application/x-pem-file", list.clone()).await;
    assert_eq!(preview.status, 200, "whoever only looks is not asked: {}", preview.text);
    assert_eq!(confirm(&deck, &cookie, PASSWORD).await.status, 200);
    let merged = call(Method::POST, format!("{database}/merge"), merge).await;
    assert_eq!(merged.status, 200, "{}", merged.text);
    deck.console.databases.close().await;
}

/// A certificate of this key and issuer, DER, that begins on the first of a month and ends in the same one of the next year.
fn made(key: &openssl::pkey::PKey<openssl::pkey::Private>, subject: &str, issuer: &str, month: u32) -> Vec<u8> {
    use openssl::asn1::Asn1Time;
    use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
    let name = |text: &str| {
        let mut name = openssl::x509::X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", text).unwrap();
        name.build()
    };
    let mut made = openssl::x509::X509::builder().unwrap();
    made.set_version(2).unwrap();
    let serial = openssl::bn::BigNum::from_u32(month + u32::try_from(subject.len()).unwrap() * 100).unwrap();
    made.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    made.set_subject_name(&name(subject)).unwrap();
    made.set_issuer_name(&name(issuer)).unwrap();
    made.set_not_before(&Asn1Time::from_str(&format!("2026{month:02}01000000Z")).unwrap()).unwrap();
    made.set_not_after(&Asn1Time::from_str(&format!("2027{month:02}01000000Z")).unwrap()).unwrap();
    made.set_pubkey(key).unwrap();
    let extension = if subject.ends_with("CA") {
        BasicConstraints::new().critical().ca().build().unwrap()
    } else {
        SubjectAlternativeName::new().dns(subject).build(&made.x509v3_context(None, None)).unwrap()
    };
    made.append_extension(extension).unwrap();
    made.sign(key, openssl::hash::MessageDigest::sha256()).unwrap();
    made.build().to_der().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_asks_again_where_what_comes_in_takes_the_place_of_what_was_good() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let (database, ..) = chain(&deck, &cookie, room.path()).await;
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let key = openssl::pkey::PKey::from_ec_key(openssl::ec::EcKey::generate(&group).unwrap()).unwrap();
    let (root, below) = (made(&key, "Test Root CA", "Test Root CA", 1), made(&key, "below.example.org", "Middle CA", 3));
    let (old, newer) = (made(&key, "Middle CA", "Test Root CA", 2), made(&key, "Middle CA", "Test Root CA", 6));
    let item =
        |der: &[u8], nickname: &str, trust: &str| json!({"der": openssl::base64::encode_block(der), "nickname": nickname, "trust": trust});
    let import = async |items: Value| {
        let path = format!("{database}/certificates");
        deck.call_from_page(Method::POST, &path, &cookie, &json!({"certificates": items})).await
    };
    let first = import(json!([item(&root, "top", "CT,C,C"), item(&old, "middle", ",,"), item(&below, "below", ",,")])).await;
    assert_eq!(first.status, 200, "{}", first.text);
    deck.clock.advance(Duration::minutes(5));
    let breaking = import(json!([item(&newer, "middle", "p,p,p")])).await;
    assert_eq!(breaking.code(), "confirmation-required");
    assert!(breaking.json()["detail"].as_str().unwrap().contains("below"), "{}", breaking.text);
    let harmless = import(json!([item(&newer, "middle", ",,")])).await;
    assert_eq!(harmless.status, 200, "{}", harmless.text);
    deck.console.databases.close().await;
}
