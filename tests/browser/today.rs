//! The start page: what needs a hand, live, each with the way to where it is put right; and pages on paper.

use certdeck_shared::api::endpoint::{EndpointState, NewEndpoint};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::browser::Browser;
use support::certificates::{Template, from_pem};
use support::daemons::nginx;
use support::deck::{Deck, item};
use support::pki::Pki;
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
    let badge = "document.querySelector('nav.rail a[href=\"/\"]')?.textContent.trim()";
    page.value::<bool>("how much is urgent", &format!("return {badge} === 'Today1 urgent' || null")).await;
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
    page.value::<bool>("nothing urgent", &format!("return {badge} === 'Today' || null")).await;
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_weak_is_named_and_leads_to_all_of_it() {
    let pair = Pki::new().pair("web.example.org");
    let instance = tokio::task::block_in_place(|| nginx::start(&pair));
    let config = std::fs::read_to_string(instance.config()).unwrap();
    let weaker = |line: &str| match line.trim_start().split(' ').next() {
        Some("ssl_protocols") => "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;".to_owned(),
        _ => line.to_owned(),
    };
    std::fs::write(instance.config(), config.lines().map(weaker).collect::<Vec<_>>().join("\n")).unwrap();
    instance.read_again();
    let deck = Deck::new().await;
    let endpoint = NewEndpoint {
        host: "127.0.0.1".to_owned(),
        port: instance.endpoints()[0].port,
        protocol: Protocol::Http,
        tls: TlsMode::Implicit,
        server_name: Some("web.example.org".to_owned()),
        label: Some("Old shop".to_owned()),
        tags: Vec::new(),
        expected: None,
    };
    let endpoint = deck.client.add_endpoint(&endpoint).await.unwrap().id;
    support::poll::until_true("the weak cipher", std::time::Duration::from_secs(30), async || {
        deck.client.probe_endpoint(&endpoint).await.unwrap().endpoint.state == EndpointState::Weak
    })
    .await;
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.sees("Nothing hurries").await;
    page.sees("Old shop").await;
    page.sees("no forward secrecy").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("today-weak").await;
    page.click("In the matrix").await;
    page.arrives("/endpoints?filter=state:weak").await;
    page.value::<bool>("the filter", "return document.querySelector('#endpoint-filter')?.value === 'state:weak' || null").await;
    page.sees("1 endpoint, 1 host").await;
    page.click("Today").await;
    page.click("Endpoint: Old shop").await;
    page.arrives(&endpoint).await;
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
