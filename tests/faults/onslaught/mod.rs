//! kill -9 of everything that the console is made of, at random instants while scripts write and a daemon is deployed to: no answered write is
//! lost, no file is torn, the daemon never is without TLS, and the audit log holds what was answered.
//!
//! `make test` does it a few times, `make kills` a thousand times: half of them to a console that is root, half to one that asks a helper.

mod deploying;
mod judgement;
mod ledger;
mod load;
mod victims;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::client::Client;
use certdeck_shared::api::role::{Grants, Role};
use support::console::{Console, Options, program, workers_ended};
use support::daemons::{self, ports};
use support::helper::{self, Helper};
use support::pki::Pki;
use support::poll;
use support::stage::Stage;
use support::transport::Native;

use crate::kills::Instants;
use deploying::Daemon;
use load::Load;
use victims::Victim;

/// Kills of both consoles in `make test`; `KILLS` says how many elsewhere.
const FEW: u64 = 32;
/// How long a victim may not be there.
const PATIENCE: Duration = Duration::from_secs(60);

/// A console at a port that it keeps, and what writes to it.
struct Scene {
    stage: Stage,
    options: Options,
    load: Arc<Load>,
    daemon: Arc<Daemon>,
    helper: Option<Helper>,
    /// The last entry of the audit log and its digest.
    head: Option<(i64, String)>,
    _port: ports::Port,
}

impl Scene {
    /// With a helper, the console runs as a user who may neither read the keys of the daemon nor tell it anything.
    async fn new(helped: bool) -> Self {
        let pki = Pki::new();
        let pairs = [pki.pair("odd.example.org"), pki.pair("even.example.org")];
        let instance = daemons::apache::start(&pairs[0]);
        let helper = helped.then(|| {
            helper::close(&instance);
            Helper::new(&[&instance], None)
        });
        let room = tempfile::tempdir().unwrap();
        let port = ports::free();
        let options = match &helper {
            Some(helper) => helper::options_of_a_user(room.path(), &helper::asking(&helper.socket())),
            None => Options::new(room.path().join("data")),
        };
        let options = Options { http: true, listen: format!("127.0.0.1:{}", port.number), ..options };
        let mut stage = Stage::furnished(room, Console::start(&options), pki).await;
        for pair in &pairs {
            stage.hold(pair).await;
        }
        let service = stage.register(&instance).await;
        let grants = Grants::everywhere(Role::Administrator);
        let new = NewApiToken { label: "load".to_owned(), grants, expires_in_days: None, unattended: true };
        let secret = stage.client().create_api_token(&new).await.unwrap().secret;
        stage.deck.client = Client::new(Native::with_token(&stage.deck.console.origin, &secret));
        let load = Load::new(Client::new(stage.client().transport().clone()), &stage.deck.id);
        let daemon = Daemon::new(instance, service, pairs, helped);
        Self { stage, options, load, daemon, helper, head: None, _port: port }
    }

    /// Lets everything work, and kills; true when there was something to kill.
    async fn kill(&mut self, victim: Victim, instants: &mut Instants) -> bool {
        if victim.deploys() {
            poll::until_true("a deployment", PATIENCE, async || self.daemon.is_under_way()).await;
        }
        tokio::time::sleep(Victim::delay(instants)).await;
        let began = Instant::now();
        while !victim.kill(&self.stage.deck.console, self.helper.as_ref(), instants) {
            if began.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        true
    }

    /// Nothing works any more. The console is started again if it was killed, and everything is looked at.
    async fn judge(&mut self, victim: Victim, when: &str) {
        let load = Arc::clone(&self.load);
        let _turn = load.gate.write().await;
        let fault = |words: String| load.ledger.lock().unwrap().faults.push(format!("{when}: {words}"));
        self.daemon.serves_tls().err().into_iter().for_each(fault);
        if victim.is_server() {
            self.start_again().await;
        }
        let deck = &self.stage.deck;
        if !deck.database.is_whole() || !judgement::state_is_whole(deck.console.data_dir()) {
            fault("a database is torn".to_owned());
        }
        let there = judgement::by_rest(&deck.client, &deck.id).await;
        load.ledger.lock().unwrap().settle(&there, when);
        deck.certutil_agrees().await;
        let mut without = judgement::requests_without_key(&deck.client, &deck.id, &deck.database).await;
        without.retain(|thing| !load.ledger.lock().unwrap().half_removed.contains(thing));
        if !without.is_empty() {
            fault(format!("requests without their key: {without:?}"));
        }
        let newest = deck.client.deployments().await.unwrap().into_iter().next();
        let newest = match newest {
            Some(newest) => Some(deck.client.deployment(&newest.id).await.unwrap()),
            None => None,
        };
        self.daemon.settle(newest.as_ref()).err().into_iter().for_each(fault);
        let kept = self.head.as_ref().map(|(_, digest)| digest.as_str());
        match judgement::audit_head(&program(), deck.console.data_dir(), kept) {
            Ok(head) => {
                let after = self.head.replace(head).map(|(entry, _)| entry);
                let lines = deck.client.export_audit(after).await.unwrap();
                load.ledger.lock().unwrap().settle_audit(&String::from_utf8_lossy(&lines), when);
            }
            Err(words) => fault(words),
        }
    }

    async fn start_again(&mut self) {
        let deck = &mut self.stage.deck;
        deck.console.kill();
        workers_ended(deck.room.path()).await;
        deck.console = Console::start(&self.options);
        deck.client = Client::new(deck.client.transport().reconnected());
        self.load.reconnect();
        deck.unlock().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_answered_is_lost_whoever_is_killed_under_load() {
    onslaught(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_either_where_the_console_is_a_user_and_the_helper_is_killed_too() {
    onslaught(true).await;
}

async fn onslaught(helped: bool) {
    let wanted: u64 = std::env::var("KILLS").map_or(FEW, |text| text.parse().expect("KILLS is a number")) / 2;
    let mut instants = Instants::new();
    let mut scene = Scene::new(helped).await;
    scene.load.begin();
    scene.daemon.begin(&scene.load);
    let mut killed: BTreeMap<Victim, u64> = BTreeMap::new();
    let began = Instant::now();
    for number in 1..=wanted {
        let victim = Victim::any(&mut instants, helped);
        let when = format!("kill {number}, {victim:?}");
        assert!(scene.kill(victim, &mut instants).await, "{when}: there was none in {PATIENCE:?}");
        *killed.entry(victim).or_default() += 1;
        scene.judge(victim, &when).await;
        let (faults, answered) = {
            let ledger = scene.load.ledger.lock().unwrap();
            (ledger.faults.clone(), ledger.answered)
        };
        assert!(faults.is_empty(), "{faults:#?}");
        if number % 50 == 0 {
            eprintln!("{number} kills after {:?}: {answered} writes answered", began.elapsed());
        }
    }
    scene.load.over.store(true, Ordering::Relaxed);
    let ledger = scene.load.ledger.lock().unwrap();
    let deployed = scene.daemon.deployed.load(Ordering::Relaxed);
    println!(
        "{killed:?}: {} writes answered, none lost; {} broken off, {} of them done all the same; {deployed} deployments seen to succeed; \
         audit log intact to entry {}",
        ledger.answered,
        ledger.broken,
        ledger.done_all_the_same,
        scene.head.as_ref().map_or(0, |(entry, _)| *entry),
    );
    assert!(ledger.answered > wanted && ledger.broken > wanted / 10, "the load is too light");
}
