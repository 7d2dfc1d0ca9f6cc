//! A console and one service that it deploys to over and over, being killed each time.

use std::path::PathBuf;

use certdeck_shared::api::client::Client;
use certdeck_shared::api::deployment::{Deployment, DeploymentState, DeploymentStep, StepKind, StepState};
use certdeck_shared::api::plan::{NewPlan, Plan, PlanState};
use support::console::{Console, Options};
use support::daemons::ports;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, create, item};
use support::pki::Pki;
use support::stage::Stage;
use support::transport::Native;

use super::disk::Trap;
use super::told::Told;

/// When the console is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// When this step has begun, counted from 1, as the console tells it.
    Step(usize),
    /// When a step of this kind has begun.
    At(StepKind),
    /// When this write has happened, counted from 1, as the kernel tells it.
    Write(usize),
}

/// A console of its own.
pub struct Scene {
    /// The console, its database, and a CA.
    pub stage: Stage,
    options: Options,
    /// Where the files of the service are.
    files: PathBuf,
    /// Journals of the deployments before.
    journals: Vec<PathBuf>,
    _port: ports::Port,
}

impl Scene {
    /// A console that trusts a CA, and deploys to a service whose files are below a directory. The wrapper starts it.
    pub async fn new(pki: Pki, files: PathBuf, wrapper: Vec<String>) -> Self {
        let room = tempfile::tempdir().unwrap();
        // Always at the same port, so that what signed in once stays so.
        let port = ports::free();
        let listen = format!("127.0.0.1:{}", port.number);
        let options = Options { http: true, listen, wrapper, ..Options::new(room.path().join("data")) };
        let console = Console::start(&options);
        let client = console.set_up().await;
        let path = room.path().join("nss");
        let created = client.add_database(&create(&path)).await.unwrap();
        let database = Database::at(&path, PASSWORD, room.path());
        let deck = Deck { console, client, id: created.id, database, room };
        deck.unlock().await;
        deck.import(vec![item(pki.root(), "root", "CT,C,")]).await;
        Self { stage: Stage { deck, pki }, options, files, journals: Vec::new(), _port: port }
    }

    /// The client, signed in.
    pub fn client(&self) -> &Client<Native> {
        self.stage.client()
    }

    /// A plan that can be applied.
    pub async fn plan(&self, wanted: &NewPlan) -> Plan {
        let plan = self.client().make_plan(wanted).await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.stage.deck.console.log()));
        assert_eq!(plan.state, PlanState::Ready, "{plan:#?}");
        plan
    }

    /// Applies a plan and kills the console; false when the deployment came to its end before that.
    pub async fn killed(&mut self, plan: &Plan, kill: Kill) -> bool {
        self.journals = self.journals();
        let mut told = Told::by(self.client()).await;
        let pid = self.stage.deck.console.pid();
        let trap = match kill {
            Kill::Write(at) => Some(Trap::set(&self.watched(), at, move || pid)),
            Kill::Step(_) | Kill::At(_) => None,
        };
        let is_due = |begun: &[&DeploymentStep]| match kill {
            Kill::Step(at) => at <= begun.len(),
            Kill::At(kind) => begun.iter().any(|step| step.kind == kind),
            Kill::Write(_) => false,
        };
        let watching = async {
            let mut killed = false;
            while let Some(now) = told.next().await {
                // The end may have been told already when the kill came.
                if !matches!(now.state, DeploymentState::Running | DeploymentState::RollingBack) {
                    return killed;
                }
                let begun: Vec<_> = now.steps.iter().filter(|step| step.state != StepState::Waiting).collect();
                if is_due(&begun) {
                    killed = true;
                    support::console::kill_at_once(pid);
                }
            }
            true
        };
        // The call is not answered when the kill comes first.
        let (killed, _) = tokio::join!(watching, self.client().apply_plan(&plan.id));
        let killed = trap.is_some_and(Trap::end) || killed;
        if killed {
            self.stage.deck.console.kill();
        }
        killed
    }

    /// Where everything is that a deployment writes.
    fn watched(&self) -> Vec<PathBuf> {
        let data = self.options.data_dir.clone();
        std::fs::create_dir_all(data.join("deployments/locks")).unwrap();
        vec![data, self.files.clone()]
    }

    /// Starts the console again, which brings everything to an end before it listens.
    pub async fn start_again(&mut self) {
        self.stage.deck.console = Console::start(&self.options);
        self.stage.deck.client = Client::new(self.client().transport().reconnected());
        self.stage.deck.unlock().await;
    }

    /// Starts the console again, and kills it at this write; false when it listened before that.
    pub fn killed_at_start(&mut self, at: usize) -> bool {
        let note = self.stage.deck.room.path().join("pid");
        let script = "echo $$ > \"$0\" && exec \"$@\"";
        let wrapper = ["sh", "-c", script, note.to_str().unwrap()].map(str::to_owned).to_vec();
        let victim = move || std::fs::read_to_string(&note).unwrap().trim().parse().unwrap();
        let trap = Trap::set(&self.watched(), at, victim);
        let started = Console::try_start(&Options { wrapper, ..self.options.clone() });
        let killed = trap.end();
        if let Ok(console) = started {
            self.stage.deck.console = console;
        }
        self.stage.deck.console.kill();
        killed
    }

    /// The newest deployment, when it is another than this one.
    pub async fn newest(&self, before: Option<&str>) -> Option<Deployment> {
        let newest = self.client().deployments().await.unwrap().into_iter().next().filter(|newest| Some(newest.id.as_str()) != before)?;
        Some(self.client().deployment(&newest.id).await.unwrap())
    }

    /// How far the deployment came: the last note of its checkpoint.
    pub fn came_to(&self) -> String {
        let journal = self.journals().into_iter().find(|journal| !self.journals.contains(journal));
        let notes = journal.map(|journal| std::fs::read_to_string(journal).unwrap()).unwrap_or_default();
        notes.lines().last().and_then(|line| line.split('"').nth(1)).unwrap_or("nothing noted").to_owned()
    }

    fn journals(&self) -> Vec<PathBuf> {
        let Ok(folders) = std::fs::read_dir(self.options.data_dir.join("deployments")) else { return Vec::new() };
        folders.map(|entry| entry.unwrap().path().join("journal")).filter(|path| path.exists()).collect()
    }

    /// No checkpoint is half made.
    pub fn checkpoints_are_whole(&self) {
        for folder in std::fs::read_dir(self.options.data_dir.join("deployments")).unwrap().map(|entry| entry.unwrap().path()) {
            let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(folder.ends_with("locks") || folder.join("record.json").exists(), "{} {left:?}", folder.display());
        }
    }
}
