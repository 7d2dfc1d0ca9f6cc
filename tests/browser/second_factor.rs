//! The second factor in the page: set up, asked for at the gate and in the dialog, removed.

use support::browser::Browser;
use support::console::{Console, PASSWORD, USER_NAME};
use support::deck::empty;
use support::run;

/// The next code that is good, at a time some steps later, which the console is told by forgetting what was used.
fn code(console: &Console, secret: &str) -> String {
    let state = console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "PRAGMA busy_timeout = 5000; UPDATE second_factors SET last_step = 0"]);
    run::must("oathtool", &["--totp", "--base32", secret]).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_added_asked_for_and_removed() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/settings", console.origin)).await;
    page.click("Set it up").await;
    page.sees("Let your authenticator program read this").await;
    let secret: String = page.value("the secret", "return document.querySelector('.enrolment pre').textContent.replaceAll(' ', '')").await;
    let uri: String = page.value("its address", "return document.querySelector('.enrolment a').getAttribute('href')").await;
    assert_eq!(uri, format!("otpauth://totp/Certdeck:{USER_NAME}?secret={secret}&issuer=Certdeck"));
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("second-factor").await;
    page.fill("First code", code(&console, &secret)).await;
    page.click("Turn it on").await;
    page.sees("stands in for your second factor once").await;
    page.sees("10 recovery codes are left.").await;
    page.pictures("recovery-codes").await;
    page.is_quiet(&[]).await;

    let other = Browser::start(1280, 800).await;
    other.open(&format!("{}/sign-in", console.origin)).await;
    other.fill("User name", USER_NAME).await;
    other.fill("Password", PASSWORD).await;
    other.click("Sign in").await;
    other.field("Code of your authenticator, or a recovery code").await;
    other.pictures("code-at-the-gate").await;
    other.fill("Code of your authenticator, or a recovery code", code(&console, &secret)).await;
    other.click("Sign in").await;
    other.sees("Where to begin").await;
    other.is_quiet(&["401"]).await;

    let state = console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "PRAGMA busy_timeout = 5000; UPDATE sessions SET confirmed_at = 0"]);
    page.click("Remove it").await;
    page.sees("Confirm that it is you").await;
    page.fill("Code of your authenticator, or a recovery code", code(&console, &secret)).await;
    page.click("Confirm").await;
    page.sees("The password alone signs in.").await;
    page.is_quiet(&["403"]).await;
}
