//! The inventory in the page: from an endpoint to everything that its port takes, beside Mozilla's profile and its configuration.

use certdeck_shared::api::service::NewService;
use support::browser::Browser;
use support::daemons::nginx;
use support::deck::Deck;
use support::pki::Pki;

#[tokio::test(flavor = "multi_thread")]
async fn from_an_endpoint_one_comes_to_everything_that_it_takes_and_back() {
    let pki = Pki::new();
    let pair = pki.pair("web.example.org");
    let instance = tokio::task::block_in_place(|| nginx::start(&pair));
    let port = instance.endpoints()[0].port;
    let deck = Deck::new().await;
    let config = instance.config().display().to_string();
    let new = NewService { label: Some("Our shop".to_owned()), ..NewService::new(instance.kind(), config) };
    let service = deck.client.add_service(&new).await.unwrap();
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;

    // From the service to what is watched of it, and on.
    page.open(&format!("{}/services/{}", deck.console.origin, service.id)).await;
    page.click("Watched endpoints").await;
    page.sees("1 endpoint").await;
    page.click("Probe all").await;
    page.click_at("#endpoint-list tr[aria-rowindex]").await;
    page.sees("How far it gets").await;
    page.click("Inventory").await;
    page.value::<bool>(
        "the port of the endpoint",
        &format!(
            "return document.querySelector('#probe-port')?.value === '{port}' && document.querySelector('#probe-host').value !== '' || null"
        ),
    )
    .await;
    page.click("Take inventory").await;
    page.sees("Beside Mozilla's profile intermediate").await;
    for words in [
        "Versions",
        "TLS 1.3",
        "TLS_AES_256_GCM_SHA384",
        "Key exchange",
        "x25519",
        "Beside its configuration",
        "Our shop",
        "ssl_protocols",
        "On the wire",
        "connections",
    ] {
        page.sees(words).await;
    }
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("inventory").await;
    let wider: bool = page.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
    assert!(!wider);

    // The address keeps it.
    page.driver.refresh().await.unwrap();
    page.sees("Beside Mozilla's profile intermediate").await;
    page.value::<bool>("the port again", &format!("return document.querySelector('#probe-port').value === '{port}' || null")).await;
    page.click("Back to the endpoint").await;
    page.sees("How far it gets").await;

    let taken = "return [...document.querySelectorAll('a[download]')].map(link => link.getAttribute('href')).join(' ') || null";
    page.click("Report").await;
    assert_eq!(page.value::<String>("reports", taken).await, "/api/v1/endpoints/table /api/v1/endpoints");
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_takes_nothing_is_said_to_and_what_cannot_be_asked_is_refused() {
    let deck = Deck::new().await;
    let page = Browser::start(1280, 800).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/probe?ask=inventory&host=127.0.0.1&port=1", deck.console.origin)).await;
    page.click("Take inventory").await;
    page.sees("Refused.").await;
    page.fill("Port", "0").await;
    page.click("Take inventory").await;
    page.sees("1 to 65535").await;
    page.click("One handshake").await;
    page.fill("Port", deck.console.origin.rsplit(':').next().unwrap()).await;
    page.click("Probe").await;
    page.sees("the server proved that it has it").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
}
