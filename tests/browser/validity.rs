//! What a certificate is valid for, at a date one slides to; and what staged trust would do, before anything is stored.

use support::browser::Browser;
use support::certificates::Authority;
use support::deck::{Deck, item};
use thirtyfour::Key;

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_follow_the_date_and_staged_trust_tells_what_it_will_do() {
    let deck = Deck::new().await;
    let authority = Authority::new("Judging CA");
    deck.import(vec![
        item(authority.certificate.clone(), "Judging CA", "CT,C,C"),
        item(authority.leaf("judged.example.org"), "judged.example.org", ",,"),
    ])
    .await;
    let before = deck.database.listing();
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    let of = async |nickname: &str| {
        format!("{}/databases/{}/certificates/{}", deck.console.origin, deck.id, deck.named(nickname).await.fingerprint_sha256)
    };
    let verdict = |usage: &str| {
        format!(
            "const row = [...document.querySelectorAll('.verdicts tbody tr')].find(row => row.cells[0].innerText.startsWith('{usage}'));
             return row && row.cells.length === 5 && row.cells[3].innerText ? [...row.cells].map(cell => cell.innerText.trim()) : null"
        )
    };
    page.open(&of("judged.example.org").await).await;
    page.sees("as NSS says").await;
    let server: Vec<String> = page.value("the verdict for servers", &verdict("TLS server")).await;
    assert_eq!(server[1..], ["Valid", "", "Valid", "Valid"]);

    // To the end of the slider: two months after it has expired.
    page.find("#verdict-time").await.send_keys(String::from(char::from(Key::End))).await.unwrap();
    page.sees("Peer's Certificate has expired.").await;
    page.click("Now").await;

    // C is taken from the CA; before it is applied the page says what will happen.
    page.open(&of("Judging CA").await).await;
    page.sees("as NSS says").await;
    page.click("May issue servers for SSL").await;
    page.sees("1 certificate stops being valid for TLS server: judged.example.org.").await;
    page.sees("1 certificate stops being valid for CA for TLS: Judging CA.").await;
    assert_eq!(deck.database.listing(), before, "nothing is stored yet");
    page.is_quiet(&["401"]).await;
}
