//! Areas of the page that are loaded when they are visited: what is shown when one does not come, or is of another version.

use std::collections::BTreeSet;

use support::browser::Browser;
use support::deck::empty;
use support::transport::Native;

/// From the start of the page on, `window.chunk` decides what becomes of a call for a chunk: it takes the address and may change it or throw.
async fn with_chunks_by(page: &Browser, decision: &str) {
    let source = format!(
        "window.chunk = {decision};
         const fetched = window.fetch;
         window.fetch = async (address, options) => fetched(/certdeck-[a-z]+\\.wasm/.test(address) ? window.chunk(address) : address, options);"
    );
    page.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": source })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_area_that_does_not_come_says_so_and_is_tried_again() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    with_chunks_by(&page, "() => { throw new TypeError('Failed to fetch'); }").await;
    page.open(&format!("{}/viewer", console.origin)).await;
    page.sees("could not be loaded").await;
    page.click("Try again").await;
    page.sees("could not be loaded").await;
    page.value::<bool>("the network back", "window.chunk = address => address; return true").await;
    page.click("Try again").await;
    page.sees("Drop a file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_area_of_another_version_is_refused_and_reloading_helps() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    // A sound module, but not the one that belongs to this page; after the reload it is the right one.
    let other = "address => sessionStorage.getItem('reloaded') ? address : address.replace('viewer', 'upkeep')";
    with_chunks_by(&page, other).await;
    page.open(&format!("{}/viewer", console.origin)).await;
    page.sees("could not be loaded").await;
    let said = page.console().await.join("\n");
    assert!(said.contains("integrity"), "the browser refused it for another reason: {said}");
    page.value::<bool>("a note for after the reload", "sessionStorage.setItem('reloaded', 'yes'); return true").await;
    page.click("Reload the page").await;
    page.sees("Drop a file").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn areas_come_ahead_of_their_visit_and_open_without_the_network() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    page.sign_in(&console).await;
    // What the loader knows, so that an area that is added later is waited for, too.
    let loader = Native::new(&console.origin).raw(reqwest::Method::GET, "/__wasm_split.js").send().await.unwrap().text().await.unwrap();
    let areas: BTreeSet<&str> = loader.split(['\'', '/']).filter(|part| part.starts_with("certdeck-") && part.ends_with(".wasm")).collect();
    assert!(areas.len() >= 9, "{areas:?}");
    let all = format!(
        "const names = performance.getEntriesByType('resource').map(entry => entry.name.split('/').pop());
         return {}.every(area => names.includes(area)) ? true : null",
        serde_json::json!(areas)
    );
    page.value::<bool>("every chunk", &all).await;
    let quiet = "return performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('.wasm')).length";
    let before: usize = page.value("modules so far", quiet).await;
    for (address, words) in [("/viewer", "Drop a file"), ("/settings", "API tokens")] {
        page.click_at(&format!("nav.rail a[href='{address}']")).await;
        page.sees(words).await;
    }
    assert_eq!(page.value::<usize>("modules afterwards", quiet).await, before, "a module was fetched twice");
}
