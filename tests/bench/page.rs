//! The page itself: from navigation to rows in headless Chromium, and what server and worker hold in memory afterwards.

use std::time::Duration;

use certdeck_shared::api::account::SignIn;
use certdeck_shared::api::paths;
use serde::Deserialize;
use support::browser::Browser;
use support::certificates::Template;
use support::console::{PASSWORD, USER_NAME};
use support::deck::Deck;
use support::poll;

use crate::table::{Row, Table, duration, median, thousands};

const WATCH: &str = include_str!("watch.js");
const NAVIGATIONS: usize = 5;

/// What the watching script noted, in milliseconds.
#[derive(Deserialize, Default)]
struct Seen {
    first: Option<f64>,
    all: Option<f64>,
    found: Option<f64>,
}

/// Opens the list of the console's database, of which there are `count` certificates, in a window of 1,440 × 900.
pub async fn measure(table: &mut Table, deck: &Deck, count: u32) {
    let browser = Browser::start(1440, 900).await;
    sign_in(&browser, deck).await;
    let source = format!("window.expected = {count}; {WATCH}");
    browser.driver.cdp().page().add_script_to_evaluate_on_new_document(source).await.unwrap();
    let (mut firsts, mut alls, mut founds) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..NAVIGATIONS {
        // From another document, so that nothing of the page is left; Chromium caches nothing of a certificate that it does not know.
        browser.open("about:blank").await;
        browser.open(&format!("{}/databases/{}/certificates", deck.console.origin, deck.id)).await;
        alls.push(noted(&browser, "all rows", |seen| seen.all).await);
        firsts.push(noted(&browser, "a first row", |seen| seen.first).await);
        type_into_filter(&browser, &Template::nickname(count - 1)).await;
        founds.push(noted(&browser, "the one certificate asked for", |seen| seen.found).await);
    }
    for (measure, times) in [
        (format!("page with {}: navigation to first row", thousands(f64::from(count))), firsts),
        (format!("page with {0}: navigation to all {0} searchable", thousands(f64::from(count))), alls),
        ("filter: last letter to the one row painted".to_owned(), founds),
    ] {
        let worst = times.iter().max().copied().unwrap_or_default();
        let other = format!("worst of {NAVIGATIONS}: {}", duration(worst));
        table.push(Row { measure, certdeck: duration(median(times)), other, ..Row::default() });
    }
    memory(table, deck, count);
}

/// A session like any other, made by the page's own origin.
async fn sign_in(browser: &Browser, deck: &Deck) {
    browser.open(&deck.console.origin).await;
    let body = SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned() };
    let script = "const [path, body, done] = arguments; \
        fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })\
        .then((answer) => done(answer.status), (cause) => done(String(cause)))";
    let arguments = vec![serde_json::json!(paths::SESSION), serde_json::to_value(&body).unwrap()];
    let answer = browser.driver.execute_async(script, arguments).await.unwrap();
    assert!(answer.json().as_u64().is_some_and(|status| status < 300), "sign-in: {}", answer.json());
}

async fn type_into_filter(browser: &Browser, text: &str) {
    let script = "const field = document.getElementById('certificate-filter'); field.value = arguments[0]; \
        window.seen.typed = performance.now(); field.dispatchEvent(new InputEvent('input', { bubbles: true }))";
    browser.driver.execute(script, vec![serde_json::json!(text)]).await.unwrap();
}

async fn noted(browser: &Browser, what: &str, part: impl Fn(&Seen) -> Option<f64>) -> Duration {
    let milliseconds = poll::until(what, Duration::from_secs(60), async || {
        let seen = browser.driver.execute("return window.seen", Vec::new()).await.ok()?;
        part(&seen.convert::<Seen>().unwrap_or_default())
    });
    Duration::from_secs_f64(milliseconds.await / 1000.0)
}

/// Resident memory of the server and of its token worker.
fn memory(table: &mut Table, deck: &Deck, count: u32) {
    let workers = deck.console.workers();
    assert!(!workers.is_empty(), "the worker of an unlocked database lives");
    let worker = workers.into_iter().map(resident).fold(0.0, f64::max);
    table.push(Row {
        measure: format!("resident memory after that ({} certificates, unlocked)", thousands(f64::from(count))),
        certdeck: format!("server {:.1} MB", resident(deck.console.pid())),
        other: format!("token worker {worker:.1} MB"),
        ..Row::default()
    });
}

/// Megabytes of a process that are in memory.
pub fn resident(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1000.0
}
