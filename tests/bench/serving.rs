//! What a call costs: reads of 100 rows beside a bare axum server that returns the same octets, writes, and what signing in costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use certdeck_shared::api::account::{NewApiToken, SignIn};
use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::DatabaseChange;
use certdeck_shared::api::import::Import;
use certdeck_shared::api::paths;
use certdeck_shared::api::role::{Grants, Role};
use support::certificates::Template;
use support::console::{Console, Options, PASSWORD, USER_NAME};
use support::deck::{Deck, item};
use support::transport::Native;

use crate::bare::Bare;
use crate::table::{Aim, Row, Table, duration, median, significant, thousands};

/// Rows of an answer.
const ROWS: u32 = 100;
/// Clients at once, each with a connection of its own.
const CLIENTS: usize = 16;
/// How long each side is asked in one turn, and how many turns there are: the machine is the same for both, whatever else it does.
const TURN: Duration = Duration::from_millis(1500);
const TURNS: usize = 4;

/// A console without TLS, so that TLS is not what is measured, that lets in as many calls as there are.
pub async fn deck() -> Deck {
    let room = tempfile::tempdir().unwrap();
    let settings = "requests-per-second = 0\nconnections-per-client = 10000\n";
    let console = Console::start(&Options { http: true, ..Options::with_settings(room.path(), settings) });
    let client = console.set_up().await;
    Deck::furnished(room, console, client).await
}

/// A script with an API token.
pub async fn script(deck: &Deck) -> Native {
    let grants = Grants::everywhere(Role::Administrator);
    let new = NewApiToken { label: "bench".to_owned(), grants, expires_in_days: Some(1), unattended: true };
    Native::with_token(&deck.console.origin, &deck.client.create_api_token(&new).await.unwrap().secret)
}

pub async fn measure(table: &mut Table) {
    let deck = deck().await;
    let template = Template::new();
    let items = (0..ROWS).map(|number| item(template.numbered(number), &Template::nickname(number), "P,,")).collect();
    deck.import(items).await;
    let native = script(&deck).await;
    // So that the audit log has 100 rows as well.
    for number in 0..ROWS {
        deck.client.change_database(&deck.id, &DatabaseChange { label: format!("Database {number}") }).await.unwrap();
    }
    reads(table, &native, "certificates", &paths::of_database(&deck.id, "certificates")).await;
    reads(table, &native, "entries of the audit log", &format!("{}?limit={ROWS}", paths::AUDIT)).await;
    writes(table, &deck, &native, &template).await;
    sign_in(table, &deck).await;
}

async fn reads(table: &mut Table, native: &Native, rows: &str, path: &str) {
    let bytes = native.raw(reqwest::Method::GET, path).send().await.unwrap().error_for_status().unwrap().bytes().await.unwrap();
    let bare = Bare::start(&bytes);
    let other = Native::new(&bare.origin);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        // One after the other, and in the other order the next time.
        for own in if turn % 2 == 0 { [true, false] } else { [false, true] } {
            let (asked, path, into) = if own { (native, path, &mut ours) } else { (&other, "/", &mut theirs) };
            into.push(rate(asked, path, bytes.len()).await);
        }
    }
    let (ours, theirs) = (ours.iter().sum::<f64>() / TURNS as f64, theirs.iter().sum::<f64>() / TURNS as f64);
    table.push(Row {
        measure: format!("reads/s of {ROWS} {rows}, {} kB, {CLIENTS} scripts at once", bytes.len() / 1000),
        certdeck: thousands(ours),
        other: format!("bare axum with the same octets {}", thousands(theirs)),
        ratio: format!("{} of its rate", significant(ours / theirs)),
        aim: if ours / theirs >= 0.5 { "≥ 0.5: reached".to_owned() } else { "≥ 0.5: missed".to_owned() },
    });
}

/// Answers a second.
async fn rate(native: &Native, path: &str, length: usize) -> f64 {
    let answered = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let (native, path, answered) = (native.clone(), path.to_owned(), Arc::clone(&answered));
        tokio::spawn(async move {
            while started.elapsed() < TURN {
                let answer = native.raw(reqwest::Method::GET, &path).send().await.unwrap().error_for_status().unwrap();
                assert_eq!(answer.bytes().await.unwrap().len(), length);
                answered.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    answered.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// Each write is recorded before it is answered, and on the disk before that.
async fn writes(table: &mut Table, deck: &Deck, native: &Native, template: &Template) {
    let client = Client::new(native.clone());
    let (mut names, mut imports) = (Vec::new(), Vec::new());
    for number in 0..200 {
        let started = Instant::now();
        client.change_database(&deck.id, &DatabaseChange { label: format!("Name {number}") }).await.unwrap();
        names.push(started.elapsed());
    }
    for number in ROWS..ROWS + 100 {
        let certificates = vec![item(template.numbered(number), &Template::nickname(number), "P,,")];
        let started = Instant::now();
        client.import(&deck.id, &Import { certificates }, false).await.unwrap();
        imports.push(started.elapsed());
    }
    let by_certutil = (ROWS + 100..ROWS + 120).map(|number| {
        let der = template.numbered(number);
        let started = Instant::now();
        deck.database.add(&Template::nickname(number), "P,,", &der);
        started.elapsed()
    });
    let (names, imports, by_certutil) = (median(names), median(imports), median(by_certutil.collect()));
    table.push(Row {
        measure: "writes/s of the console's own state, audited and synced, one after the other".to_owned(),
        certdeck: significant(1.0 / names.as_secs_f64()),
        other: String::new(),
        ratio: String::new(),
        aim: String::new(),
    });
    table.push(Row {
        measure: "writes/s of one certificate with trust, audited, with a snapshot".to_owned(),
        certdeck: significant(1.0 / imports.as_secs_f64()),
        other: format!("certutil -A {}", significant(1.0 / by_certutil.as_secs_f64())),
        ratio: format!("{} times as fast", significant(by_certutil.as_secs_f64() / imports.as_secs_f64())),
        aim: String::new(),
    });
}

/// Argon2id as OWASP's Password Storage Cheat Sheet has it: 19 MiB, two passes, one lane.
async fn sign_in(table: &mut Table, deck: &Deck) {
    let mut times = Vec::new();
    for _ in 0..15 {
        let client = Client::new(Native::new(&deck.console.origin));
        let who = SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned(), ..SignIn::default() };
        let started = Instant::now();
        client.sign_in(&who).await.unwrap();
        times.push(started.elapsed());
    }
    // A session whose password was just given is asked nothing.
    let mut asked = Vec::new();
    for _ in 0..15 {
        let started = Instant::now();
        deck.client.session().await.unwrap();
        asked.push(started.elapsed());
    }
    let (times, asked) = (median(times), median(asked));
    table.push(Row {
        measure: "signing in, argon2id with 19 MiB and two passes (OWASP)".to_owned(),
        certdeck: duration(times),
        other: format!("a call with a session {}", duration(asked)),
        ratio: format!("{} times as long", significant(times.as_secs_f64() / asked.as_secs_f64())),
        aim: Aim::AtLeast(5.0).verdict(times.as_secs_f64() / asked.as_secs_f64()),
    });
}
