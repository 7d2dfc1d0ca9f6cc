//! Importing by one REST call beside `certutil -A`, one process a certificate.

use std::time::Instant;

use support::certificates::Template;
use support::database::Database;
use support::deck::{self, Deck};

use crate::table::{Aim, Table};

const COUNT: u32 = 1_000;
/// certutil's time is taken for so many and scaled.
const SAMPLE: u32 = 100;

/// New databases, both made by certutil; the same certificates; without trust and with.
pub async fn measure(table: &mut Table) {
    let template = Template::new();
    for (trust, words) in [(",,", "without trust"), ("P,,", "with trust P,,")] {
        let certutil = Database::made_by_certutil();
        let started = Instant::now();
        for number in 0..SAMPLE {
            certutil.add(&Template::nickname(number), trust, &template.numbered(number));
        }
        let scaled = started.elapsed() * (COUNT / SAMPLE);

        let deck = Deck::registered(Database::made_by_certutil()).await;
        let items = (0..COUNT).map(|number| deck::item(template.numbered(number), &Template::nickname(number), trust)).collect();
        let started = Instant::now();
        let report = deck.import(items).await;
        let elapsed = started.elapsed();
        let written = report.certificates.iter().filter(|outcome| outcome.disposition.is_written()).count();
        assert_eq!(written, COUNT as usize);
        let listed = deck.database.listing();
        assert!(listed.len() == COUNT as usize && listed.iter().all(|listed| listed.trust == trust), "certutil agrees");

        let other = format!("certutil -A, {SAMPLE} scaled");
        table.push_durations(format!("importing 1,000 by one REST call, {words}"), elapsed, (&other, scaled), Aim::None);
    }
}
