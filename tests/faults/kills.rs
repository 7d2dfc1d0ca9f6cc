//! kill -9 of worker and server at random instants during writes.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use certdeck_shared::api::certificate::{TrustChange, TrustChanges};
use certdeck_shared::api::client::{Client, ClientError};
use certdeck_shared::api::import::Import;
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::Template;
use support::console::{Console, Options, kill_at_once, workers_ended};
use support::database::Database;
use support::deck::{Deck, item};
use support::transport::Native;

const WORKER_KILLS: u32 = 80;
const SERVER_KILLS: u32 = 40;
const MANY_KILLS: u32 = 20;

/// Instants that differ from run to run and can be had again: the seed is printed with a failure.
pub struct Instants(u64);

impl Instants {
    pub fn new() -> Self {
        let seed = std::env::var("CERTDECK_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or_else(|| u64::from(std::process::id()));
        eprintln!("CERTDECK_SEED={seed}");
        Self(seed | 1)
    }

    pub fn next(&mut self, below: u64) -> u64 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % below
    }
}

/// One write, and what it promises when it is answered with success: nickname and trust.
async fn write(client: &Client<Native>, id: &str, template: &Template, number: u32) -> Result<Vec<(String, String)>, ClientError> {
    let trust = ["C,,", "CT,C,C", "P,P,P"][number as usize % 3];
    let numbers = [3 * number, 3 * number + 1, 3 * number + 2];
    let promised: Vec<_> = numbers.iter().map(|number| (Template::nickname(*number), trust.to_owned())).collect();
    let items = numbers.iter().map(|number| item(template.numbered(*number), &Template::nickname(*number), trust)).collect();
    client.import(id, &Import { certificates: items }, false).await?;
    Ok(promised)
}

/// The other kind of write: trust of certificates that are there.
async fn distrust(client: &Client<Native>, id: &str, nicknames: &[String]) -> Result<Vec<(String, String)>, ClientError> {
    let listed = client.certificates(id).await?.certificates;
    let chosen: Vec<_> =
        listed.into_iter().filter(|entry| entry.nickname.as_ref().is_some_and(|nickname| nicknames.contains(nickname))).collect();
    let changes = chosen.iter().map(|entry| TrustChange {
        fingerprint_sha256: entry.fingerprint_sha256.clone(),
        expected: None,
        trust: "p,p,p".to_owned(),
    });
    client.change_trust(id, &TrustChanges { changes: changes.collect() }, None).await?;
    Ok(chosen.into_iter().map(|entry| (entry.nickname.unwrap(), "p,p,p".to_owned())).collect())
}

/// Everything promised is there, as certutil sees it, and the files are whole.
fn holds(database: &Database, promised: &BTreeMap<String, String>, unsure: &[String], run: u32) {
    assert!(database.is_whole(), "after run {run}");
    let found = database.trust();
    for (nickname, trust) in promised {
        // A change that was under way when the kill came may or may not have happened.
        if unsure.contains(nickname) {
            assert!(found.contains_key(nickname), "{nickname} was lost in run {run}");
        } else {
            assert_eq!(found.get(nickname), Some(trust), "{nickname} after run {run}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_worker_loses_nothing_and_the_console_goes_on() {
    let deck = Deck::new().await;
    let (template, mut instants) = (Template::new(), Instants::new());
    let (mut promised, mut broken, mut unsure) = (BTreeMap::new(), 0, Vec::new());
    for run in 0..WORKER_KILLS {
        let before: Vec<String> = promised.keys().rev().take(3).cloned().collect();
        let trust_run = run % 4 == 3 && !before.is_empty();
        let delay = Duration::from_millis(instants.next(120));
        let work = async {
            if trust_run { distrust(&deck.client, &deck.id, &before).await } else { write(&deck.client, &deck.id, &template, run).await }
        };
        let killing = async {
            tokio::time::sleep(delay).await;
            deck.console.workers().into_iter().for_each(kill_at_once);
        };
        match tokio::join!(work, killing).0 {
            Ok(done) => promised.extend(done),
            Err(error) => {
                let code = error.code().unwrap_or_else(|| panic!("the console answers with a problem: {error:?}"));
                assert!(
                    matches!(
                        code,
                        ProblemCode::TokenCrashed | ProblemCode::TokenTimeout | ProblemCode::DatabaseBusy | ProblemCode::TokenLocked
                    ),
                    "{error:?}"
                );
                broken += 1;
                if trust_run {
                    unsure.extend(before);
                }
            }
        }
        // The console goes on, still unlocked, and says what certutil says.
        assert_eq!(deck.client.database(&deck.id).await.unwrap().certificates, Some(deck.listed().await.len()));
        if run % 8 == 7 {
            holds(&deck.database, &promised, &unsure, run);
        }
    }
    holds(&deck.database, &promised, &unsure, WORKER_KILLS);
    deck.certutil_agrees().await;
    assert!(broken > WORKER_KILLS / 20, "only {broken} of {WORKER_KILLS} kills hit a write: the instants are badly chosen");
    let after = write(&deck.client, &deck.id, &template, 10_000).await.unwrap();
    promised.extend(after);
    holds(&deck.database, &promised, &unsure, WORKER_KILLS);
}

/// More than are written one by one: all of them in one transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_while_it_writes_many_leaves_all_of_them_or_none() {
    const MANY: u32 = 150;
    let deck = Deck::new().await;
    let (template, mut instants) = (Template::new(), Instants::new());
    let items = |run: u32| {
        let trust = ["C,,", "CT,C,C", "P,P,P"][run as usize % 3];
        (run * MANY..(run + 1) * MANY).map(|number| item(template.numbered(number), &Template::nickname(number), trust)).collect::<Vec<_>>()
    };
    // How long one takes, for instants that fall into it.
    let started = std::time::Instant::now();
    deck.import(items(0)).await;
    let length = u64::try_from(started.elapsed().as_millis()).unwrap();
    let (mut there, mut broken, mut written) = (vec![0], 0, 0);
    for run in 1..=MANY_KILLS {
        let work = deck.try_import(items(run));
        let delay = Duration::from_millis(instants.next(length));
        let killing = async {
            tokio::time::sleep(delay).await;
            deck.console.workers().into_iter().for_each(kill_at_once);
        };
        let (imported, ()) = tokio::join!(work, killing);
        // By the console, which reads the file: certutil takes longer than all the rest for so many of one issuer.
        let nicknames: HashSet<_> = deck.listed().await.into_iter().filter_map(|entry| entry.nickname).collect();
        let numbers = run * MANY..(run + 1) * MANY;
        let found = numbers.filter(|number| nicknames.contains(&Template::nickname(*number))).count();
        assert!(found == 0 || found == MANY as usize, "{found} of {MANY} are there after run {run}");
        match imported {
            Ok(_) => assert_eq!(found, MANY as usize, "answered and lost in run {run}"),
            Err(error) => {
                let code = error.code();
                let expected = [ProblemCode::TokenCrashed, ProblemCode::TokenTimeout, ProblemCode::DatabaseBusy, ProblemCode::TokenLocked];
                assert!(code.is_some_and(|code| expected.contains(&code)), "{error:?}");
                broken += 1;
                written += usize::from(found > 0);
            }
        }
        if found > 0 {
            there.push(run);
        }
        assert!(deck.database.is_whole(), "after run {run}");
    }
    eprintln!("{broken} of {MANY_KILLS} imports were broken off, {written} of them after they were written");
    assert!(broken > MANY_KILLS / 4, "only {broken} of {MANY_KILLS} kills hit: the instants are badly chosen");
    // What is there is whole: nickname, trust, and a signature that softoken accepts; and the next import is one like any other.
    deck.import(items(MANY_KILLS + 1)).await;
    deck.certutil_agrees().await;
    for run in there {
        let entry = deck.named(&Template::nickname((run + 1) * MANY - 1)).await;
        let authentic = deck.client.certificate(&deck.id, &entry.fingerprint_sha256).await.unwrap().trust_authentic;
        assert_eq!((entry.trust.as_str(), authentic), (["C,,", "CT,C,C", "P,P,P"][run as usize % 3], Some(true)), "run {run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_nothing_that_it_answered() {
    let mut deck = Deck::new().await;
    let (template, mut instants) = (Template::new(), Instants::new());
    let options = Options::new(deck.console.data_dir());
    let (mut promised, mut number) = (BTreeMap::new(), 0);
    for run in 0..SERVER_KILLS {
        let delay = Duration::from_millis(instants.next(400));
        let pid = deck.console.pid();
        let writing = async {
            let mut done = Vec::new();
            loop {
                number += 1;
                match write(&deck.client, &deck.id, &template, number).await {
                    Ok(written) => done.extend(written),
                    Err(ClientError::Problem(problem)) => panic!("{problem} in run {run}"),
                    Err(_) => return done,
                }
            }
        };
        let killing = async {
            tokio::time::sleep(delay).await;
            kill_at_once(pid);
        };
        promised.extend(tokio::join!(writing, killing).0);
        deck.console.kill();
        workers_ended(deck.room.path()).await;
        holds(&deck.database, &promised, &[], run);
        deck.console = Console::start(&options);
        deck.client = deck.console.sign_in().await;
        deck.unlock().await;
    }
    deck.certutil_agrees().await;
    assert!(!promised.is_empty(), "no write was answered between {SERVER_KILLS} kills");
}
