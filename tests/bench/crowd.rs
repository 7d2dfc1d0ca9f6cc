//! 200 open streams of events and 50 scripts at once: how long calls take, what that costs in memory, and that no event is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::DatabaseChange;
use certdeck_shared::api::paths;
use support::certificates::Template;
use support::deck::item;
use support::transport::Native;

use crate::serving::{deck, script};
use crate::table::{Aim, Row, Table, duration, thousands};

const STREAMS: usize = 200;
const SCRIPTS: usize = 50;
/// Changes that each stream must tell of.
const CHANGES: u32 = 100;
/// Between two calls of a script: one that does nothing else would be a load and no crowd.
const PAUSE: Duration = Duration::from_millis(100);

pub async fn measure(table: &mut Table) {
    let deck = deck().await;
    let template = Template::new();
    deck.import((0..100).map(|number| item(template.numbered(number), &Template::nickname(number), "P,,")).collect()).await;
    let native = script(&deck).await;
    let before = resident(deck.console.pid());
    let streams: Vec<_> = (0..STREAMS).map(|_| tokio::spawn(told(native.reconnected()))).collect();
    // Each has said its first word when it is open.
    let mut open = Vec::new();
    for stream in streams {
        open.push(stream.await.unwrap());
    }
    let over = Arc::new(AtomicBool::new(false));
    let path = paths::of_database(&deck.id, "certificates");
    let scripts: Vec<_> = (0..SCRIPTS).map(|_| tokio::spawn(asking(native.clone(), path.clone(), Arc::clone(&over)))).collect();
    let listening: Vec<_> = open.into_iter().map(|stream| tokio::spawn(stream.changes())).collect();
    let writer = Client::new(native.clone());
    let started = Instant::now();
    for number in 0..CHANGES {
        writer.change_database(&deck.id, &DatabaseChange { label: format!("Change {number}") }).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let lasted = started.elapsed();
    let mut heard = Vec::new();
    for stream in listening {
        heard.push(tokio::time::timeout(Duration::from_secs(60), stream).await.expect("every stream hears of the last change").unwrap());
    }
    over.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    for script in scripts {
        took.extend(script.await.unwrap());
    }
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let grown = resident(deck.console.pid()).saturating_sub(before);
    let least = heard.iter().min().copied().unwrap_or_default();
    table.push(Row {
        measure: format!(
            "{STREAMS} streams of events and {SCRIPTS} scripts at once, {} calls in {}: p50 / p99",
            thousands(took.len() as f64),
            duration(lasted)
        ),
        certdeck: format!("{} / {}", duration(at(0.5)), duration(at(0.99))),
        other: format!("memory grew by {} MB to {} MB", thousands(grown as f64 / 1e6), thousands((before + grown) as f64 / 1e6)),
        ratio: format!("each stream heard of {least} to {} changes of {CHANGES}", heard.iter().max().unwrap()),
        aim: Aim::AtLeast(f64::from(CHANGES)).verdict(least as f64),
    });
}

/// A stream that is open.
struct Open {
    answer: reqwest::Response,
    text: String,
}

async fn told(native: Native) -> Open {
    let mut answer = native.raw(reqwest::Method::GET, paths::EVENTS).send().await.unwrap().error_for_status().unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    Open { answer, text: String::from_utf8_lossy(&first).into_owned() }
}

impl Open {
    /// How many events of changes came until the last one.
    async fn changes(mut self) -> usize {
        let mut seen = 0;
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                seen += usize::from(event.contains("databases-changed"));
                self.text = rest.to_owned();
            }
            if seen >= CHANGES as usize {
                return seen;
            }
            let Some(more) = self.answer.chunk().await.unwrap() else { return seen };
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}

async fn asking(native: Native, path: String, over: Arc<AtomicBool>) -> Vec<Duration> {
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let started = Instant::now();
        native.raw(reqwest::Method::GET, &path).send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
        took.push(started.elapsed());
        tokio::time::sleep(PAUSE).await;
    }
    took
}

fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() * 1024
}
