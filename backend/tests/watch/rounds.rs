//! The rounds with a clock that a test turns: nobody is asked twice at once, nor too often, nor by too many; and nobody is forgotten.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as Span;

use certdeck::domain::console::Console;
use certdeck::host::Clock;
use certdeck::state::Store;
use certdeck_shared::api::endpoint::{EndpointChange, WatchSettings};
use certdeck_shared::api::event::{EndpointsProbed, Event};
use certdeck_shared::api::service::{Protocol, TlsMode};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::deck::{ADA, console, endpoint, over};

const START: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const EVERY: Duration = Duration::minutes(15);
const PATIENCE: Span = Span::from_secs(30);

/// A server that takes connections and closes them after a while; how many it had at once.
struct Counter {
    port: u16,
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Counter {
    async fn new(holds: Span) -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, highest) = (Arc::clone(&now), Arc::clone(&most));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let counted = Arc::clone(&counted);
                highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::spawn(async move {
                    tokio::time::sleep(holds).await;
                    counted.fetch_sub(1, Ordering::SeqCst);
                    drop(stream);
                });
            }
        });
        Self { port, now, most }
    }

    fn at(&self, host: &str) -> SocketAddr {
        SocketAddr::new(host.parse().unwrap(), self.port)
    }
}

/// A console whose rounds run.
struct Watched {
    console: Arc<Console>,
    clock: Clock,
    rounds: JoinHandle<()>,
    ids: Vec<String>,
}

impl Watched {
    async fn begin(console: Arc<Console>, clock: Clock, ids: Vec<String>) -> Self {
        let settings = WatchSettings { every_seconds: 900, allowed: Vec::new() };
        console.watch.decide(ADA, settings).await.unwrap();
        let rounds = tokio::spawn(console.watch.clone().run());
        Self { console, clock, rounds, ids }
    }

    /// Turns the clock and wakes the rounds, which sleep by the clock of the machine.
    async fn turn(&self, by: Duration) {
        self.clock.advance(by);
        let id = self.ids.first().unwrap();
        self.console.watch.change(ADA, id, EndpointChange::default()).await.unwrap();
    }

    /// How often each was probed.
    async fn probes(&self) -> Vec<u32> {
        let mut probes = Vec::new();
        for id in &self.ids {
            let history = self.console.watch.history(id, None).await.unwrap();
            probes.push(history.days.iter().map(|day| day.probes).sum());
        }
        probes
    }

    /// Waits until each was probed so often.
    async fn until_each(&self, wanted: u32) {
        let started = std::time::Instant::now();
        loop {
            let probes = self.probes().await;
            if probes.iter().all(|one| *one >= wanted) {
                assert!(probes.iter().all(|one| *one == wanted), "{wanted} {probes:?}");
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{wanted} {probes:?}");
            tokio::time::sleep(Span::from_millis(20)).await;
        }
    }

    /// Nobody is asked although the rounds were woken: as long as they would have needed to.
    async fn stays(&self, wanted: u32) {
        tokio::time::sleep(Span::from_millis(300)).await;
        self.until_each(wanted).await;
    }

    async fn end(self) {
        self.console.tasks.end();
        self.rounds.abort();
        let _ = self.rounds.await;
    }
}

async fn add(console: &Console, at: SocketAddr, name: &str) -> String {
    console.watch.add(ADA, endpoint(at, Protocol::Other, TlsMode::Implicit, Some(name))).await.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn few_are_asked_at_once_and_fewer_at_one_host_and_pages_hear_of_all() {
    let counter = Counter::new(Span::from_millis(30)).await;
    let clock = Clock::manual(START);
    let (console, _room) = console(clock.clone()).await;
    let mut ids = Vec::new();
    for number in 0..24 {
        ids.push(add(&console, counter.at("127.0.0.1"), &format!("n{number}.example.org")).await);
    }
    let mut events = console.events.subscribe();
    let watched = Watched::begin(Arc::clone(&console), clock, ids.clone()).await;
    watched.until_each(1).await;
    assert_eq!(counter.most.load(Ordering::SeqCst), 4, "at one host");
    // They hear of it after it is kept.
    let mut told = Vec::new();
    while told.len() < ids.len() {
        let event = tokio::time::timeout(PATIENCE, events.recv()).await.unwrap().unwrap();
        let Event::EndpointsProbed(EndpointsProbed { endpoints }) = event else { continue };
        assert!(endpoints.iter().all(|one| one.probed_at == Some(START)), "{endpoints:?}");
        told.extend(endpoints.into_iter().map(|one| one.id));
    }
    told.sort();
    ids.sort();
    assert_eq!(told, ids, "each is told once");
    // Many hosts.
    let mut more = Vec::new();
    for host in 2..22 {
        for number in 0..4 {
            more.push(add(&console, counter.at(&format!("127.0.0.{host}")), &format!("n{number}.example.org")).await);
        }
    }
    let all = Watched { ids: more, ..watched };
    all.until_each(1).await;
    let most = counter.most.load(Ordering::SeqCst);
    assert!((5..=32).contains(&most), "{most}");
    all.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_asked_in_its_time_and_once_however_the_clock_jumps() {
    let counter = Counter::new(Span::from_millis(5)).await;
    let clock = Clock::manual(START);
    let (console, _room) = console(clock.clone()).await;
    let mut ids = Vec::new();
    for number in 0..6 {
        ids.push(add(&console, counter.at("127.0.0.1"), &format!("n{number}.example.org")).await);
    }
    let watched = Watched::begin(Arc::clone(&console), clock.clone(), ids).await;
    watched.until_each(1).await;
    let next = async || {
        let listed = console.watch.list().await.unwrap().endpoints;
        listed.into_iter().map(|one| one.next_probe_at.unwrap() - clock.now()).collect::<Vec<_>>()
    };
    let spread = next().await;
    assert!(spread.iter().all(|one| *one >= EVERY * 0.9 && *one <= EVERY * 1.1), "{spread:?}");
    assert!(spread.windows(2).any(|two| two[0] != two[1]), "they do not all ask in the same moment: {spread:?}");
    watched.turn(EVERY * 0.85).await;
    watched.stays(1).await;
    watched.turn(EVERY * 0.3).await;
    watched.until_each(2).await;
    // A night in a suspended machine, and a year: what was missed is not made up for.
    watched.turn(Duration::days(365)).await;
    watched.until_each(3).await;
    watched.stays(3).await;
    // The clock was wrong and is set back: nobody waits for a year.
    watched.turn(-Duration::days(365)).await;
    watched.until_each(4).await;
    watched.stays(4).await;
    let spread = next().await;
    assert!(spread.iter().all(|one| *one >= EVERY * 0.9 && *one <= EVERY * 1.1), "{spread:?}");
    watched.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_again_before_it_has_answered() {
    let counter = Counter::new(Span::from_millis(400)).await;
    let clock = Clock::manual(START);
    let (console, _room) = console(clock.clone()).await;
    let ids = vec![add(&console, counter.at("127.0.0.1"), "n.example.org").await];
    let watched = Watched::begin(Arc::clone(&console), clock, ids).await;
    while counter.now.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
    for _ in 0..5 {
        watched.turn(Duration::hours(1)).await;
    }
    watched.until_each(1).await;
    assert_eq!(counter.most.load(Ordering::SeqCst), 1);
    watched.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_nobody_and_asks_nobody_before_its_time() {
    let counter = Counter::new(Span::from_millis(300)).await;
    let room = tempfile::tempdir().unwrap();
    let clock = Clock::manual(START);
    let state = room.path().join("state.db");
    let open = || Store::open(&state, clock.clone()).unwrap();
    let first = over(open(), room.path()).await;
    let ids = vec![add(&first, counter.at("127.0.0.1"), "n.example.org").await];
    let watched = Watched::begin(first, clock.clone(), ids.clone()).await;
    while counter.now.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Span::from_millis(5)).await;
    }
    // Cut off in the middle of the probe.
    watched.end().await;
    let watched = Watched::begin(over(open(), room.path()).await, clock.clone(), ids.clone()).await;
    watched.until_each(1).await;
    watched.end().await;
    let watched = Watched::begin(over(open(), room.path()).await, clock.clone(), ids).await;
    watched.stays(1).await;
    watched.turn(EVERY * 1.2).await;
    watched.until_each(2).await;
    watched.end().await;
}
