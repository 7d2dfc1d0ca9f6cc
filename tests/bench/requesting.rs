//! A key and a request by one REST call beside `certutil -R` and `openssl req`, which make both as well.

use std::time::{Duration, Instant};

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::request::RequestForm;
use support::database::Database;
use support::deck::Deck;
use support::run;

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

/// Elliptic-curve keys, which cost nothing, and RSA keys, which cost most of the time.
pub async fn measure(table: &mut Table) {
    let kinds: [(KeyAlgorithm, &str, &[&str], &[&str]); 2] = [
        (KeyAlgorithm::EcP256, "EC P-256", &["-k", "ec", "-q", "nistp256"], &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        (KeyAlgorithm::Rsa2048, "RSA 2048", &["-k", "rsa", "-g", "2048"], &["rsa:2048"]),
    ];
    for (key_algorithm, words, by_certutil, by_openssl) in kinds {
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
        table.push_durations(format!("key and request, {words}"), certdeck, ("certutil -R", certutil), Aim::None);

        let key = deck.room.path().join("key.pem").display().to_string();
        let names = ["-subj", "/C=CH/O=Example/CN=www.example.org", "-addext", "subjectAltName=DNS:www.example.org,DNS:example.org"];
        let arguments = [&["req", "-new", "-nodes", "-keyout", &key, "-newkey"], by_openssl, &names].concat();
        let openssl = timed(|| drop(run::openssl(&arguments, b"")));
        table.push_durations(format!("key and request, {words}"), certdeck, ("openssl req", openssl), Aim::None);
    }
}
