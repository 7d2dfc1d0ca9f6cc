//! Roles in the page: granted for one database, and what their holder then sees and may do.

use support::browser::Browser;
use support::console::USER_NAME;
use support::deck::{Deck, create};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_granted_one_database_and_sees_no_other() {
    let deck = Deck::new().await;
    let other = deck.client.add_database(&create(&deck.room.path().join("other-harbour"))).await.unwrap();
    let password = "first compiler, 1952";

    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/settings", deck.console.origin)).await;
    page.sees(USER_NAME).await;
    page.click("Account").await;
    page.fill("User name", "grace").await;
    page.fill("First password", password).await;
    page.click_at("select[aria-label='Role 1'] option[value=operator]").await;
    page.click_at(&format!("select[aria-label='Where role 1 counts'] option[value='database:{}']", deck.id)).await;
    page.click("Another role").await;
    page.click_at("select[aria-label='Role 2'] option[value=auditor]").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("granting").await;
    page.click_at("button[aria-label='Remove role 2']").await;
    page.click("Make the account").await;
    page.sees("operator of").await;
    let grants = deck.client.users().await.unwrap().into_iter().find(|user| user.user_name == "grace").unwrap().grants;
    assert_eq!(grants.to_string(), format!("operator@database:{}", deck.id));
    page.click_at("button[aria-label='What grace may do']").await;
    page.sees("Keep these roles").await;
    page.pictures("granted").await;
    page.click("Cancel").await;
    page.is_quiet(&[]).await;

    let page = Browser::start(1440, 1000).await;
    page.open(&format!("{}/sign-in", deck.console.origin)).await;
    page.fill("User name", "grace").await;
    page.fill("Password", password).await;
    page.click("Sign in").await;
    page.sees("Where to begin").await;
    // Where to begin looks for databases of the host, which is for administrators.
    page.is_quiet(&["401", "403"]).await;
    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.find(&format!("main a[href*='{}'], main tr, main li", deck.id)).await;
    page.sees("database").await;
    let shown: String = page.value("the page", "return document.body.innerText").await;
    assert!(!shown.contains("other-harbour"), "{shown}");
    page.open(&format!("{}/settings", deck.console.origin)).await;
    page.sees("Accounts and API tokens are for administrators.").await;
    page.open(&format!("{}/databases/{}/certificates", deck.console.origin, other.id)).await;
    page.sees("There is no database").await;
    page.is_quiet(&["404"]).await;
}
