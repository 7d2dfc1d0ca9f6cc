//! `second-factor = "required"`: an account without one can set it up, and do nothing else.

use certdeck::domain::accounts::Actor;
use certdeck::http::operations::{Need, OPERATIONS};
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::json;

use crate::authenticator::Authenticator;
use crate::deck::{Deck, ORIGIN, PASSWORD};
use crate::second_factor::{oathtool, sign_in};

const SECOND_FACTOR: &str = "/api/v1/session/second-factor";

async fn strict() -> (Deck, String) {
    Deck::set_up_with(|settings| {
        settings.second_factor_required = true;
        settings.trusted_origin = Some(ORIGIN.to_owned());
    })
    .await
}

#[tokio::test]
async fn nothing_else_is_answered_until_there_is_one() {
    let (deck, cookie) = strict().await;
    let session = deck.get("/api/v1/session", &[("cookie", &cookie)]).await.json();
    assert_eq!(session["second_factor_missing"], true, "{session}");
    for operation in OPERATIONS.iter().filter(|operation| operation.need != Need::Nothing && operation.path != "/api/v1/session") {
        let path = operation.path.replace(['{', '}'], "");
        let answer = deck.call_from_page(operation.method.parse().unwrap(), &path, &cookie, &json!({})).await;
        let refused = answer.status == 403 && answer.code() == "second-factor-missing";
        assert_eq!(refused, !operation.before_second_factor, "{operation:?}: {}", answer.text);
    }
    let open: Vec<&str> = OPERATIONS.iter().filter(|operation| operation.before_second_factor).map(|operation| operation.path).collect();
    assert!(open.iter().all(|path| path.starts_with("/api/v1/session") && !path.starts_with("/api/v1/sessions")), "{open:?}");
}

#[tokio::test]
async fn either_kind_counts_and_the_last_one_stays() {
    let (deck, cookie) = strict().await;
    let users = async || deck.get("/api/v1/users", &[("cookie", &cookie)]).await;
    assert_eq!(users().await.code(), "second-factor-missing");
    let call = async |method: Method, path: &str, body| deck.call_from_page(method, path, &cookie, &body).await;
    let options = call(Method::POST, &format!("{SECOND_FACTOR}/passkey-creation"), json!(null)).await.json();
    let made = Authenticator::new("key").create(&options, "Key");
    let passkey = call(Method::POST, &format!("{SECOND_FACTOR}/passkeys"), made).await.json();
    assert_eq!(users().await.status, 200);
    let path = format!("{SECOND_FACTOR}/passkeys/{}", passkey["passkey"]["id"].as_str().unwrap());
    assert_eq!(call(Method::DELETE, &path, json!(null)).await.code(), "last-second-factor");
    let secret = call(Method::POST, SECOND_FACTOR, json!({})).await.json()["secret"].as_str().unwrap().to_owned();
    let activated = call(Method::PUT, SECOND_FACTOR, json!({"one_time_code": oathtool(&deck, &secret)})).await.json();
    assert_eq!(activated["recovery_codes"], json!([]), "those of the passkey are good still");
    assert_eq!(call(Method::DELETE, &path, json!(null)).await.status, 204);
    assert_eq!(call(Method::DELETE, SECOND_FACTOR, json!(null)).await.code(), "last-second-factor");
    let codes = passkey["recovery_codes"][0].as_str().unwrap();
    assert_eq!(sign_in(&deck, json!({"recovery_code": codes})).await.status, 201, "the refused removal took nothing along");
    // The way back for who lost all of it.
    deck.console.accounts.forget_second_factor(&Actor::LocalAdministrator, "ada").await.unwrap();
    let again = deck.sign_in("ada", PASSWORD).await;
    assert_eq!((again.status.as_u16(), again.json()["second_factor_missing"].as_bool()), (201, Some(true)));
}

#[tokio::test]
async fn scripts_go_on() {
    let (deck, _) = strict().await;
    let bearer = format!("Bearer {}", deck.token(Role::Administrator).await);
    assert_eq!(deck.get("/api/v1/users", &[("authorization", &bearer)]).await.status, 200);
}
