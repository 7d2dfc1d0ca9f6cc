//! Listing by REST beside `certutil -L`.

use std::time::{Duration, Instant};

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::paths;
use certdeck_shared::api::role::{Grants, Role};
use support::database::Database;
use support::deck::Deck;
use support::run;
use support::transport::Native;

use crate::table::{Aim, Table, median, thousands};

/// One answer of the console.
struct Answer {
    first_byte: Duration,
    whole: Duration,
}

/// Lists the certificates of a console's database, of which there are `count`.
pub async fn measure(table: &mut Table, deck: &Deck, count: u32, aim: Aim) {
    let certutil = certutil(&deck.database, count);
    let transport = script(deck).await;
    for (coding, words) in [(None, ""), (Some("br, gzip"), ", compressed as for a browser")] {
        let mut answers = Vec::new();
        // The first one finds nothing cached.
        for _ in 0..9 {
            answers.push(list(&transport, &deck.id, coding, count).await);
        }
        let name = format!("listing {}", thousands(f64::from(count)));
        let first = answers.remove(0);
        let (first_bytes, wholes): (Vec<_>, Vec<_>) = answers.into_iter().map(|answer| (answer.first_byte, answer.whole)).unzip();
        let other = ("certutil -L", certutil);
        table.push_durations(format!("{name} by REST{words}: first byte"), median(first_bytes), other, Aim::None);
        table.push_durations(
            format!("{name} by REST{words}: whole"),
            median(wholes),
            other,
            if coding.is_none() { aim } else { Aim::None },
        );
        if coding.is_none() {
            table.push_durations(format!("{name} by REST: whole, the first time"), first.whole, other, Aim::None);
        }
    }
}

/// A script with an API token, as the README's curl lines.
async fn script(deck: &Deck) -> Native {
    let new =
        NewApiToken { label: "bench".to_owned(), grants: Grants::everywhere(Role::Viewer), expires_in_days: Some(1), unattended: false };
    Native::with_token(&deck.console.origin, &deck.client.create_api_token(&new).await.unwrap().secret)
}

async fn list(transport: &Native, id: &str, coding: Option<&str>, count: u32) -> Answer {
    let target = format!("{}?representation=der", paths::of_database(id, "certificates"));
    let mut request = transport.raw(reqwest::Method::GET, &target);
    if let Some(coding) = coding {
        request = request.header("accept-encoding", coding);
    }
    let started = Instant::now();
    let mut answer = request.send().await.unwrap().error_for_status().unwrap();
    let mut bytes = answer.chunk().await.unwrap().unwrap_or_default().len();
    let first_byte = started.elapsed();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        bytes += chunk.len();
    }
    let whole = started.elapsed();
    // Clones compress well; the digest in each entry does not.
    let least = if coding.is_some() { 32 } else { 500 };
    assert!(bytes > least * count as usize, "{bytes} bytes are too few for {count} certificates");
    Answer { first_byte, whole }
}

/// `certutil -L` once for thousands, which takes a minute; the median of three for fewer.
fn certutil(database: &Database, count: u32) -> Duration {
    let directory = format!("sql:{}", database.path());
    let times = (0..if count > 5_000 { 1 } else { 3 }).map(|_| {
        let started = Instant::now();
        let out = run::must("certutil", &["-L", "-d", &directory]);
        let elapsed = started.elapsed();
        assert!(out.lines().count() >= count as usize, "certutil lists all of them");
        elapsed
    });
    median(times.collect())
}
