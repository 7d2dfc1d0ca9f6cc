//! What does harm asks again, in a dialog that goes on with what was begun.

use support::browser::Browser;
use support::console::{Console, PASSWORD};
use support::deck::Deck;
use support::run;

/// As if the password had been given long ago.
fn long_ago(console: &Console) {
    let state = console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "PRAGMA busy_timeout = 5000; UPDATE sessions SET confirmed_at = 0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dialog_asks_again_and_the_call_goes_on_or_is_given_up() {
    let deck = Deck::new().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/settings", deck.console.origin)).await;
    // Until the tokens are read, the nearest thing of that name is the place of all tokens.
    page.sees("For scripts").await;
    page.click("Token").await;
    page.fill("What it is for", "backup of the night").await;
    long_ago(&deck.console);
    page.click("Make the token").await;
    page.sees("Confirm that it is you").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("confirming").await;
    // The form behind the dialog has a Cancel of its own.
    page.click_at("dialog .btn.plain").await;
    page.sees("confirm with your password").await;
    let labels =
        async || deck.client.api_tokens().await.unwrap().into_iter().map(|token| (token.label, token.unattended)).collect::<Vec<_>>();
    assert_eq!(labels().await, []);
    page.is_quiet(&["403"]).await;

    page.click("Make the token").await;
    page.fill("Your password", "not hers at all").await;
    page.click("Confirm").await;
    page.sees("The password is wrong").await;
    page.is_quiet(&["401", "403"]).await;
    page.fill("Your password", PASSWORD).await;
    page.click("Confirm").await;
    page.sees("It is shown now and never again.").await;
    assert_eq!(labels().await, [("backup of the night".to_owned(), false)]);
    let open: bool = page.value("whether the dialog is closed", "return document.querySelector('dialog') === null").await;
    assert!(open);
    page.click("Account").await;
    page.fill("User name", "grace").await;
    page.fill("First password", "first compiler, 1952").await;
    page.click("Make the account").await;
    page.sees("never signed in").await;
    assert_eq!(deck.client.users().await.unwrap().len(), 2, "not asked a second time");
    page.is_quiet(&[]).await;
}
