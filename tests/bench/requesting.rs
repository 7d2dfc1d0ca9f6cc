//! A key and a request, by one REST call and in the page, beside `certutil -R` and `openssl req`, which make both as well.

use std::path::Path;
use std::time::{Duration, Instant};

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::request::RequestForm;
use serde::Deserialize;
use support::browser::Browser;
use support::database::Database;
use support::deck::Deck;
use support::{poll, run};

use crate::site;
use crate::table::{Aim, Table, median};

/// So many of each; the median counts.
const TIMES: usize = 15;

fn timed(mut work: impl FnMut()) -> Duration {
    median(
        (0..TIMES)
            .map(|_| {
                let started = Instant::now();
                work();
                started.elapsed()
            })
            .collect(),
    )
}

/// What the page of the bench reports.
#[derive(Deserialize)]
#[serde(untagged)]
enum Report {
    Failed { failed: String },
    Measured { ec: Vec<Made>, rsa: Vec<Made> },
}

/// One request of the page.
#[derive(Deserialize)]
struct Made {
    milliseconds: f64,
    pem: String,
}

/// Requests as the page makes them in Chromium: EC P-256, RSA 2048. openssl verifies each.
async fn in_the_page() -> [Duration; 2] {
    let folder = Path::new("target/bench/requests");
    run::must("tests/bench/wasm/build", &[folder]);
    std::fs::write(folder.join("requests.js"), include_str!("requests.js")).unwrap();
    std::fs::write(folder.join("index.html"), r#"<!doctype html><title>bench</title><script type="module" src="/requests.js"></script>"#)
        .unwrap();
    let browser = Browser::start(800, 600).await;
    browser.open(&site::serve(folder)).await;
    let report = poll::until("the requests of the page", Duration::from_secs(180), async || {
        let value = browser.driver.execute("return window.result ?? null", Vec::new()).await.unwrap();
        if value.json().is_null() { None } else { Some(value.convert::<Report>().unwrap()) }
    });
    match report.await {
        Report::Failed { failed } => panic!("the page of requests failed: {failed}\n{}", browser.console().await.join("\n")),
        Report::Measured { ec, rsa } => [ec, rsa].map(|made| {
            made.iter().for_each(|one| drop(run::openssl(&["req", "-verify", "-noout"], one.pem.as_bytes())));
            median(made.iter().map(|one| Duration::from_secs_f64(one.milliseconds / 1000.0)).collect())
        }),
    }
}

/// Elliptic-curve keys, which cost nothing, and RSA keys, which cost most of the time.
pub async fn measure(table: &mut Table) {
    let kinds: [(KeyAlgorithm, &str, &[&str], &[&str]); 2] = [
        (KeyAlgorithm::EcP256, "EC P-256", &["-k", "ec", "-q", "nistp256"], &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        (KeyAlgorithm::Rsa2048, "RSA 2048", &["-k", "rsa", "-g", "2048"], &["rsa:2048"]),
    ];
    let page = in_the_page().await;
    for ((key_algorithm, words, by_certutil, by_openssl), page) in kinds.into_iter().zip(page) {
        let deck = Deck::registered(Database::made_by_certutil()).await;
        let mut durations = Vec::with_capacity(TIMES);
        for number in 0..TIMES {
            let form = RequestForm {
                subject: "CN=www.example.org, O=Example, C=CH".to_owned(),
                subject_alternative_names: "www.example.org example.org".to_owned(),
                ..RequestForm::default()
            };
            let new = NewRequest::Form { key_algorithm, form, tracking: Tracking::named(format!("request {number}")) };
            let started = Instant::now();
            let request = deck.client.create_request(&deck.id, &new).await.unwrap();
            durations.push(started.elapsed());
            run::openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
        }
        let certdeck = median(durations);

        let database = Database::made_by_certutil();
        let noise = deck.room.path().join("noise");
        std::fs::write(&noise, [42; 2048]).unwrap();
        let common = ["-R", "-s", "CN=www.example.org, O=Example, C=CH", "-8", "www.example.org,example.org", "-a"];
        let arguments = [&common, by_certutil, &["-z", noise.to_str().unwrap()]].concat();
        let certutil = timed(|| drop(database.certutil_must(&arguments)));
        table.push_durations(format!("key and request by REST, {words}"), certdeck, ("certutil -R", certutil), Aim::AtLeast(1.0));

        let key = deck.room.path().join("key.pem").display().to_string();
        let names = ["-subj", "/C=CH/O=Example/CN=www.example.org", "-addext", "subjectAltName=DNS:www.example.org,DNS:example.org"];
        let arguments = [&["req", "-new", "-nodes", "-keyout", &key, "-newkey"], by_openssl, &names].concat();
        let openssl = timed(|| drop(run::openssl(&arguments, b"")));
        table.push_durations(format!("key and request by REST, {words}"), certdeck, ("openssl req", openssl), Aim::None);
        table.push_durations(format!("key and request in the page, {words}"), page, ("certutil -R", certutil), Aim::None);
        table.push_durations(format!("key and request in the page, {words}"), page, ("openssl req", openssl), Aim::None);
    }
}
