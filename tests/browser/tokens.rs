//! Modules and tokens in the page, and the password of a database; modutil and certutil are asked after each step.

use support::browser::Browser;
use support::database::PASSWORD;
use support::deck::Deck;
use support::run;
use support::softhsm::{LIBRARY, PIN, SoftHsm};

const NEW: &str = "a long walk by the sea, 1851";

/// Pictures for whoever looks after the page, where `CERTDECK_PICTURES` names a directory.
async fn picture(page: &Browser, name: &str) {
    if let Some(directory) = std::env::var_os("CERTDECK_PICTURES") {
        page.picture(&std::path::Path::new(&directory).join(name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_is_added_its_token_unlocked_and_both_taken_away_again() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/tokens", deck.console.origin, deck.id)).await;
    page.sees("NSS Certificate DB").await;
    page.click("Module").await;
    page.fill("Name", "SoftHSM").await;
    page.fill("Library on the server", "/etc/hostname").await;
    page.click("Try and add").await;
    page.sees("is not a library").await;
    page.fill("Library on the server", LIBRARY).await;
    page.click("Try and add").await;
    page.sees("labtoken").await;
    let directory = format!("sql:{}", deck.database.path());
    let modutil = || softhsm.must("modutil", &["-dbdir", &directory, "-list", "SoftHSM"]);
    assert!(modutil().contains("Token Name: labtoken"));
    page.click("Unlock labtoken").await;
    page.fill("Password of the token", "9999").await;
    page.click_at("form.ask button[type=submit]").await;
    page.sees("password is wrong").await;
    picture(&page, "tokens-wrong.png").await;
    page.fill("Password of the token", PIN).await;
    page.click_at("form.ask button[type=submit]").await;
    page.control("Lock labtoken").await;
    picture(&page, "tokens.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Remove the module SoftHSM").await;
    page.click("Remove the module").await;
    page.until_true("the removal", async || deck.client.modules(&deck.id).await.unwrap().len() == 1).await;
    assert!(!softhsm.must("modutil", &["-dbdir", &directory, "-list"]).contains("SoftHSM"));
    page.is_quiet(&["401", "400", "403"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_changes_with_its_files_and_the_page_says_what_is_wrong_with_them() {
    let deck = Deck::new().await;
    let path = |name: &str| deck.database.directory().join(name);
    run::must("chmod", &["0644", path("sslpassword.conf").to_str().unwrap()]);
    let page = Browser::start(1280, 900).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.click_at("table.dbs code[title$='/nss']").await;
    page.sees("Everybody on this host can read it").await;
    page.sees("chmod 0600 sslpassword.conf").await;
    picture(&page, "password-files.png").await;
    page.click("Change").await;
    page.fill("Password now", PASSWORD).await;
    page.fill("New password", "netscape!").await;
    page.sees("The well-known NSS default").await;
    page.fill("New password", NEW).await;
    page.fill("New password again", NEW).await;
    picture(&page, "password-change.png").await;
    page.click("Change the password").await;
    page.until_true("the new password in the file", async || std::fs::read_to_string(path("password.txt")).unwrap() == format!("{NEW}\n"))
        .await;
    let said = run::ask("certutil", &["-K", "-d", &format!("sql:{}", deck.database.path()), "-f", path("password.txt").to_str().unwrap()]);
    assert!(!said.err.contains("could not authenticate"), "{}", said.err);
    page.is_quiet(&["401"]).await;
}
