//! Passkeys: made, asked at the gate and by what asks again, refused when anything about them is not so, removed.

use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::authenticator::Authenticator;
use crate::deck::{Answer, Deck, ORIGIN, PASSWORD};

const SECOND_FACTOR: &str = "/api/v1/session/second-factor";
const CREATION: &str = "/api/v1/session/second-factor/passkey-creation";
const PASSKEYS: &str = "/api/v1/session/second-factor/passkeys";
const CONFIRMATION: &str = "/api/v1/session/confirmation";

async fn deck() -> (Deck, String) {
    Deck::set_up_with(|settings| settings.trusted_origin = Some(ORIGIN.to_owned())).await
}

async fn options(deck: &Deck, cookie: &str) -> Value {
    let begun = deck.call_from_page(Method::POST, CREATION, cookie, &json!(null)).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    begun.json()
}

async fn add(deck: &Deck, cookie: &str, made: &Value) -> Answer {
    deck.call_from_page(Method::POST, PASSKEYS, cookie, made).await
}

/// A console whose administrator has one passkey; what holds it, and the recovery codes.
async fn registered() -> (Deck, String, Authenticator, Vec<String>) {
    let (deck, cookie) = deck().await;
    let mut key = Authenticator::new("ada's key");
    let made = key.create(&options(&deck, &cookie).await, "Key ring");
    let answer = add(&deck, &cookie, &made).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let codes: Vec<String> = serde_json::from_value(answer.json()["recovery_codes"].clone()).unwrap();
    (deck, cookie, key, codes)
}

async fn sign_in(deck: &Deck, more: Value) -> Answer {
    let mut body = json!({"user_name": "ada", "password": PASSWORD});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    // Whoever tries for long is told to wait; that is not what is looked at here.
    deck.clock.advance(Duration::seconds(30));
    deck.post("/api/v1/session", &body).await
}

/// What the gate asks the passkey.
async fn asked(deck: &Deck) -> Value {
    let answer = sign_in(deck, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "second-factor-required"), "{}", answer.text);
    answer.json()["second_factor"]["passkey"].clone()
}

#[tokio::test]
async fn a_passkey_signs_in_and_its_answer_is_good_once() {
    let (deck, cookie, mut key, codes) = registered().await;
    assert_eq!(codes.len(), 10);
    let asked = asked(&deck).await;
    assert_eq!((asked["host"].as_str(), asked["credentials"].as_array().unwrap().len()), (Some("deck.test"), 1), "{asked}");
    let answer = key.get(&asked);
    let session = sign_in(&deck, json!({"passkey": answer})).await;
    assert_eq!((session.status.as_u16(), session.json()["passkeys"].as_bool()), (201, Some(true)), "{}", session.text);
    assert_eq!(sign_in(&deck, json!({"passkey": answer})).await.code(), "passkey-refused", "the challenge was used");
    let listed = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json();
    let passkey = &listed["passkeys"][0];
    assert_eq!((passkey["name"].as_str(), passkey["host"].as_str()), (Some("Key ring"), Some("deck.test")), "{listed}");
    assert!(passkey["last_used_at"].is_string() && listed["active_since"].is_null() && listed["no_passkeys"].is_null(), "{listed}");
    let log = deck.get("/api/v1/audit?action=session.begin", &[("cookie", &cookie)]).await.json();
    let kind = log["entries"].as_array().unwrap().iter().find_map(|entry| entry["after"]["second_factor"].as_str()).unwrap();
    assert_eq!(kind, format!("passkey {}", passkey["id"].as_str().unwrap()));
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_it_and_a_code_of_no_program_does_not() {
    let (deck, _, _, codes) = registered().await;
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes[0]})).await.status, 201);
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes[0]})).await.code(), "credentials-incorrect");
    assert_eq!(sign_in(&deck, json!({"one_time_code": "123456"})).await.code(), "credentials-incorrect");
}

#[tokio::test]
async fn what_is_not_of_this_page_this_host_and_this_moment_is_refused() {
    let (deck, _, key, _) = registered().await;
    // Wrong ones are forgotten after an hour, and with them the waits.
    let later = || deck.clock.advance(Duration::minutes(61));
    type Lie = fn(&mut Authenticator);
    let lies: [(&str, Lie); 6] = [
        ("another origin", |key| key.says.origin = "https://deck.test.evil.example".to_owned()),
        ("another port", |key| key.says.origin = "https://deck.test:8443".to_owned()),
        ("another host", |key| key.says.host = "evil.example".to_owned()),
        ("a frame", |key| key.says.cross_origin = true),
        ("nobody there", |key| key.says.flags = 0),
        ("another ceremony", |key| key.says.kind = Some("webauthn.create")),
    ];
    for (what, lie) in lies {
        let mut liar = key.clone();
        lie(&mut liar);
        later();
        let refused = sign_in(&deck, json!({"passkey": liar.get(&asked(&deck).await)})).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (401, "passkey-refused"), "{what}");
        assert_eq!(refused.header("set-cookie"), "", "{what}");
    }
    later();
    let mut late = key.clone();
    let answer = late.get(&asked(&deck).await);
    deck.clock.advance(Duration::minutes(5));
    assert_eq!(sign_in(&deck, json!({"passkey": answer})).await.code(), "passkey-refused", "too late");
    later();
    let own = json!({"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
    assert_eq!(sign_in(&deck, json!({"passkey": key.clone().get(&own)})).await.code(), "passkey-refused", "a challenge of its own");
    let mut forged = key.clone().get(&asked(&deck).await);
    forged["signature"] = Authenticator::new("another").get(&asked(&deck).await)["signature"].clone();
    assert_eq!(sign_in(&deck, json!({"passkey": forged})).await.code(), "passkey-refused", "another key's signature");
    assert!(deck.actions().await.contains(&("session.begin".to_owned(), "passkey-refused".to_owned())));
    later();
    let mut honest = key.clone();
    assert_eq!(sign_in(&deck, json!({"passkey": honest.get(&asked(&deck).await)})).await.status, 201, "the key itself is good still");
}

#[tokio::test]
async fn one_that_was_made_for_another_session_is_refused() {
    let (deck, cookie, mut key, _) = registered().await;
    let other = sign_in(&deck, json!({"passkey": key.get(&asked(&deck).await)})).await.cookie();
    let made = Authenticator::new("second").create(&options(&deck, &cookie).await, "Second");
    assert_eq!(add(&deck, &other, &made).await.code(), "passkey-refused");
    assert_eq!(add(&deck, &cookie, &made).await.code(), "passkey-refused", "and is used up");
    let mut elsewhere = Authenticator::new("elsewhere");
    elsewhere.says.origin = "https://evil.example".to_owned();
    let made = elsewhere.create(&options(&deck, &cookie).await, "Elsewhere");
    assert_eq!(add(&deck, &cookie, &made).await.code(), "passkey-refused");
}

#[tokio::test]
async fn the_key_of_another_account_is_refused() {
    let (deck, cookie, mut key, _) = registered().await;
    let bob = json!({"user_name": "bob", "password": PASSWORD, "grants": [{"role": "viewer"}]});
    assert_eq!(deck.call_from_page(Method::POST, "/api/v1/users", &cookie, &bob).await.status, 201);
    let bobs = deck.sign_in("bob", PASSWORD).await.cookie();
    let mut of_bob = Authenticator::new("bob's key");
    let made = of_bob.create(&options(&deck, &bobs).await, "Bob's");
    assert_eq!(add(&deck, &bobs, &made).await.status, 201);
    assert_eq!(sign_in(&deck, json!({"passkey": of_bob.get(&asked(&deck).await)})).await.code(), "passkey-refused");
    let mut again = key.clone();
    let taken = again.create(&options(&deck, &bobs).await, "Ada's");
    assert_eq!(add(&deck, &bobs, &taken).await.code(), "already-exists", "a credential belongs to one account");
    let gate = deck.post("/api/v1/session", &json!({"user_name": "bob", "password": PASSWORD})).await.json();
    let for_bob = key.get(&gate["second_factor"]["passkey"]);
    assert_eq!(sign_in(&deck, json!({"passkey": for_bob})).await.code(), "passkey-refused", "a challenge for somebody else");
}

#[tokio::test]
async fn a_counter_that_does_not_grow_is_that_of_a_copy() {
    let (deck, _, mut key, _) = registered().await;
    let mut copy = key.clone();
    for _ in 0..3 {
        assert_eq!(sign_in(&deck, json!({"passkey": key.get(&asked(&deck).await)})).await.status, 201);
    }
    let refused = sign_in(&deck, json!({"passkey": copy.get(&asked(&deck).await)})).await;
    assert_eq!(refused.code(), "passkey-refused");
    assert!(refused.json()["detail"].as_str().unwrap().contains("copy"), "{}", refused.text);
    // Those of authenticators that do not count are as good as they are.
    let (deck, cookie) = self::deck().await;
    let mut silent = Authenticator::new("silent");
    silent.says.counts = false;
    let made = silent.create(&options(&deck, &cookie).await, "Silent");
    assert_eq!(add(&deck, &cookie, &made).await.status, 201);
    for _ in 0..2 {
        assert_eq!(sign_in(&deck, json!({"passkey": silent.get(&asked(&deck).await)})).await.status, 201);
    }
}

#[tokio::test]
async fn what_asks_again_takes_it_in_the_session_that_was_asked() {
    let (deck, cookie, mut key, _) = registered().await;
    let id = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json()["passkeys"][0]["id"].as_str().unwrap().to_owned();
    let other = sign_in(&deck, json!({"passkey": key.get(&asked(&deck).await)})).await.cookie();
    deck.clock.advance(Duration::minutes(5));
    let remove = async || deck.call_from_page(Method::DELETE, &format!("{PASSKEYS}/{id}"), &cookie, &json!(null)).await;
    assert_eq!(remove().await.code(), "confirmation-required");
    let confirm = async |cookie: &str, body: Value| deck.call_from_page(Method::POST, CONFIRMATION, cookie, &body).await;
    let ask = async || confirm(&cookie, json!({})).await.json()["second_factor"]["passkey"].clone();
    let answer = key.get(&ask().await);
    assert_eq!(confirm(&other, json!({"passkey": answer})).await.code(), "passkey-refused", "another session was asked");
    deck.clock.advance(Duration::seconds(30));
    let at_the_gate = key.get(&asked(&deck).await);
    deck.clock.advance(Duration::seconds(30));
    assert_eq!(confirm(&cookie, json!({"passkey": at_the_gate})).await.code(), "passkey-refused", "it was for signing in");
    deck.clock.advance(Duration::seconds(30));
    let question = ask().await;
    deck.clock.advance(Duration::seconds(30));
    assert_eq!(confirm(&cookie, json!({"passkey": key.get(&question)})).await.status, 200);
    assert_eq!(remove().await.status, 204);
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201, "the password alone signs in again");
    let left = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json();
    assert_eq!((left["passkeys"].as_array().unwrap().len(), left["recovery_codes_left"].as_u64()), (0, Some(0)), "{left}");
}

#[tokio::test]
async fn at_an_address_and_under_a_name_that_is_not_its_own_there_are_none() {
    let (deck, cookie) = Deck::set_up().await;
    let refused = deck.call_from_page(Method::POST, CREATION, &cookie, &json!(null)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "passkeys-unavailable"), "a Host header is no proof of a name");
    let told = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json();
    assert!(told["no_passkeys"].as_str().unwrap().contains("trusted-origin"), "{told}");
    let (deck, cookie) = Deck::set_up_with(|settings| settings.trusted_origin = Some("https://192.0.2.7:8443".to_owned())).await;
    let told = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json();
    assert!(told["no_passkeys"].as_str().unwrap().contains("is an IP address"), "{told}");
}

#[tokio::test]
async fn an_account_has_several_each_authenticator_once_and_scripts_have_none() {
    let (deck, cookie, key, _) = registered().await;
    let options = options(&deck, &cookie).await;
    assert_eq!(options["excluded"].as_array().unwrap().len(), 1, "{options}");
    let second = add(&deck, &cookie, &Authenticator::new("second").create(&options, "Second")).await;
    assert_eq!((second.status.as_u16(), second.json()["recovery_codes"].is_null()), (201, true), "{}", second.text);
    let renamed = Authenticator::new("third").create(&self::options(&deck, &cookie).await, " ");
    assert_eq!(add(&deck, &cookie, &renamed).await.json()["errors"][0]["pointer"], "/name");
    let once_more = key.clone().create(&self::options(&deck, &cookie).await, "Again");
    assert_eq!(add(&deck, &cookie, &once_more).await.code(), "already-exists");
    deck.console.accounts.forget_second_factor(&certdeck::domain::accounts::Actor::LocalAdministrator, "ada").await.unwrap();
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201, "the local administrator took all of them away");
}
