//! Endpoints by the thousand: all probed once, beside a loop of `openssl s_client`; and the matrix with a year of history.

use std::time::{Duration, Instant};

use certdeck_shared::api::endpoint::NewEndpoint;
use certdeck_shared::api::service::{Protocol, TlsMode};
use support::console::{Console, Options};
use support::daemons;
use support::deck::Deck;
use support::pki::{KeyKind, Pki};
use support::{poll, run};

use crate::page::{List, measure_list};
use crate::table::{Aim, Row, Table, median, significant};

/// Endpoints that are probed.
const PROBED: usize = 1_000;
/// How many of them the loop of `openssl s_client` asks; its time grows with their number.
const SAMPLE: usize = 50;
/// Endpoints with history, and the days of that.
const WATCHED: i64 = 5_000;
const DAYS: i64 = 365;
/// So many times each page is read; the median counts.
const TIMES: usize = 9;

pub async fn measure(table: &mut Table) {
    probed(table).await;
    with_history(table).await;
}

async fn probed(table: &mut Table) {
    let pair = Pki::new().pair_with("watched.example.org", KeyKind::Ec);
    let nginx = daemons::nginx::start(&pair);
    let port = nginx.endpoints()[0].port;
    let deck = Deck::new().await;
    for number in 0..PROBED {
        // One port, many names: each is a handshake of its own.
        let endpoint = NewEndpoint {
            host: "127.0.0.1".to_owned(),
            port,
            protocol: Protocol::Http,
            tls: TlsMode::Implicit,
            server_name: Some(format!("n{number}.example.org")),
            label: None,
            tags: Vec::new(),
            expected: None,
        };
        deck.client.add_endpoint(&endpoint).await.unwrap();
    }
    let all_probed = async |what: &str, since: Option<time::OffsetDateTime>| {
        poll::until(what, Duration::from_secs(300), async || {
            let told = deck.client.endpoints().await.unwrap().endpoints;
            let last = told.iter().map(|one| one.probed_at).min().flatten();
            last.filter(|last| since.is_none_or(|since| *last > since))
        })
        .await
    };
    let before = all_probed("the first probe of all endpoints", None).await;
    let newest = deck.client.endpoints().await.unwrap().endpoints.iter().filter_map(|one| one.probed_at).max().unwrap_or(before);
    let started = Instant::now();
    deck.client.probe_endpoints().await.unwrap();
    all_probed("another probe of all endpoints", Some(newest)).await;
    let took = started.elapsed().as_secs_f64();
    let memory = crate::page::resident(deck.console.pid());
    let started = Instant::now();
    for number in 0..SAMPLE {
        let (address, name) = (format!("127.0.0.1:{port}"), format!("n{number}.example.org"));
        assert!(!run::openssl(&["s_client", "-connect", &address, "-servername", &name], b"").is_empty());
    }
    let other = started.elapsed().as_secs_f64() * (PROBED as f64 / SAMPLE as f64);
    table.push(Row {
        measure: format!("{PROBED} endpoints of one nginx probed, judged and kept"),
        certdeck: format!("{} s, {} MB", significant(took), significant(memory)),
        other: format!("openssl s_client, scaled from {SAMPLE}: {} s", significant(other)),
        ratio: format!("{} times as fast", significant(other / took)),
        aim: Aim::None.verdict(other / took),
    });
}

async fn with_history(table: &mut Table) {
    let mut deck = Deck::new().await;
    let data_dir = deck.console.data_dir().to_owned();
    deck.console.kill();
    let path = data_dir.join("state.sqlite");
    let mut state = rusqlite::Connection::open(&path).unwrap();
    let before = std::fs::metadata(&path).unwrap().len();
    let today = "SELECT CAST(julianday('now', 'start of day') + 0.5 AS INTEGER)";
    let today: i64 = state.query_row(today, [], |row| row.get(0)).unwrap();
    let rows = state.transaction().unwrap();
    for number in 1..=WATCHED {
        let endpoint = "INSERT INTO endpoints (number, id, host, port, protocol, tls, server_name, tags, paused, state, next_probe_at, seen_row) \
                        VALUES (?1, ?2, ?3, 443, 'http', 'implicit', '', '[]', 1, 'good', 0, ?4)";
        let leaf = format!("{number:064x}");
        let seen = serde_json::json!({
            "words": "It completes a handshake, TLS 1.3.", "tls_version": "TLS 1.3", "cipher_suite": "TLS_AES_256_GCM_SHA384",
            "key_exchange_group": "X25519MLKEM768", "milliseconds": 12, "other_leaf": null,
            "leaf": {"fingerprint_sha256": leaf, "name": "host.example.org", "public_key": "EC P-256",
                "not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z"},
            "agreement": {"database": "same", "file": "same", "process": "same", "wire": "same"},
        });
        let (id, host) = (format!("{number:032x}"), format!("host{number}.example.org"));
        rows.execute(endpoint, (number, id, host, seen.to_string())).unwrap();
        let mut day = rows.prepare_cached("INSERT INTO endpoint_days VALUES (?1, ?2, 96, 0, 5, 1200, 40)").unwrap();
        for ago in 0..DAYS {
            day.execute((number, today - ago)).unwrap();
        }
    }
    rows.commit().unwrap();
    drop(state);
    let size = std::fs::metadata(&path).unwrap().len() - before;
    let console = Console::start(&Options::new(data_dir));
    let client = console.sign_in().await;
    let (mut listed, mut one) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let started = Instant::now();
        assert_eq!(client.endpoints().await.unwrap().endpoints.len(), 5_000);
        listed.push(started.elapsed());
        let started = Instant::now();
        assert_eq!(client.endpoint_history(&format!("{:032x}", 2_500), 365).await.unwrap().days.len(), 365);
        one.push(started.elapsed());
    }
    let (listed, one) = (median(listed).as_secs_f64() * 1e3, median(one).as_secs_f64() * 1e3);
    table.push(Row {
        measure: format!("{WATCHED} endpoints with a year of history: the whole matrix; the year of one; size on disk"),
        certdeck: format!("{} ms; {} ms; {} MB", significant(listed), significant(one), size / 1_000_000),
        other: "nothing of the kind".to_owned(),
        ratio: String::new(),
        aim: Aim::None.verdict(1.0),
    });
    let list = List {
        of: "5,000 endpoints".to_owned(),
        path: "/endpoints".to_owned(),
        id: "endpoint-list",
        filter: "endpoint-filter",
        // All were added by hand, which is one group.
        lines: WATCHED as u32 + 1,
        asked: format!("host{WATCHED}.example.org"),
        left: 2,
    };
    measure_list(table, &console, &list).await;
}
