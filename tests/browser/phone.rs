//! A window as narrow as a phone: the areas that are visited most at its lower edge, and the others one step away.

use support::browser::Browser;
use support::deck::Deck;

/// Names of the areas that are shown.
const SHOWN: &str =
    "[...document.querySelectorAll('nav.rail a')].filter(link => link.checkVisibility()).map(link => link.innerText.trim())";

#[tokio::test(flavor = "multi_thread")]
async fn every_area_is_at_hand_by_touch_and_by_keys() {
    let deck = Deck::new().await;
    let page = Browser::start(360, 740).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    let shown = async || page.value::<Vec<String>>("the areas", &format!("return {SHOWN}")).await;
    assert_eq!(shown().await, ["Today", "Certs", "Watch", "Notices"]);
    page.pictures("phone-closed").await;

    page.click("More").await;
    page.value::<bool>("the first area with the focus", "return document.activeElement?.id === 'first-area' || null").await;
    assert_eq!(shown().await.len(), 14);
    // WCAG 2.5.8 wants 24 pixels; a thumb wants more.
    let small = "return [...document.querySelectorAll('nav.rail a, nav.rail button')].map(one => one.getBoundingClientRect())
        .filter(box => box.width < 44 || box.height < 44 || box.left < 0 || box.right > innerWidth || box.bottom > innerHeight).length";
    assert_eq!(page.value::<usize>("areas that are too small or beside the window", small).await, 0);
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("phone-open").await;
    let expanded = async |wanted: &str| {
        let script = format!("return document.querySelector('#more-areas').ariaExpanded === '{wanted}' || null");
        page.value::<bool>("the state of the button", &script).await
    };
    expanded("true").await;
    page.find("#first-area").await.send_keys(thirtyfour::Key::Escape + "").await.unwrap();
    expanded("false").await;
    page.value::<bool>("the button with the focus", "return document.activeElement?.id === 'more-areas' || null").await;
    page.find("#more-areas").await.send_keys(thirtyfour::Key::Enter + "").await.unwrap();
    expanded("true").await;
    page.click("Services").await;
    page.arrives("/services").await;
    expanded("false").await;
    page.click("More").await;
    page.click_at(".veil").await;
    expanded("false").await;
    page.click("Watch").await;
    page.arrives("/endpoints").await;
    let wider: bool = page.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
    assert!(!wider, "the page is wider than the window");
    page.is_quiet(&[]).await;
}
