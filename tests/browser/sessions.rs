//! Who is in, in the page: a session elsewhere is ended, and an API token gets a new secret beside its present one.

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::client::Client;
use certdeck_shared::api::role::{Grants, Role};
use support::browser::Browser;
use support::console::USER_NAME;
use support::deck::Deck;
use support::transport::Native;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_elsewhere_is_ended_and_a_token_gets_a_new_secret() {
    let deck = Deck::new().await;
    let new =
        NewApiToken { label: "nightly".to_owned(), grants: Grants::everywhere(Role::Viewer), expires_in_days: Some(90), unattended: false };
    let first = deck.client.create_api_token(&new).await.unwrap().secret;
    let elsewhere = Browser::start(1440, 900).await;
    elsewhere.sign_in(&deck.console).await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/settings", deck.console.origin)).await;
    page.sees("from 127.0.0.1").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    // The script of this test has one as well; the page's own is ended by signing out.
    page.click_at(&format!("button[aria-label='End the session of {USER_NAME} with Chrome on Linux']")).await;
    page.sees("Session ended").await;
    elsewhere.open(&format!("{}/settings", deck.console.origin)).await;
    elsewhere.sees("Sign in").await;

    page.click_at("button[aria-label='New secret for nightly']").await;
    page.pictures("rotating").await;
    page.click("Make a new secret").await;
    page.sees("It is shown now and never again.").await;
    page.sees("The secret before is good until").await;
    page.pictures("rotated").await;
    let second: String = page.value("the secret", "return document.querySelector('pre.code').innerText").await;
    for secret in [&first, &second] {
        let script = Client::new(Native::with_token(&deck.console.origin, secret));
        assert_eq!(script.session().await.unwrap().user_name, "nightly");
    }
    assert_ne!(first, second);
    page.is_quiet(&[]).await;
}
