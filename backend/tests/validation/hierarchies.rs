//! All ten usages on generated hierarchies: `certutil -V -e` and `-l` are the judges, word for word.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use certdeck_shared::validation::{Signed, Times, Usage};

use crate::certutil::Judge;
use crate::generator::{AT, Dice, hierarchy};
use crate::lists::lists;

/// How many hierarchies; the issue wants 500.
const HIERARCHIES: u64 = 540;

/// One comparison that came out differently.
#[derive(Debug)]
#[expect(dead_code, reason = "is printed")]
struct Difference {
    hierarchy: u64,
    place: usize,
    usage: Usage,
    at: i64,
    ours: Vec<String>,
    certutil: Vec<String>,
}

/// Verdict by certutil and by us, for one database.
fn compare(number: u64, leaf: &[u8], judge: &Judge, differences: &Mutex<Vec<Difference>>, tally: &Mutex<BTreeMap<String, usize>>) {
    let store = judge.store();
    let signatures = |signed: Signed, issuer: usize| judge.fact(&store, signed, issuer);
    let mut dice = Dice(number ^ 0xface);
    for (place, certificate) in judge.listing.certificates.iter().enumerate() {
        for usage in Usage::ALL {
            // All usages of the leaf; of the others some, or this would run for an hour.
            if certificate.der != leaf && !dice.chance(25) {
                continue;
            }
            let at = if dice.chance(90) { AT } else { AT + 35 * 24 * 60 * 60 };
            let times = Times { at, now: certdeck::host::now().unix_timestamp() };
            let findings = store.verify(place, usage, times, &signatures);
            let first = findings.reasons.first().map(|reason| reason.error.text().to_owned());
            let said = judge.says(place, usage, at);
            *tally.lock().unwrap().entry(said.clone().unwrap_or_else(|| "valid".to_owned())).or_default() += 1;
            if first != said {
                let difference = Difference {
                    hierarchy: number,
                    place,
                    usage,
                    at,
                    ours: first.into_iter().collect(),
                    certutil: said.into_iter().collect(),
                };
                differences.lock().unwrap().push(difference);
            } else if said.is_some() && dice.chance(20) {
                let name = |place: usize| judge.listing.certificates[place].nickname.clone().unwrap_or_default();
                let ours: Vec<_> =
                    findings.by_depth().iter().map(|reason| format!("{} : {}", name(reason.place), reason.error.text())).collect();
                let listed = judge.lists(place, usage, at);
                if ours != listed {
                    differences.lock().unwrap().push(Difference { hierarchy: number, place, usage, at, ours, certutil: listed });
                }
            }
        }
    }
}

#[test]
fn nss_agrees_on_every_generated_hierarchy() {
    let wanted: Option<u64> = std::env::var("HIERARCHY").ok().map(|number| number.parse().unwrap());
    let (next, differences, tally) = (AtomicU64::new(0), Mutex::new(Vec::new()), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= HIERARCHIES {
                        break;
                    }
                    if wanted.is_some_and(|wanted| wanted != number) {
                        continue;
                    }
                    let hierarchy = hierarchy(number);
                    let mut judge = Judge::new(hierarchy.made.iter().map(|one| (one.der.as_slice(), one.trust)));
                    judge.add_lists(&lists(number, &hierarchy));
                    compare(number, &hierarchy.leaf, &judge, &differences, &tally);
                }
            });
        }
    });
    let (differences, tally) = (differences.into_inner().unwrap(), tally.into_inner().unwrap());
    for (verdict, count) in &tally {
        println!("{count:6} {verdict}");
    }
    let shown: Vec<_> = differences.iter().take(20).map(|one| format!("{one:#?}")).collect();
    assert!(differences.is_empty(), "{} differences of {}:\n{}", differences.len(), tally.values().sum::<usize>(), shown.join("\n"));
    // A generator that makes only one kind of fault would prove nothing.
    if wanted.is_none() {
        assert!(tally.len() >= 14, "every error is met: {tally:?}");
        assert!(tally["Peer's Certificate has been revoked."] > 100, "and revocation often: {tally:?}");
        assert!(tally["valid"] > 1_000, "and many are valid: {tally:?}");
    }
}
