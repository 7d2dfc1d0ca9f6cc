//! A daemon that gets certificates from a console that is killed.

use std::collections::BTreeMap;
use std::path::Path;

use certdeck_shared::api::binding::{Layout, NewBinding};
use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::{FilePurpose, NewPlan, NewPlanPart, OnFailure, Plan};
use certdeck_shared::api::service::Service;
use support::certificates::from_pem;
use support::daemons::{Instance, Start};
use support::pki::{Pair, Pki};

use super::files::{self, Files};
use super::scene::{Kill, Scene};

/// The daemon, and what it serves.
pub struct Daemon {
    instance: Instance,
    service: Service,
    /// What it serves, and what it shall serve next.
    pairs: [Pair; 2],
    scene: Scene,
    /// The deployment before.
    newest: Option<String>,
    rounds: usize,
    /// By how far the checkpoint came before a kill, and whether the new one is served: how often.
    seen: BTreeMap<(String, bool), usize>,
}

impl Daemon {
    /// One that runs, with a console that holds two pairs.
    pub async fn new(start: Start) -> Self {
        let pki = Pki::new();
        let pairs = [pki.pair("odd.example.org"), pki.pair("even.example.org")];
        let instance = start(&pairs[0]);
        let scene = Scene::new(pki, instance.directory().join("etc"), Vec::new()).await;
        for pair in &pairs {
            scene.stage.hold(pair).await;
        }
        let service = scene.stage.register(&instance).await;
        Self { instance, service, pairs, scene, newest: None, rounds: 0, seen: BTreeMap::new() }
    }

    /// Deploys the other pair, kills the console, starts it again, and judges. False when the deployment ended before the kill.
    pub async fn round(&mut self, kill: Kill, layout: Layout) -> bool {
        let plan = self.plan(layout).await;
        let before = self.files();
        let killed = self.scene.killed(&plan, kill).await;
        let came_to = self.scene.came_to();
        if killed {
            self.scene.start_again().await;
        }
        let new = self.judged(&plan, &before, &format!("{kill:?}")).await;
        *self.seen.entry((came_to, new)).or_default() += usize::from(killed);
        killed
    }

    /// The same, and kills the console once more at a write of its next start. False when it listened before that.
    pub async fn killed_twice(&mut self, first: Kill, write: usize) -> bool {
        let (plan, before) = loop {
            let plan = self.plan(Layout::Own).await;
            let before = self.files();
            if self.scene.killed(&plan, first).await {
                break (plan, before);
            }
            self.judged(&plan, &before, "without a kill").await;
        };
        let killed = self.scene.killed_at_start(write);
        let came_to = self.scene.came_to();
        self.scene.start_again().await;
        let new = self.judged(&plan, &before, &format!("{first:?}, and then at write {write} of the start")).await;
        *self.seen.entry((came_to, new)).or_default() += usize::from(killed);
        killed
    }

    fn files(&self) -> Files {
        files::below(&self.instance.directory().join("etc"))
    }

    /// A plan for the other pair: in files of its own that the configuration is made to name, or in those that are there.
    async fn plan(&mut self, layout: Layout) -> Plan {
        self.rounds += 1;
        let directory =
            (layout == Layout::Own).then(|| self.instance.directory().join(format!("etc/own-{}", self.rounds)).display().to_string());
        let binding = NewBinding {
            database: self.scene.stage.deck.id.clone(),
            certificate: self.pairs[1].fingerprint(),
            endpoints: Vec::new(),
            layout,
            directory,
        };
        let binding = self.scene.client().bind(&self.service.id, &binding).await.unwrap();
        let part = NewPlanPart { service: self.service.id.clone(), bindings: Some(vec![binding.id.clone()]), settings: Vec::new() };
        let plan = self.scene.plan(&NewPlan { parts: vec![part], on_failure: OnFailure::ReturnAll }).await;
        self.scene.client().unbind(&self.service.id, &binding.id).await.unwrap();
        plan
    }

    /// Whether it has the new certificate now; everything about it is of one piece, and as the record says.
    async fn judged(&mut self, plan: &Plan, before: &Files, when: &str) -> bool {
        let when = &format!("{:?} {when}", self.instance.kind());
        let record = self.scene.newest(self.newest.as_deref()).await;
        let new = match &record {
            // It was killed before anything was kept of the deployment.
            None => false,
            Some(record) => {
                assert_eq!(record.plan.as_deref(), Some(plan.id.as_str()), "{when}");
                match record.state {
                    DeploymentState::Succeeded => true,
                    DeploymentState::RolledBack => false,
                    _ => panic!("{when}: {record:#?}"),
                }
            }
        };
        self.newest = record.map(|record| record.id).or(self.newest.take());
        if new {
            self.pairs.swap(0, 1);
        }
        let served = &self.pairs[0];
        for endpoint in self.instance.endpoints() {
            let leaf = endpoint.leaf().unwrap_or_else(|words| panic!("{when}: {} is out: {words}", endpoint.name));
            assert!(leaf == served.leaf(), "{when}: {} does not serve what the record says, new: {new}", endpoint.name);
        }
        assert!(self.instance.pid().is_some(), "{when}: it does not run");
        let now = self.files();
        if new {
            written(plan, before, &now, served, when)
        } else {
            files::same(before, &now, when)
        }
        self.scene.checkpoints_are_whole();
        new
    }

    /// Says where it was killed, which must have been everywhere.
    pub fn told(&self, how: &str) {
        let kills: usize = self.seen.values().sum();
        println!("{} {how} {kills} times: {:?}", self.instance.config().display(), self.seen);
        for came_to in ["changing", "activating"] {
            assert!(self.seen.keys().any(|(seen, _)| seen == came_to) || how != "killed", "{:?}", self.seen);
        }
        assert!(kills > 5, "{:?}", self.seen);
    }
}

/// The files are those of the plan, with its owners and modes, and hold the pair; nothing else changed.
fn written(plan: &Plan, before: &Files, now: &Files, pair: &Pair, when: &str) {
    let changes: BTreeMap<&Path, _> =
        plan.parts.iter().flat_map(|part| &part.files).map(|change| (Path::new(&change.path), change)).collect();
    let without = |files: &Files| -> Files {
        let kept =
            files.iter().filter(|(path, _)| !changes.contains_key(path.as_path()) && path.extension().is_none_or(|end| end != "ldif"));
        kept.map(|(path, seen)| (path.clone(), seen.clone())).collect()
    };
    files::same(&without(before), &without(now), when);
    for (path, change) in &changes {
        let after = change.after.as_ref().unwrap();
        let said = support::run::must("stat", &["-c", "%U:%G %04a", path.to_str().unwrap()]);
        assert_eq!(said.trim(), format!("{}:{} {}", after.owner, after.group, after.mode), "{when}: {}", path.display());
        let content = || std::fs::read_to_string(path).unwrap();
        match change.purpose {
            FilePurpose::Certificate => {
                let expected: Vec<_> = [pair.leaf()].into_iter().chain(pair.chain()).collect();
                assert!(from_pem(&content()) == expected, "{when}: {}", path.display());
            }
            FilePurpose::Key => assert!(pair.has_key(&content()), "{when}: {}", path.display()),
            FilePurpose::Configuration => assert_ne!(before.get(*path), now.get(*path), "{when}: {}", path.display()),
            FilePurpose::Directory => {}
            other => panic!("{other:?}"),
        }
    }
}
