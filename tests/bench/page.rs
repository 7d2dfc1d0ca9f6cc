//! The page itself: from navigation to rows in headless Chromium, and what server and worker hold in memory afterwards.

use std::time::Duration;

use certdeck_shared::api::account::SignIn;
use certdeck_shared::api::paths;
use serde::Deserialize;
use support::browser::Browser;
use support::certificates::Template;
use support::console::{Console, PASSWORD, USER_NAME};
use support::deck::Deck;
use support::poll;

use crate::table::{Row, Table, duration, median, thousands};

const WATCH: &str = include_str!("watch.js");
const NAVIGATIONS: usize = 5;
/// Windows that a list is scrolled by.
const SCROLLED: usize = 60;

/// What the watching script noted, in milliseconds.
#[derive(Deserialize, Default)]
struct Seen {
    first: Option<f64>,
    all: Option<f64>,
    found: Option<f64>,
}

/// A long list in the page.
pub struct List {
    /// What it is of, such as `10,000`.
    pub of: String,
    /// Path of its page.
    pub path: String,
    /// `id` of the element that scrolls it.
    pub id: &'static str,
    /// `id` of its filter.
    pub filter: &'static str,
    /// Lines, heads of groups among them.
    pub lines: u32,
    /// What is asked for.
    pub asked: String,
    /// Lines that this leaves.
    pub left: u32,
}

/// Opens the list of the console's database, of which there are `count` certificates.
pub async fn measure(table: &mut Table, deck: &Deck, count: u32) {
    let list = List {
        of: thousands(f64::from(count)),
        path: format!("/databases/{}/certificates", deck.id),
        id: "certificate-list",
        filter: "certificate-filter",
        lines: count,
        asked: Template::nickname(count - 1),
        left: 1,
    };
    measure_list(table, &deck.console, &list).await;
    memory(table, deck, count);
}

/// Opens a list in a window of 1,440 × 900, asks for one of it, and scrolls through it.
pub async fn measure_list(table: &mut Table, console: &Console, list: &List) {
    let browser = Browser::start(1440, 900).await;
    sign_in(&browser, &console.origin).await;
    let (id, lines, left) = (list.id, list.lines, list.left);
    let source = format!("window.list = {{ id: '{id}', lines: {lines}, left: {left} }}; {WATCH}");
    browser.driver.cdp().page().add_script_to_evaluate_on_new_document(source).await.unwrap();
    let (mut firsts, mut alls, mut founds, mut frames) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..NAVIGATIONS {
        // From another document, so that nothing of the page is left; Chromium caches nothing of a certificate that it does not know.
        browser.open("about:blank").await;
        browser.open(&format!("{}{}", console.origin, list.path)).await;
        alls.push(noted(&browser, "all rows", |seen| seen.all).await);
        firsts.push(noted(&browser, "a first row", |seen| seen.first).await);
        frames.extend(scrolled(&browser, list).await);
        type_into_filter(&browser, list).await;
        founds.push(noted(&browser, "the one asked for", |seen| seen.found).await);
    }
    for (measure, times) in [
        (format!("page with {}: navigation to first row", list.of), firsts),
        (format!("page with {0}: navigation to all {0} searchable", list.of), alls),
        (format!("page with {}: last letter of the filter to the one row painted", list.of), founds),
        (format!("page with {}: a frame while it is scrolled by a window each", list.of), frames),
    ] {
        let worst = times.iter().max().copied().unwrap_or_default();
        let other = format!("worst of {}: {}", times.len(), duration(worst));
        table.push(Row { measure, certdeck: duration(median(times)), other, ..Row::default() });
    }
}

/// A session like any other, made by the page's own origin.
async fn sign_in(browser: &Browser, origin: &str) {
    browser.open(origin).await;
    let body = SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned(), ..SignIn::default() };
    let script = "const [path, body, done] = arguments; \
        fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })\
        .then((answer) => done(answer.status), (cause) => done(String(cause)))";
    let arguments = vec![serde_json::json!(paths::SESSION), serde_json::to_value(&body).unwrap()];
    let answer = browser.driver.execute_async(script, arguments).await.unwrap();
    assert!(answer.json().as_u64().is_some_and(|status| status < 300), "sign-in: {}", answer.json());
}

async fn type_into_filter(browser: &Browser, list: &List) {
    let script = "const field = document.getElementById(arguments[0]); field.value = arguments[1]; \
        window.seen.typed = performance.now(); field.dispatchEvent(new InputEvent('input', { bubbles: true }))";
    browser.driver.execute(script, vec![serde_json::json!(list.filter), serde_json::json!(list.asked)]).await.unwrap();
}

/// How long each frame took while the list was scrolled by its own height in each; every one of them must show lines.
async fn scrolled(browser: &Browser, list: &List) -> Vec<Duration> {
    let script = "const [id, frames, done] = arguments; const box = document.getElementById(id); const took = []; let last; \
        const empty = () => { const { left, top, height } = box.getBoundingClientRect(); \
            return !document.elementFromPoint(left + 40, top + height / 2)?.closest('tr[aria-rowindex], tr.grp'); }; \
        const step = (now) => { if (last) took.push(empty() ? -1 : now - last); last = now; \
            if (took.length === frames) { box.scrollTop = 0; return done(took); } \
            box.scrollTop += box.clientHeight; requestAnimationFrame(step); }; requestAnimationFrame(step)";
    let answer = browser.driver.execute_async(script, vec![serde_json::json!(list.id), serde_json::json!(SCROLLED)]).await.unwrap();
    let milliseconds: Vec<f64> = answer.convert().unwrap();
    assert!(milliseconds.iter().all(|took| *took >= 0.0), "a frame without lines: {milliseconds:?}");
    milliseconds.into_iter().map(|took| Duration::from_secs_f64(took / 1000.0)).collect()
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
