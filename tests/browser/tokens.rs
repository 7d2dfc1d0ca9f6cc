//! Modules and tokens in the page, and the password of a database; modutil and certutil are asked after each step.

use certdeck_shared::api::module::NewModule;
use certdeck_shared::api::password::TokenPassword;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_a_token_is_made_looked_at_and_deleted_on_its_page() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    let module = NewModule { name: "SoftHSM".to_owned(), library: LIBRARY.to_owned(), parameters: None, default_mechanisms: Vec::new() };
    deck.client.add_module(&deck.id, &module).await.unwrap();
    let line = TokenPassword { password: PIN.to_owned() };
    deck.client.write_token_password(&deck.id, "labtoken", &line).await.unwrap();
    deck.client.lock(&deck.id, "labtoken").await.unwrap();
    let pins = deck.room.path().join("pins");
    std::fs::write(&pins, format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n")).unwrap();
    let directory = format!("sql:{}", deck.database.path());
    let certutil = |what: &str| softhsm.must("certutil", &[what, "-h", "labtoken", "-d", &directory, "-f", pins.to_str().unwrap()]);
    let page = Browser::start(1440, 900).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/tokens", deck.console.origin, deck.id)).await;
    // What NSS uses the slot for.
    let description = deck.client.module(&deck.id, "SoftHSM").await.unwrap().slots[0].description.clone();
    page.click(&format!("What NSS uses {description} for")).await;
    page.click("AES").await;
    picture(&page, "token-mechanisms.png").await;
    page.click("Store").await;
    page.sees("by default for AES").await;
    assert!(softhsm.must("modutil", &["-dbdir", &directory, "-list", "SoftHSM"]).contains("Default Mechanism Flags: AES"));
    // The token: locked, it hides its keys; unlocked, it makes a root CA.
    page.click("labtoken").await;
    page.sees("Its keys are not to be seen").await;
    page.click_at(".pane-head .btn.primary").await;
    page.fill("Password of the token", PIN).await;
    page.click_at("form.ask button[type=submit]").await;
    page.sees("No private key on this token").await;
    page.click("Self-signed certificate").await;
    page.fill("Name", "Card root").await;
    page.fill("Nickname on the token", "root").await;
    page.click_at("form.ask label.check").await;
    picture(&page, "token-make.png").await;
    page.click("Make the certificate").await;
    page.sees("labtoken:root").await;
    page.sees("In use").await;
    assert!(certutil("-L").lines().any(|line| line.starts_with("labtoken:root") && line.trim_end().ends_with("Cu,Cu,Cu")));
    // Its details, and its trust.
    page.click("labtoken:root").await;
    page.sees("Issue from it").await;
    picture(&page, "token-certificate.png").await;
    page.click("Trust of labtoken:root").await;
    page.fill("Trust: TLS, mail, code", "CT,,").await;
    page.sees("Trusted to issue").await;
    page.click("Store").await;
    page.sees("CTu,u,u").await;
    assert!(certutil("-L").lines().any(|line| line.starts_with("labtoken:root") && line.trim_end().ends_with("CTu,u,u")));
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    // The password, with its line.
    page.click("Change the password").await;
    page.fill("Present password", PIN).await;
    page.fill("New password", "567890").await;
    page.fill("New password again", "567890").await;
    page.click("Change").await;
    page.sees("sslpassword.conf").await;
    let held = std::fs::read_to_string(deck.database.directory().join("sslpassword.conf")).unwrap();
    assert!(held.ends_with("labtoken:567890\n"), "{held}");
    std::fs::write(&pins, format!("NSS Certificate DB:{PASSWORD}\nlabtoken:567890\n")).unwrap();
    picture(&page, "token.png").await;
    page.click("Delete labtoken:root").await;
    page.click("Delete with its key").await;
    page.sees("No certificate on this token").await;
    assert!(!certutil("-L").contains("labtoken:root"));
    page.is_quiet(&["401", "403", "409", "Password forms"]).await;
}
