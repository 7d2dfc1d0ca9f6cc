//! One-time codes and recovery codes; oathtool is the authenticator program.

#![allow(clippy::disallowed_methods, reason = "oathtool makes the codes")]

use std::process::Command;

use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::deck::{Answer, Deck, PASSWORD};

const SECOND_FACTOR: &str = "/api/v1/session/second-factor";

/// The code that oathtool has for a secret at the console's time.
pub fn oathtool(deck: &Deck, secret: &str) -> String {
    let now = format!("@{}", deck.clock.now().unix_timestamp());
    let output =
        Command::new("oathtool").args(["--totp", "--base32", "--now", &now, secret]).output().expect("oathtool of the package oathtool");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub async fn sign_in(deck: &Deck, more: Value) -> Answer {
    let mut body = json!({"user_name": "ada", "password": PASSWORD});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    deck.post("/api/v1/session", &body).await
}

/// A console whose administrator has a second factor, her cookie, the secret and the recovery codes.
async fn enrolled() -> (Deck, String, String, Vec<String>) {
    let (deck, cookie) = Deck::set_up().await;
    let begun = deck.call_from_page(Method::POST, SECOND_FACTOR, &cookie, &json!({})).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let uri = begun.json()["uri"].as_str().unwrap().to_owned();
    let secret = uri.strip_prefix("otpauth://totp/Certdeck:ada?secret=").unwrap().strip_suffix("&issuer=Certdeck").unwrap().to_owned();
    assert_eq!((begun.json()["secret"].as_str().unwrap(), secret.len()), (secret.as_str(), 32));
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201, "it does not count yet");
    let activation = json!({"one_time_code": oathtool(&deck, &secret)});
    let answer = deck.call_from_page(Method::PUT, SECOND_FACTOR, &cookie, &activation).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let codes = answer.json()["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (deck, cookie, secret, codes)
}

#[tokio::test]
async fn with_a_second_factor_a_code_of_it_signs_in_and_each_one_once() {
    let (deck, cookie, secret, _) = enrolled().await;
    let used = oathtool(&deck, &secret);
    assert_eq!(
        sign_in(&deck, json!({"one_time_code": used})).await.code(),
        "credentials-incorrect",
        "the code that turned it on was used by that"
    );
    deck.clock.advance(Duration::seconds(30));
    let asked = deck.sign_in("ada", PASSWORD).await;
    assert_eq!((asked.status.as_u16(), asked.code().as_str(), asked.header("set-cookie")), (401, "second-factor-required", ""));
    assert_eq!(deck.sign_in("ada", "a loud harbour 7").await.code(), "credentials-incorrect", "of a wrong password no more is said");
    deck.clock.advance(Duration::seconds(30));
    let code = oathtool(&deck, &secret);
    assert_eq!(sign_in(&deck, json!({"one_time_code": code})).await.status, 201);
    deck.clock.advance(Duration::seconds(2));
    let again = sign_in(&deck, json!({"one_time_code": code})).await;
    assert_eq!((again.status.as_u16(), again.code().as_str()), (401, "credentials-incorrect"));
    deck.clock.advance(Duration::seconds(30));
    assert_eq!(sign_in(&deck, json!({"one_time_code": oathtool(&deck, &secret)})).await.status, 201);
    assert_eq!(deck.get("/api/v1/session", &[("cookie", &cookie)]).await.json()["second_factor"], true);
    let said = deck.actions().await;
    for entry in [("second-factor.activate", "success"), ("session.begin", "second-factor-required")] {
        assert!(said.contains(&(entry.0.to_owned(), entry.1.to_owned())), "{entry:?} in {said:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_half_a_minute_off_is_good_enough() {
    let (deck, _, secret, _) = enrolled().await;
    deck.clock.advance(Duration::seconds(60));
    let of_the_past = oathtool(&deck, &secret);
    deck.clock.advance(Duration::seconds(30));
    let missed = oathtool(&deck, &secret);
    assert_eq!(sign_in(&deck, json!({"one_time_code": of_the_past})).await.status, 201);
    deck.clock.advance(Duration::seconds(60));
    assert_eq!(sign_in(&deck, json!({"one_time_code": missed})).await.code(), "credentials-incorrect");
}

#[tokio::test]
async fn codes_cannot_be_guessed_by_whoever_knows_the_password() {
    let (deck, ..) = enrolled().await;
    for _ in 0..2 {
        assert_eq!(deck.sign_in("ada", PASSWORD).await.code(), "second-factor-required", "this does not forget the wrong ones before");
    }
    assert_eq!(sign_in(&deck, json!({"one_time_code": "000000"})).await.code(), "credentials-incorrect");
    assert_eq!(sign_in(&deck, json!({"one_time_code": "000001"})).await.code(), "too-many-attempts");
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let (deck, cookie, _, codes) = enrolled().await;
    assert_eq!(codes.len(), 10);
    let shouted = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(sign_in(&deck, json!({"recovery_code": shouted})).await.status, 201, "however it is written");
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes[3]})).await.code(), "credentials-incorrect");
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes[4]})).await.status, 201);
    assert_eq!(deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json()["recovery_codes_left"], 8);
}

#[tokio::test]
async fn what_asks_again_takes_a_code_and_not_the_password() {
    let (deck, cookie, secret, _) = enrolled().await;
    deck.clock.advance(Duration::minutes(5));
    let remove = async || deck.call_from_page(Method::DELETE, SECOND_FACTOR, &cookie, &json!(null)).await;
    let confirm = async |body: Value| deck.call_from_page(Method::POST, "/api/v1/session/confirmation", &cookie, &body).await;
    assert_eq!(remove().await.code(), "confirmation-required");
    assert_eq!(confirm(json!({"password": PASSWORD})).await.code(), "second-factor-required");
    assert_eq!(remove().await.code(), "confirmation-required");
    assert_eq!(confirm(json!({"one_time_code": oathtool(&deck, &secret)})).await.status, 200);
    assert_eq!(remove().await.status, 204);
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201, "the password alone signs in again");
    assert_eq!(remove().await.code(), "not-found");
}

#[tokio::test]
async fn a_present_one_is_not_replaced_and_a_wrong_first_code_lets_nothing_count() {
    let (deck, cookie, ..) = enrolled().await;
    assert_eq!(deck.call_from_page(Method::POST, SECOND_FACTOR, &cookie, &json!({})).await.code(), "already-exists");
    let (deck, cookie) = Deck::set_up().await;
    let put = async |code: &str| deck.call_from_page(Method::PUT, SECOND_FACTOR, &cookie, &json!({"one_time_code": code})).await;
    assert_eq!(put("000000").await.code(), "not-found");
    let first = deck.call_from_page(Method::POST, SECOND_FACTOR, &cookie, &json!({})).await.json();
    let second = deck.call_from_page(Method::POST, SECOND_FACTOR, &cookie, &json!({})).await.json();
    assert_eq!(
        put(&oathtool(&deck, first["secret"].as_str().unwrap())).await.code(),
        "credentials-incorrect",
        "the second one took its place"
    );
    assert_eq!(deck.sign_in("ada", PASSWORD).await.status, 201);
    assert_eq!(put(&oathtool(&deck, second["secret"].as_str().unwrap())).await.status, 200);
}

#[tokio::test]
async fn the_secret_and_the_codes_are_told_once_and_kept_out_of_the_log() {
    let (deck, cookie, secret, codes) = enrolled().await;
    let later = deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.text;
    let log = deck.get("/api/v1/audit", &[("cookie", &cookie)]).await.text;
    for planted in codes.iter().chain([&secret]) {
        assert!(!later.contains(planted) && !log.contains(planted), "{planted}");
    }
    let bearer = format!("Bearer {}", deck.token(certdeck_shared::api::role::Role::Administrator).await);
    let token = deck.call(Method::POST, SECOND_FACTOR, &[("authorization", &bearer)], axum::body::Body::empty()).await;
    assert_eq!(token.code(), "scope-insufficient", "an account arranges it itself");
}

#[tokio::test]
async fn new_recovery_codes_make_those_of_before_void() {
    let (deck, cookie, _, codes) = enrolled().await;
    let renew = async || deck.call_from_page(Method::POST, &format!("{SECOND_FACTOR}/recovery-codes"), &cookie, &json!(null)).await;
    let renewed: Vec<String> = serde_json::from_value(renew().await.json()["recovery_codes"].clone()).unwrap();
    assert_eq!(renewed.len(), 10);
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes[0]})).await.code(), "credentials-incorrect");
    assert_eq!(sign_in(&deck, json!({"recovery_code": renewed[0]})).await.status, 201);
    assert_eq!(deck.get(SECOND_FACTOR, &[("cookie", &cookie)]).await.json()["recovery_codes_left"], 9);
    assert!(deck.actions().await.contains(&("second-factor.renew-recovery-codes".to_owned(), "success".to_owned())));
    deck.clock.advance(Duration::minutes(5));
    assert_eq!(renew().await.code(), "confirmation-required");
    let (deck, cookie) = Deck::set_up().await;
    let none = deck.call_from_page(Method::POST, &format!("{SECOND_FACTOR}/recovery-codes"), &cookie, &json!(null)).await;
    assert_eq!(none.code(), "not-found");
}
