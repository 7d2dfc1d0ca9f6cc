//! The start page: what needs a hand, live, each with the way to where it is put right; and pages on paper.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use support::browser::Browser;
use support::certificates::{Template, from_pem};
use support::deck::{Deck, item};
use support::run;

/// A certificate that ends in two days.
fn short(deck: &Deck) -> Vec<u8> {
    let file = |name: &str| deck.room.path().join(name).display().to_string();
    let (key, pem) = (file("short.key"), file("short.pem"));
    let made = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=short.example.org", "-days", "2", "-keyout", &key, "-out", &pem];
    run::must("openssl", &[&["req", "-x509"], &made[..]].concat());
    from_pem(&std::fs::read_to_string(pem).unwrap()).remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_hand_appears_leads_to_its_place_and_goes() {
    let deck = Deck::new().await;
    deck.due_by_days_alone().await;
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.sees("All is well").await;
    page.sees("2 databases with").await;
    page.pictures("today-calm").await;

    // Nobody reloads the page.
    deck.import(vec![item(short(&deck), "short", ",,")]).await;
    page.sees("1 thing needs a hand now").await;
    page.sees("Renew it now").await;
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    deck.client.lock(&deck.id, "internal").await.unwrap();
    page.sees("is locked").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("today-work").await;
    page.click("Unlock").await;
    page.arrives("/tokens").await;
    page.click("Today").await;
    page.click("Certificate: short").await;
    let fingerprint = deck.named("short").await.fingerprint_sha256;
    page.arrives(&fingerprint).await;
    page.click("Today").await;
    page.sees("1 thing needs a hand now").await;
    deck.unlock().await;
    deck.client.delete_certificate(&deck.id, &fingerprint, false).await.unwrap();
    page.sees("All is well").await;
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper_every_line_of_a_long_list_is_there_under_the_name_of_the_console() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import((0..200).map(|number| item(template.numbered(number), &Template::nickname(number), ",,")).collect()).await;
    let page = Browser::start(1280, 800).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/{}/certificates", deck.console.origin, deck.id)).await;
    page.sees("host-00000001").await;
    let drawn = "return document.querySelectorAll('#certificate-list tr[aria-rowindex]').length";
    assert!(page.value::<usize>("lines in sight", drawn).await < 100);
    // The browser calls this before it prints, and lays out what is there then.
    let printing = "window.dispatchEvent(new Event('beforeprint')); return true";
    page.value::<bool>("printing", printing).await;
    page.value::<bool>("all lines", &format!("{} >= 200 || null", drawn)).await;
    let above = "const line = document.querySelector('.printed').textContent; return line.includes(location.host) && line.includes('Certificates') && line.includes('UTC') || null";
    page.value::<bool>("the console's name and the time", above).await;
    page.value::<bool>("printed", "window.dispatchEvent(new Event('afterprint')); return true").await;
    page.value::<bool>("lines in sight again", &format!("{} < 100 || null", drawn)).await;
}
