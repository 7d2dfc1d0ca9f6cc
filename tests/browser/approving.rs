//! Two people in two browsers: one asks, the other approves, and what was begun goes on.

use support::browser::Browser;
use support::console::{Console, PASSWORD};
use support::deck::Deck;
use support::run;

/// A console where a second person is asked for accounts, with a second administrator.
async fn two() -> (Deck, Browser, Browser) {
    let deck = Deck::with_settings("second-person = [\"users\", \"trust\"]\n").await;
    let (program, data) = (support::console::program(), deck.console.data_dir().display().to_string());
    let line = ["user", "add", "grace", "--grant", "administrator", "--data-dir", &data];
    let made = run::with_input(program.to_str().unwrap(), &line, format!("{PASSWORD}\n").as_bytes());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (ada, grace) = (Browser::start(1440, 1000).await, Browser::start(1280, 900).await);
    ada.sign_in(&deck.console).await;
    grace.open(&format!("{}/sign-in", deck.console.origin)).await;
    grace.fill("User name", "grace").await;
    grace.fill("Password", PASSWORD).await;
    grace.click("Sign in").await;
    grace.sees("Today").await;
    for page in [&ada, &grace] {
        page.is_quiet(&["401"]).await;
    }
    (deck, ada, grace)
}

/// Fills in a new account and sends it.
async fn make_account(page: &Browser, console: &Console, name: &str) {
    page.open(&format!("{}/settings", console.origin)).await;
    page.sees("For scripts").await;
    page.click("Account").await;
    page.fill("User name", name).await;
    page.fill("First password", "first compiler, 1952").await;
    page.click("Make the account").await;
    page.sees("A second person has to approve this").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_asks_the_other_approves_and_it_goes_on() {
    let (deck, ada, grace) = two().await;
    make_account(&ada, &deck.console, "eve").await;
    ada.sees("grace may approve it.").await;
    assert_eq!(ada.unnamed_controls().await, Vec::<String>::new());
    ada.pictures("approval-asked").await;
    ada.fill("Why it is to be done", "our new colleague").await;
    ada.click("Ask a second person").await;
    ada.sees("It waits until").await;

    // The rail counts it for whoever may decide, without a reload.
    grace
        .until_true("the rail's count", async || {
            grace
                .value::<bool>("a count", "return document.querySelector('a[href=\"/approvals\"] b')?.textContent.startsWith('1') ?? false")
                .await
        })
        .await;
    grace.click_at("a[href='/approvals']").await;
    grace.sees("our new colleague").await;
    grace.sees("Make the account “eve” with the grants viewer.").await;
    assert_eq!(grace.unnamed_controls().await, Vec::<String>::new());
    grace.pictures("approvals").await;
    grace.fill("What you say to it", "welcome").await;
    grace.click("Approve").await;
    grace.sees("It goes through once").await;

    // The dialog that is still open hears of it.
    ada.sees("grace approved it").await;
    ada.pictures("approval-given").await;
    ada.click("Do it now").await;
    ada.sees("never signed in").await;
    grace.sees("It was done.").await;
    assert!(deck.client.users().await.unwrap().iter().any(|user| user.user_name == "eve"));
    ada.is_quiet(&["403"]).await;
    grace.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_and_its_reason_come_to_whoever_asked_and_a_withdrawal_to_the_other() {
    let (deck, ada, grace) = two().await;
    make_account(&ada, &deck.console, "mallory").await;
    ada.fill("Why it is to be done", "trust me").await;
    ada.click("Ask a second person").await;
    ada.sees("It waits until").await;
    ada.click_at("dialog .btn.plain").await;
    ada.open(&format!("{}/approvals", deck.console.origin)).await;
    ada.sees("It waits until").await;
    grace.open(&format!("{}/approvals", deck.console.origin)).await;
    grace.sees("trust me").await;
    grace.fill("What you say to it", "nobody knows them").await;
    grace.click("Refuse").await;
    ada.sees("nobody knows them").await;
    ada.is_quiet(&["403"]).await;

    make_account(&ada, &deck.console, "mallory").await;
    ada.fill("Why it is to be done", "really").await;
    ada.click("Ask a second person").await;
    ada.sees("It waits until").await;
    grace.sees("really").await;
    ada.click("All approvals").await;
    ada.sees("really").await;
    ada.click("Withdraw").await;
    grace.sees("Whoever asked thought better of it.").await;
    assert_eq!(deck.client.users().await.unwrap().len(), 2);
    ada.is_quiet(&["403"]).await;
}
