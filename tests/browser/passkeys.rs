//! Passkeys in the page, with a security key of Chromium's own making; and a console that wants everybody to have a second factor.

use support::browser::Browser;
use support::console::{Console, Options, PASSWORD, USER_NAME};
use support::deck::empty;
use support::run;
use support::staff::{Authority, BY_UID};

const NAME: &str = "Name of a new passkey";

/// The console by a host name: passkeys are for no address.
fn by_name(mut console: Console) -> Console {
    console.origin = console.origin.replace("127.0.0.1", "localhost");
    console
}

async fn gate(page: &Browser, console: &Console) {
    page.open(&format!("{}/sign-in", console.origin)).await;
    page.fill("User name", USER_NAME).await;
    page.fill("Password", PASSWORD).await;
    page.click("Sign in").await;
}

async fn add_passkey(page: &Browser) {
    page.fill(NAME, "Key ring").await;
    page.click("Add a passkey").await;
    page.sees("stands in for your second factor once").await;
    page.sees("10 recovery codes are left.").await;
    page.control("Remove the passkey Key ring").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_security_key_is_added_signs_in_confirms_and_is_removed() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1440, 1000).await;
    page.add_authenticator().await;
    page.sign_in(&console).await;
    page.open(&format!("{}/settings", console.origin)).await;
    page.sees("is an IP address; open the console by its name").await;
    page.is_quiet(&["401"]).await;

    let console = by_name(console);
    page.sign_in(&console).await;
    page.open(&format!("{}/settings", console.origin)).await;
    add_passkey(&page).await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("passkeys").await;
    page.is_quiet(&["401"]).await;
    page.click("Sign out").await;
    page.sees("Who is idle for a while is signed out.").await;

    gate(&page, &console).await;
    page.control("Use a passkey").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("passkey-at-the-gate").await;
    page.click("Use a passkey").await;
    page.sees("Your account").await;
    page.is_quiet(&["401"]).await;

    let state = console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "PRAGMA busy_timeout = 5000; UPDATE sessions SET confirmed_at = 0"]);
    page.click("Remove the passkey Key ring").await;
    page.sees("Confirm that it is you").await;
    // There is no authenticator program whose code could be asked for.
    page.field("Recovery code").await;
    page.pictures("passkey-confirms").await;
    page.click("Use a passkey").await;
    page.sees("The password alone signs in.").await;
    page.is_quiet(&["401", "403"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_wants_a_second_factor_opens_when_there_is_one() {
    let room = tempfile::tempdir().unwrap();
    let lines = ["second-factor = \"required\"\n", &Authority::new(room.path()).settings(BY_UID)].concat();
    let console = by_name(Console::start(&Options::with_settings(room.path(), &lines)));
    console.set_up().await;
    let page = Browser::start(1280, 900).await;
    page.add_authenticator().await;
    page.open(&format!("{}/sign-in", console.origin)).await;
    page.click("Sign in with a certificate").await;
    page.sees("The connection has no certificate").await;
    page.is_quiet(&["401"]).await;
    gate(&page, &console).await;
    page.sees("This console wants every account to have a second factor.").await;
    page.sees("First your second factor, then the rest.").await;
    page.pictures("second-factor-missing").await;
    page.open(&format!("{}/databases", console.origin)).await;
    page.sees("This console wants every account to have a second factor.").await;
    add_passkey(&page).await;
    page.sees("Who gets in").await;
    page.sees("Open sessions").await;
    page.open(&format!("{}/", console.origin)).await;
    page.sees("Where to begin").await;
    // The page of databases, opened by its address, asked for them before it knew whose session this is.
    page.is_quiet(&["401", "403"]).await;
}
