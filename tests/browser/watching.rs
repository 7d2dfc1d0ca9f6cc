//! Endpoints in the page: those of a service appear by themselves, are probed, go stale without a reload of the page, are added, paused and found.

use certdeck_shared::api::endpoint::Mark;
use certdeck_shared::api::service::NewService;
use support::browser::Browser;
use support::daemons::nginx;
use support::deck::Deck;
use support::pki::Pki;
use support::stage::Stage;

/// The line of a port in the matrix, once it shows this word.
async fn line_says(page: &Browser, port: u16, word: &str) {
    let script = format!(
        "const line = [...document.querySelectorAll('#endpoint-list tr[aria-rowindex]')].find(line => line.innerText.includes('{port}')); return line?.innerText.includes('{word}') ? true : null"
    );
    page.value::<bool>(&format!("line of port {port} that says {word}"), &script).await;
}

async fn lines(page: &Browser, count: usize) {
    let script = format!("return document.querySelectorAll('#endpoint-list tr[aria-rowindex]').length === {count} ? true : null");
    page.value::<bool>(&format!("matrix of {count} lines"), &script).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_appears_goes_stale_and_is_left_alone() {
    let pki = Pki::new();
    let (before, after) = (pki.pair("web.example.org"), pki.pair("web.example.org"));
    let instance = tokio::task::block_in_place(|| nginx::start(&before));
    let port = instance.endpoints()[0].port;
    let deck = Deck::new().await;
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/endpoints", deck.console.origin)).await;
    page.sees("Nothing is watched yet").await;

    let config = instance.config().display().to_string();
    let new = NewService { label: Some("Shop".to_owned()), ..NewService::new(instance.kind(), config) };
    deck.client.add_service(&new).await.unwrap();
    page.click("Probe all").await;
    page.sees("Shop").await;
    line_says(&page, port, "web.example.org").await;
    page.click_at("#endpoint-list tr[aria-rowindex]").await;
    page.sees("How far it gets").await;
    page.sees("Four fingerprints").await;
    page.sees("openssl s_client").await;
    let plotted = "return document.querySelectorAll('aside svg.spark path').length > 0 || null";
    page.value::<bool>("a plot of days", plotted).await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("watching-served").await;

    instance.files().write(&after);
    page.click("Probe").await;
    line_says(&page, port, "Stale").await;
    page.sees("The port serves").await;
    page.pictures("watching-stale").await;
    instance.read_again();
    instance.until_served(&after.leaf());
    page.click("Probe").await;
    page.sees("It serves another certificate").await;

    page.click("Pause").await;
    line_says(&page, port, "Paused").await;
    page.click("Resume").await;
    page.value::<bool>(
        "the button to pause",
        "return [...document.querySelectorAll('aside button')].some(button => button.innerText === 'Pause') || null",
    )
    .await;
    let row = async || deck.client.endpoints().await.unwrap().endpoints.into_iter().find(|row| row.port == port).unwrap();
    page.find("body").await.send_keys("z").await.unwrap();
    page.sees("Snoozed").await;
    assert!(row().await.snoozed_until.is_some());
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_endpoint_should_serve_is_chosen_and_held_against_what_it_serves() {
    let pki = Pki::new();
    let (served, other) = (pki.pair("web.example.org"), pki.pair("web.example.org"));
    let instance = tokio::task::block_in_place(|| nginx::start(&served));
    let port = instance.endpoints()[0].port;
    let stage = Stage::started_by(Vec::new(), pki).await;
    stage.hold(&other).await;
    let deck = &stage.deck;
    let page = Browser::start(1400, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/endpoints", deck.console.origin)).await;
    page.click("Add by hand").await;
    page.fill("Host", "127.0.0.1").await;
    page.fill("Port", port.to_string()).await;
    page.fill("Name that is asked for", "web.example.org").await;
    page.click_at(&format!("#endpoint-database option[value='{}']", deck.id)).await;
    page.click_at("#endpoint-nickname option[value='web.example.org']").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("watching-expected").await;
    page.click("Watch it").await;
    line_says(&page, port, "Stale").await;
    page.sees("The one that should be there").await;

    instance.files().write(&other);
    instance.read_again();
    instance.until_served(&other.leaf());
    page.click("Probe").await;
    line_says(&page, port, "Good").await;
    let row = deck.client.endpoints().await.unwrap().endpoints.remove(0);
    assert_eq!((row.agreement.database, row.agreement.wire), (Mark::Same, Mark::Same), "{row:?}");
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_added_by_hand_found_decided_about_and_removed() {
    let deck = Deck::new().await;
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/endpoints", deck.console.origin)).await;
    page.click("Add by hand").await;
    page.sees("Listening on this host").await;
    let console: u16 = deck.console.origin.rsplit(':').next().unwrap().parse().unwrap();
    page.sees(&format!("127.0.0.1:{console}")).await;
    page.fill("Host", "192.0.2.7").await;
    page.click("993 IMAP").await;
    page.value::<bool>("the protocol of the port", "return document.querySelector('#endpoint-protocol').value === 'imap' || null").await;
    page.click("Watch it").await;
    page.sees("not on the list of what may be probed").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("watching-add").await;
    page.fill("Host", "127.0.0.1").await;
    page.fill("Name for people", "Nobody's mail").await;
    page.click("Watch it").await;
    line_says(&page, 993, "Down").await;
    page.sees("Nothing listens at port 993").await;

    // The console is an endpoint, too.
    page.find("body").await.send_keys("n").await.unwrap();
    page.click(&format!("Take 127.0.0.1:{console}")).await;
    page.fill("Name for people", "This console").await;
    page.click("Watch it").await;
    page.sees("This console").await;
    lines(&page, 2).await;
    page.fill("Filter", "state:down").await;
    lines(&page, 1).await;
    page.sees("1 of 2 endpoints, 1 host").await;
    page.fill("Filter", &format!("-port:993 127.0.0.1:{console}")).await;
    lines(&page, 1).await;
    line_says(&page, console, "This console").await;
    page.fill("Filter", "nowhere").await;
    page.sees("No endpoint matches").await;
    page.click("Show all").await;
    lines(&page, 2).await;
    page.click("Host").await;
    page.sees("127.0.0.1").await;

    page.click("How endpoints are watched").await;
    page.fill("Seconds between two probes of an endpoint", "5").await;
    page.fill("What may be probed beside this host", "not a host").await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("60 to 86400 seconds").await;
    page.fill("Seconds between two probes of an endpoint", "120").await;
    page.fill("What may be probed beside this host", "*.example.org").await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("every 2 min").await;
    assert_eq!(deck.client.endpoints().await.unwrap().settings.allowed, ["*.example.org"]);

    page.fill("Filter", "nobody").await;
    lines(&page, 1).await;
    page.click_at("#endpoint-list tr[aria-rowindex]").await;
    page.click("Remove").await;
    page.click("Remove it and its history").await;
    page.sees("No endpoint matches").await;
    assert_eq!(deck.client.endpoints().await.unwrap().endpoints.len(), 1);

    let narrow = Browser::start(400, 800).await;
    narrow.sign_in(&deck.console).await;
    narrow.open(&format!("{}/endpoints", deck.console.origin)).await;
    narrow.sees("This console").await;
    narrow.click_at("#endpoint-list tr[aria-rowindex]").await;
    narrow.sees("How far it gets").await;
    let wider: bool = narrow.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
    assert!(!wider, "the endpoint is wider than a narrow window");
    narrow.click("Back to the list").await;
    narrow.sees("This console").await;
    page.is_quiet(&["400"]).await;
}
