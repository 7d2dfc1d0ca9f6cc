//! Importing by one REST call beside `certutil -A`, one process a certificate.

use std::time::Instant;

use support::certificates::Template;
use support::database::Database;
use support::deck::{self, Deck};

use crate::table::{Aim, Table, thousands};

/// certutil's time is taken for so many, in a database that is empty at first, and scaled; it needs longer the more there are.
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
        let sample = started.elapsed();
        for (count, aim) in [(1_000, Aim::None), (10_000, if trust == "P,," { Aim::AtLeast(50.0) } else { Aim::None })] {
            let deck = Deck::registered(Database::made_by_certutil()).await;
            let items = (0..count).map(|number| deck::item(template.numbered(number), &Template::nickname(number), trust)).collect();
            let started = Instant::now();
            let report = deck.import(items).await;
            let elapsed = started.elapsed();
            let written = report.certificates.iter().filter(|outcome| outcome.disposition.is_written()).count();
            assert_eq!(written, count as usize);
            if count == 1_000 {
                let listed = deck.database.listing();
                assert!(listed.len() == count as usize && listed.iter().all(|listed| listed.trust == trust), "certutil agrees");
            } else {
                // certutil -L takes minutes for these; of one it says at once.
                let listed = deck.listed().await;
                assert!(listed.len() == count as usize && listed.iter().all(|entry| entry.trust == trust));
                let last = Template::nickname(count - 1);
                assert_eq!(deck.database.der(&last), template.numbered(count - 1));
            }
            let other = format!("certutil -A, {SAMPLE} scaled");
            let measure = format!("importing {} by one REST call, {words}", thousands(f64::from(count)));
            table.push_durations(measure, elapsed, (&other, sample * (count / SAMPLE)), aim);
        }
    }
}
