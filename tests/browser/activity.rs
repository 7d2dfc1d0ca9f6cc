//! The audit log in the page: searched as a whole, verified, exported, and a row that somebody changed is named.

use support::browser::Browser;
use support::certificates::Authority;
use support::deck::{Deck, item};
use support::run;

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_log_is_searched_verified_and_exported() {
    let deck = Deck::new().await;
    deck.import(vec![item(Authority::new("Audited CA").certificate, "Audited CA", "CT,C,C")]).await;
    let page = Browser::start(1440, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/activity", deck.console.origin)).await;
    page.sees("Imported certificates").await;
    page.click("Search the log").await;
    page.fill("Words", "no-such-word\n").await;
    page.sees("No entry of the log is like that").await;
    page.click("Read everything").await;
    page.sees("Imported certificates").await;
    page.fill("Operation begins with", "certificate.import\n").await;
    page.sees("1 of 1 read").await;
    page.sees("session ").await;
    page.sees("127.0.0.1").await;
    page.click("Verify").await;
    page.sees("Intact: entries 1 to ").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("activity").await;
    page.is_quiet(&[]).await;
    let link: String = page.value("the link of the export", "return document.querySelector('a[download=\"audit.jsonl\"]').pathname").await;
    assert_eq!(link, "/api/v1/audit/export");

    page.fill("A digest that you kept", "abc").await;
    page.click("Verify again").await;
    page.sees("64 digits").await;
    page.is_quiet(&["400"]).await;
    let state = deck.console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "UPDATE audit SET actor = 'nobody' WHERE action = 'certificate.import'"]);
    page.open(&format!("{}/activity", deck.console.origin)).await;
    page.click("Verify").await;
    page.sees("Not as it was written.").await;
    page.sees("was changed, moved, or put in").await;
    page.is_quiet(&[]).await;
}
