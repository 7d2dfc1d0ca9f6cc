//! Every place: it shows itself, its console is quiet, its controls have names, and keys do what they say.

use support::browser::Browser;
use support::certificates::{Authority, Template};
use support::deck::{Deck, item};
use thirtyfour::{By, Key};

async fn signed_in(deck: &Deck, width: u32, height: u32) -> Browser {
    let page = Browser::start(width, height).await;
    page.sign_in(&deck.console).await;
    page
}

/// A database with a CA, a leaf, and a request that waits.
async fn furnished() -> Deck {
    use certdeck_shared::api::{
        key::KeyAlgorithm,
        request::{NewRequest, Tracking},
    };
    let deck = Deck::new().await;
    let authority = Authority::new("Furnishing CA");
    deck.import(vec![
        item(authority.certificate.clone(), "Furnishing CA", "CT,C,C"),
        item(authority.leaf("leaf.example.org"), "leaf.example.org", ",,"),
    ])
    .await;
    let form = certdeck_shared::request::RequestForm {
        common_name: "pending.example.org".to_owned(),
        subject_alternative_names: "pending.example.org".to_owned(),
        ..Default::default()
    };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named("pending.example.org") };
    deck.client.create_request(&deck.id, &new).await.unwrap();
    deck
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_shows_itself_quietly_and_names_its_controls() {
    let deck = furnished().await;
    let request = deck.client.requests(&deck.id).await.unwrap()[0].id.clone();
    let leaf = deck.named("leaf.example.org").await.fingerprint_sha256;
    let database = format!("/databases/{}", deck.id);
    let places = [
        ("/".to_owned(), "2 databases with"),
        ("/databases".to_owned(), "nss"),
        ("/databases/new".to_owned(), "What will be written"),
        ("/databases/register".to_owned(), "Directory"),
        (format!("{database}/certificates"), "leaf.example.org"),
        (format!("{database}/certificates/{leaf}"), "Furnishing CA"),
        (format!("{database}/import"), "Or paste"),
        (format!("{database}/requests"), "pending.example.org"),
        (format!("{database}/requests/new"), "Where the key lives"),
        (format!("{database}/requests/{request}"), "Request to send"),
        (format!("{database}/keys"), "pending.example.org"),
        (format!("{database}/make"), "What it will say"),
        (format!("{database}/tokens"), "NSS Certificate DB"),
        (format!("{database}/snapshots"), "Restore"),
        ("/services".to_owned(), "On this host"),
        (format!("{database}/merge"), "Nothing is written before"),
        ("/viewer".to_owned(), "Drop a file"),
        ("/activity".to_owned(), "Imported certificates"),
        ("/approvals".to_owned(), "Nothing waits for a second person"),
        ("/endpoints".to_owned(), "Nothing is watched yet"),
        ("/probe".to_owned(), "Nothing asked yet"),
        ("/probe?ask=inventory&host=127.0.0.1&port=1".to_owned(), "Take inventory"),
        ("/notices".to_owned(), "Nothing is to be told"),
        ("/notices/policy".to_owned(), "Save the policy"),
        ("/notices/channels".to_owned(), "Nobody is told yet"),
        ("/notices/deliveries".to_owned(), "Nothing was sent yet"),
        ("/notices/calendar".to_owned(), "There is no calendar"),
        ("/notices/board".to_owned(), "100 days"),
        ("/settings".to_owned(), "API tokens"),
        ("/no/such/place".to_owned(), "Nothing is here"),
    ];
    for (width, height) in [(1440, 900), (400, 800)] {
        let page = signed_in(&deck, width, height).await;
        page.is_quiet(&["401"]).await;
        for (path, words) in &places {
            page.open(&format!("{}{path}", deck.console.origin)).await;
            if !(width == 400 && *words == "Restore") {
                page.sees(words).await;
            }
            page.is_quiet(&[]).await;
            assert_eq!(page.unnamed_controls().await, Vec::<String>::new(), "{path} at {width} pixels");
            let wider: bool = page.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
            let taller: bool = page.value("a height", "return document.documentElement.scrollHeight > window.innerHeight + 1").await;
            assert!(!taller || width == 400, "{path} is taller than the window: its panes should scroll, not the page");
            assert!(!wider, "{path} is wider than a window of {width} pixels");
            page.value::<bool>(
                &format!("single main pane at {path}"),
                "return document.querySelectorAll('main').length === 1 ? true : null",
            )
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_instead_of_written_is_there() {
    let deck = furnished().await;
    let leaf = deck.named("leaf.example.org").await.fingerprint_sha256;
    let page = signed_in(&deck, 1440, 900).await;
    let list = format!("{}/databases/{}/certificates", deck.console.origin, deck.id);
    page.open(&list).await;
    page.value::<bool>(
        "a mark for each certificate on the axis",
        "return document.querySelectorAll('.axis svg > g:last-of-type > *').length >= 2 || null",
    )
    .await;
    page.value::<bool>("labels on the axis", "return document.querySelectorAll('.axis svg > g:first-of-type text').length > 3 || null")
        .await;
    page.value::<bool>(
        "the card of a CA's trust",
        "return document.querySelectorAll('#certificate-list svg.punch > *').length > 0 || null",
    )
    .await;
    page.open(&format!("{list}/{leaf}")).await;
    page.value::<bool>(
        "the bytes beside the structure",
        "return (document.querySelector('pre.hex')?.textContent.length ?? 0) > 500 || null",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_opened_by_its_address_can_be_renamed_and_exported() {
    let deck = furnished().await;
    let leaf = deck.named("leaf.example.org").await.fingerprint_sha256;
    let page = signed_in(&deck, 1280, 800).await;
    page.open(&format!("{}/databases/{}/certificates/{leaf}", deck.console.origin, deck.id)).await;
    page.sees("Furnishing CA").await;
    let body = page.find("body").await;
    body.send_keys(Key::F2 + "").await.unwrap();
    page.sees("NSS keeps one nickname a subject").await;
    body.send_keys("x").await.unwrap();
    page.sees("Accept a chain that breaks off").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_walked_filtered_and_opened_by_keys() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import((0..30).map(|number| item(template.numbered(number), &Template::nickname(number), ",,")).collect()).await;
    let page = signed_in(&deck, 1280, 800).await;
    page.open(&format!("{}/databases/{}/certificates", deck.console.origin, deck.id)).await;
    page.sees("host-00000001").await;
    let press = async |keys: &str| page.driver.find(By::Css("body")).await.unwrap().send_keys(keys).await.unwrap();
    let selected = "return document.querySelector('#certificate-list tr[aria-selected=true]')?.getAttribute('aria-rowindex') ?? null";
    let first: String = page.value("a selected row", selected).await;
    press("j").await;
    let next = format!(
        "const index = document.querySelector('#certificate-list tr[aria-selected=true]')?.getAttribute('aria-rowindex'); return index === '{}' ? index : null",
        first.parse::<u32>().unwrap() + 1
    );
    page.value::<String>("the next row", &next).await;
    press("/").await;
    page.value::<bool>("the focus in the filter", "return document.activeElement?.id === 'certificate-filter' ? true : null").await;
    page.driver.active_element().await.unwrap().send_keys("host-00000007").await.unwrap();
    let only = "const rows = document.querySelectorAll('#certificate-list tr[aria-rowindex]'); return rows.length === 1 ? rows[0].innerText : null";
    assert!(page.value::<String>("one row", only).await.contains("host-00000007"));
    page.driver.active_element().await.unwrap().send_keys(String::from(char::from(Key::Enter))).await.unwrap();
    press(&String::from(char::from(Key::Enter))).await;
    page.sees("host-00000007.example.net").await;
    let url = page.driver.current_url().await.unwrap();
    assert!(url.path().ends_with(&deck.named("host-00000007").await.fingerprint_sha256), "{url}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certutil_adds_appears_without_a_reload() {
    let deck = Deck::new().await;
    let page = signed_in(&deck, 1280, 800).await;
    page.open(&format!("{}/databases/{}/certificates", deck.console.origin, deck.id)).await;
    page.sees("No certificates yet").await;
    deck.database.add("Appearing CA", "C,,", &Authority::new("Appearing CA").certificate);
    page.sees("Appearing CA").await;
    deck.database.certutil_must(&["-D", "-n", "Appearing CA"]);
    page.sees("No certificates yet").await;
    page.is_quiet(&["401"]).await;
}
