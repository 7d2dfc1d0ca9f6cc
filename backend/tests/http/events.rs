//! Server-sent events, and the workers behind them.

use std::path::Path;
use std::pin::Pin;
use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use certdeck_shared::api::role::Role;
use futures::{Stream, StreamExt as _};
use http::Method;
use serde_json::{Value, json};

use crate::deck::{Deck, ORIGIN};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Events {
    stream: Pin<Box<dyn Stream<Item = Result<axum::body::Bytes, axum::Error>>>>,
    text: String,
}

impl Events {
    pub async fn of(deck: &Deck, header: (&str, &str)) -> Self {
        let response = deck.response(Method::GET, "/api/v1/events", &[header, ("accept-encoding", "br, gzip")], Body::empty()).await;
        assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        assert!(!response.headers().contains_key("content-encoding"), "a compressor would hold events back");
        Self { stream: Box::pin(response.into_body().into_data_stream()), text: String::new() }
    }

    /// The data of the next event of this name for which `wanted` holds; none when the stream ends before.
    pub async fn next(&mut self, name: &str, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |key: &str| event.lines().find_map(|line| line.strip_prefix(key)).map(|value| value.trim().to_owned());
                let (found, data) = (field("event:"), field("data:"));
                let data = data.map(|data| serde_json::from_str::<Value>(&data).unwrap());
                self.text = rest.to_owned();
                if let Some(data) = data.filter(|data| found.as_deref() == Some(name) && wanted(data)) {
                    return Some(data);
                }
            }
            let part = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing came");
            self.text.push_str(std::str::from_utf8(&part?.unwrap()).unwrap());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn succeed(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn sql(directory: &Path) -> String {
    format!("sql:{}", directory.display())
}

#[tokio::test]
async fn a_change_by_certutil_is_told() {
    let (deck, cookie) = Deck::set_up().await;
    deck.console.databases.start().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    succeed("certutil", &["-N", "-d", &sql(directory.path()), "--empty-password"]);
    let new = json!({"action": "register", "path": directory.path()});
    let answer = deck.call_from_page(Method::POST, "/api/v1/databases", &cookie, &new).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let mut events = Events::of(&deck, ("cookie", &cookie)).await;

    let noise = directory.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let (database, noise) = (sql(directory.path()), noise.display().to_string());
    let line = ["-S", "-d", &database, "-n", "outside", "-s", "CN=outside", "-t", ",,", "-x", "-k", "ec", "-q", "nistp256", "-z", &noise];
    let first = events.next("database-changed", |event| event["database"] == id.as_str());
    let write = async {
        // Again until it is seen: the console notes what is there at its first look, which may come after the first certificate.
        let arguments: Vec<String> = line.iter().map(ToString::to_string).collect();
        loop {
            let arguments = arguments.clone();
            tokio::task::spawn_blocking(move || succeed("certutil", &arguments.iter().map(String::as_str).collect::<Vec<_>>()))
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    };
    let told = tokio::select! {
        told = first => told.expect("the stream ended"),
        () = write => unreachable!(),
    };
    assert!(told["revision"].as_str().is_some_and(|revision| !revision.is_empty()), "{told}");
    let listing = deck.get(&format!("/api/v1/databases/{id}/certificates"), &[("cookie", &cookie)]).await;
    assert!(listing.text.contains("outside"), "{}", listing.text);
}

#[tokio::test]
async fn a_job_is_followed_to_its_end() {
    let (deck, _) = Deck::set_up().await;
    let bearer = format!("Bearer {}", deck.token(Role::Viewer).await);
    let mut events = Events::of(&deck, ("authorization", &bearer)).await;
    deck.console.jobs.start("ada", "test.run", None, 1, false, |_| async { Ok(json!({})) }).await.unwrap();
    events.next("job-changed", |event| event["job"]["state"] == "running").await.unwrap();
    let ended = events.next("job-changed", |event| event["job"]["state"] == "succeeded").await.unwrap();
    assert_eq!(ended["job"]["action"], "test.run");
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive_by_comments_that_are_no_events() {
    let deck = Deck::with(|settings| settings.events_keep_alive = Duration::from_millis(50)).await;
    let bearer = format!("Bearer {}", deck.token(Role::Viewer).await);
    let mut events = Events::of(&deck, ("authorization", &bearer)).await;
    events.next("urgent-counted", |event| event["count"] == 0).await.expect("what a stream begins with");
    for _ in 0..2 {
        let part = tokio::time::timeout(PATIENCE, events.stream.next()).await.expect("nothing came").unwrap().unwrap();
        // WHATWG HTML, server-sent events: a line that begins with a colon is ignored.
        assert!(part.starts_with(b":") && part.ends_with(b"\n\n"), "{part:?}");
    }
    deck.console.jobs.start("ada", "test.run", None, 1, false, |_| async { Ok(json!({})) }).await.unwrap();
    events.next("job-changed", |event| event["job"]["state"] == "succeeded").await.expect("events come between comments");
}

#[tokio::test]
async fn the_stream_ends_with_the_session() {
    let (deck, cookie) = Deck::set_up().await;
    let mut events = Events::of(&deck, ("cookie", &cookie)).await;
    let answer = deck.call(Method::DELETE, "/api/v1/session", &[("cookie", &cookie), ("origin", ORIGIN)], Body::empty()).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    assert!(events.next("never", |_| true).await.is_none());
}

#[tokio::test]
async fn the_stream_ends_with_the_console() {
    let (deck, cookie) = Deck::set_up().await;
    let mut events = Events::of(&deck, ("cookie", &cookie)).await;
    deck.console.tasks.end();
    assert!(events.next("never", |_| true).await.is_none());
}

#[tokio::test]
async fn a_lost_worker_is_counted_and_replaced() {
    let (deck, _) = Deck::set_up().await;
    let bearer = format!("Bearer {}", deck.token(Role::Viewer).await);
    let losses = || async {
        let text = deck.get("/metrics", &[("authorization", &bearer)]).await.text;
        text.lines().find_map(|line| line.strip_prefix("certdeck_token_worker_losses_total ")).unwrap().to_owned()
    };
    let database = deck.console.databases.ensure_embedded().await.unwrap();
    assert_eq!(losses().await, "0");
    let worker = database.token.worker_process().await.unwrap();
    succeed("kill", &["-KILL", &worker.to_string()]);
    assert!(database.token.status().await.unwrap().unlocked);
    assert_ne!(database.token.worker_process().await.unwrap(), worker);
    assert_eq!(losses().await, "1");
    deck.console.databases.close().await;
}
