//! kill -9 of worker and server at random instants of all that makes something.

use std::time::{Duration, Instant};

use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::problem::ProblemCode;
use support::console::{Console, Options, kill_at_once, workers_ended};
use support::deck::Deck;

use super::{Ledger, STEPS};
use crate::kills::Instants;

/// Of each step.
const WORKER_KILLS: u32 = 20;
/// Of all steps, which come in turn until the kill.
const SERVER_KILLS: u32 = 24;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_leaves_whole_certificates_and_no_key_behind() {
    let deck = Deck::new().await;
    let (mut ledger, mut instants) = (Ledger::begin(&deck).await, Instants::new());
    let mut broken = [0; STEPS.len()];
    // How long a step took when nothing broke it, so that the kills fall within it on a slow machine as on a fast one.
    let mut usual = [Duration::from_millis(100); STEPS.len()];
    for run in 0..WORKER_KILLS * STEPS.len() as u32 {
        let kind = run as usize % STEPS.len();
        let delay = Duration::from_micros(instants.next(usual[kind].as_micros() as u64));
        let killing = async {
            tokio::time::sleep(delay).await;
            deck.console.workers().into_iter().for_each(kill_at_once);
        };
        let writing = async {
            let began = Instant::now();
            ledger.write(&deck, STEPS[kind], run).await.map(|()| began.elapsed())
        };
        let written = tokio::join!(writing, killing).0;
        if let Ok(took) = written {
            usual[kind] = took.max(Duration::from_millis(20));
        }
        if let Err(error) = written {
            let code = error.code().unwrap_or_else(|| panic!("the console answers with a problem: {error:?}"));
            let expected = [ProblemCode::TokenCrashed, ProblemCode::TokenTimeout, ProblemCode::DatabaseBusy, ProblemCode::TokenLocked];
            assert!(expected.contains(&code), "{:?}: {error:?}", STEPS[kind]);
            broken[kind] += 1;
        }
        if run % 24 == 23 {
            ledger.holds(&deck, run).await;
        }
    }
    eprintln!("broken off: {STEPS:?} {broken:?} of {WORKER_KILLS} each");
    assert!(broken.iter().sum::<u32>() > WORKER_KILLS / 4, "only {broken:?} were hit: the instants are badly chosen");
    ledger.holds(&deck, u32::MAX).await;
    ledger.list_is_good(&deck).await;
    let orphans: Vec<_> = deck.client.keys(&deck.id).await.unwrap().into_iter().filter(|key| key.orphan).collect();
    assert!(orphans.is_empty(), "the console lives, so it takes keys that nothing came of away: {orphans:?}");
    for (place, step) in STEPS.into_iter().enumerate() {
        ledger.write(&deck, step, 10_000 + place as u32).await.unwrap();
    }
    ledger.holds(&deck, u32::MAX).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_that_it_made_and_counts_on() {
    let mut deck = Deck::new().await;
    let (mut ledger, mut instants) = (Ledger::begin(&deck).await, Instants::new());
    let options = Options::new(deck.console.data_dir());
    let mut number = 0;
    for run in 0..SERVER_KILLS {
        let delay = Duration::from_millis(instants.next(1_500));
        let pid = deck.console.pid();
        let first = run as usize;
        let writing = async {
            for step in STEPS.into_iter().cycle().skip(first % STEPS.len()) {
                number += 1;
                match ledger.write(&deck, step, number).await {
                    Ok(()) => {}
                    Err(ClientError::Problem(problem)) => panic!("{problem} in run {run}"),
                    Err(_) => return,
                }
            }
        };
        let killing = async {
            tokio::time::sleep(delay).await;
            kill_at_once(pid);
        };
        tokio::join!(writing, killing);
        deck.console.kill();
        workers_ended(deck.room.path()).await;
        deck.console = Console::start(&options);
        deck.client = deck.console.sign_in().await;
        deck.unlock().await;
        ledger.holds(&deck, run).await;
    }
    let orphans = deck.client.keys(&deck.id).await.unwrap().into_iter().filter(|key| key.orphan).count();
    eprintln!(
        "{} certificates, {} requests, list {}; {orphans} keys were left over",
        ledger.certificates.len(),
        ledger.requests.len(),
        ledger.list
    );
    assert!(orphans <= SERVER_KILLS as usize, "more keys are left over than there were kills");
    assert!(ledger.certificates.len() > 2 || !ledger.requests.is_empty(), "nothing was answered between {SERVER_KILLS} kills");
    ledger.list_is_good(&deck).await;
}
