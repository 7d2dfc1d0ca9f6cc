//! A probe by REST beside `openssl s_client`, which shows the same, of an nginx on this machine. Both shake hands each time; one of them starts a
//! process, the other answers a call.

use std::time::{Duration, Instant};

use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::glass::Action;
use certdeck_shared::x509::fingerprint::sha256_hex;
use support::daemons;
use support::deck::Deck;
use support::pki::{KeyKind, Pki};
use support::run;

use crate::table::{Aim, Row, Table, median, significant};

/// So many of each; the median counts.
const TIMES: usize = 50;

pub async fn measure(table: &mut Table) {
    let pair = Pki::new().pair_with("probed.example.org", KeyKind::Ec);
    let nginx = daemons::nginx::start(&pair);
    let endpoint = &nginx.endpoints()[0];
    let target = NewProbe { server_name: Some(pair.name.clone()), ..endpoint.question() };
    let deck = Deck::new().await;
    let leaf = sha256_hex(&pair.leaf());
    let (mut called, mut inside) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let started = Instant::now();
        let report = deck.client.probe(&target).await.unwrap();
        called.push(started.elapsed());
        inside.push(Duration::from_millis(report.milliseconds));
        assert!(report.serves(&leaf), "{report:?}");
    }
    let line = &deck.client.console_command_lines(&Action::CreateProbe { body: target }).await.unwrap().commands[0].command;
    let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with('<')).skip(1).collect();
    let shown = (0..TIMES).map(|_| {
        let started = Instant::now();
        assert!(!run::openssl(&words, b"").is_empty());
        started.elapsed()
    });
    let (called, shown) = (median(called).as_secs_f64(), median(shown.collect()).as_secs_f64());
    table.push(Row {
        measure: "probes/s of nginx, EC P-256, by REST, one after the other".to_owned(),
        certdeck: significant(1.0 / called),
        other: format!("openssl s_client {}", significant(1.0 / shown)),
        ratio: format!("{} times as fast", significant(shown / called)),
        aim: Aim::None.verdict(shown / called),
    });
    eprintln!("bench: of that the probe itself: {:?}", median(inside));
}
