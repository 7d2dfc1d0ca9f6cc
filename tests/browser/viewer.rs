//! A file dropped on the page is read there and sent nowhere.

use support::browser::Browser;
use support::certificates::{Authority, DEBIAN_BUNDLE, debian, to_pem};
use support::deck::empty;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_into_and_nothing_is_sent() {
    let (room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    page.sign_in(&console).await;
    page.open(&format!("{}/viewer", console.origin)).await;
    page.sees("Drop a file").await;
    let sent = "return performance.getEntriesByType('resource').filter(entry => entry.initiatorType === 'fetch' && !entry.name.includes('/events') && !entry.name.endsWith('.wasm')).length";

    let file = room.path().join("leaf.pem");
    std::fs::write(&file, to_pem(&Authority::new("Viewed CA").leaf("viewed.example.org"))).unwrap();
    let choose = async |path: &str| page.choose_file("#viewer-file", path).await;
    choose(file.to_str().unwrap()).await;
    page.sees("viewed.example.org").await;
    page.sees("Viewed CA").await;
    page.click("Close the file").await;
    page.sees("Drop a file").await;
    let before: usize = page.value("requests so far", sent).await;
    choose(DEBIAN_BUNDLE).await;
    page.sees(&format!("{} certificates", debian().len())).await;
    assert_eq!(page.value::<usize>("requests afterwards", sent).await, before, "something was sent");
    page.is_quiet(&["401"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_is_read_like_a_chosen_one() {
    let (_room, console, _client) = empty().await;
    let page = Browser::start(1280, 800).await;
    page.sign_in(&console).await;
    page.open(&format!("{}/viewer", console.origin)).await;
    page.sees("Drop a file").await;
    let pem = serde_json::to_string(&to_pem(&Authority::new("Dropped CA").certificate)).unwrap();
    let drop = format!(
        "const transfer = new DataTransfer(); transfer.items.add(new File([{pem}], 'dropped.pem'));
         const target = document.querySelector('main') ?? document.body;
         for (const kind of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(new DragEvent(kind, {{ bubbles: true, cancelable: true, dataTransfer: transfer }}));"
    );
    page.driver.execute(&drop, Vec::new()).await.unwrap();
    page.sees("Dropped CA").await;
    page.sees("dropped.pem").await;
}
