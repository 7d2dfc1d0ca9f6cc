//! kill -9 at every event of a deployment, and at every event of the recovery after it.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use certdeck::deploy::executor::{Moment, Observer};
use certdeck_shared::api::deployment::{DeploymentState, DeploymentStep};
use certdeck_shared::api::plan::OnFailure;

use crate::scene::{Blind, Scene, Snapshot};
use crate::world::World;

const ROOT: &str = "CERTDECK_TEST_ROOT";
const EVENT: &str = "CERTDECK_TEST_EVENT";
const WORK: &str = "CERTDECK_TEST_WORK";

/// Ends the process at an event as a kill from outside does.
struct Killed {
    at: usize,
    seen: AtomicUsize,
}

impl Killed {
    fn event(&self) {
        if self.seen.fetch_add(1, Ordering::Relaxed) == self.at {
            let own = rustix::process::getpid();
            rustix::process::kill_process(own, rustix::process::Signal::KILL).unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

impl Observer for Killed {
    fn step(&self, _place: usize, _step: &DeploymentStep) {
        self.event();
    }

    fn file(&self, _path: &Path, _moment: Moment) {
        self.event();
    }
}

/// Not a test of its own: what is killed.
#[tokio::test]
async fn child() {
    let Ok(root) = std::env::var(ROOT) else { return };
    let scene = Scene::at(Path::new(&root));
    let observer = Killed { at: std::env::var(EVENT).unwrap().parse().unwrap(), seen: AtomicUsize::new(0) };
    match std::env::var(WORK).unwrap().as_str() {
        "recover" => {
            let executor = scene.executor(World::of(&scene));
            for id in executor.unfinished().unwrap() {
                executor.recover(&id, &observer).await.unwrap();
            }
        }
        work => {
            scene.deploy(work, &observer).await;
        }
    }
}

impl Scene {
    async fn deploy(&self, work: &str, observer: &dyn Observer) {
        let mut scene = Self::at(&self.root);
        let mut services = scene.plan();
        match work {
            "all" => {}
            // The second one fails, so that the kill falls into a way back as well.
            "failing" => services = vec![scene.mail("new mail"), scene.web("deadly")],
            "keeping" => {
                services = vec![scene.mail("new mail"), scene.web("refused")];
                scene.on_failure = OnFailure::KeepDone;
            }
            other => panic!("{other}"),
        }
        scene.apply(World::of(&scene), services, observer).await;
    }
}

/// Whether it was killed; false when it came to its end before that event.
#[expect(clippy::disallowed_methods, reason = "this test itself is started again, to be killed")]
fn killed(scene: &Scene, work: &str, event: usize) -> bool {
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kills::child", "--nocapture", "--test-threads=1"])
        .envs([(ROOT, scene.root.to_str().unwrap()), (EVENT, &event.to_string()), (WORK, work)])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success() || status.signal() == Some(9), "{status}");
    !status.success()
}

async fn recovered(scene: &Scene) -> Option<DeploymentState> {
    let executor = scene.executor(World::of(scene));
    let unfinished = executor.unfinished().unwrap();
    let mut state = None;
    for id in unfinished {
        state = Some(executor.recover(&id, &Blind).await.unwrap().state);
    }
    assert!(executor.unfinished().unwrap().is_empty());
    state
}

/// What each way of ending leaves.
struct Ends {
    old: Snapshot,
    new: Snapshot,
}

impl Ends {
    async fn of(work: &str) -> (Self, Scene) {
        let scene = Scene::new();
        let old = scene.snapshot();
        scene.deploy(work, &Blind).await;
        (Self { old, new: scene.snapshot() }, scene)
    }

    /// Relative paths: every scene is in another folder.
    fn holds(&self, (made, scene): (&Scene, &Scene), state: Option<DeploymentState>, when: &str) -> bool {
        let relative = |snapshot: &Snapshot, root: &Path| -> Vec<(String, String)> {
            let name = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
            snapshot.iter().map(|(path, seen)| (name(path), seen.clone())).collect()
        };
        let found = relative(&scene.snapshot(), &scene.root);
        let new = match state {
            // It had ended, or had not begun to change anything.
            None => found == relative(&self.new, &made.root),
            Some(DeploymentState::RolledBack) => false,
            Some(DeploymentState::Succeeded | DeploymentState::Partly) => true,
            Some(other) => panic!("{other:?} {when}"),
        };
        assert_eq!(found, relative(if new { &self.new } else { &self.old }, &made.root), "{when}, {state:?}");
        new
    }
}

#[tokio::test]
async fn a_deployment_that_is_killed_at_any_event_is_finished_or_taken_back_at_the_next_start() {
    let (mut old, mut new) = (0, 0);
    for work in ["all", "failing", "keeping"] {
        let (ends, made) = Ends::of(work).await;
        for event in 0.. {
            let scene = Scene::new();
            let was_killed = killed(&scene, work, event);
            let state = recovered(&scene).await;
            let is_new = ends.holds((&made, &scene), state, &format!("{work} killed at event {event}"));
            *(if is_new { &mut new } else { &mut old }) += 1;
            if !was_killed {
                break;
            }
        }
    }
    eprintln!("{old} times everything was old afterwards, {new} times new");
    assert!(old > 100 && new > 5);
}

#[tokio::test]
async fn a_recovery_that_is_killed_at_any_event_is_gone_on_with() {
    let mut kills = 0;
    for work in ["all", "keeping"] {
        let (ends, made) = Ends::of(work).await;
        // While files are written, while services take them up, and when nearly all is done.
        for event in [20, 31, 44] {
            for second in 0.. {
                let scene = Scene::new();
                assert!(killed(&scene, work, event));
                let was_killed = killed(&scene, "recover", second);
                kills += usize::from(was_killed);
                // Once more in the middle, and then to the end.
                killed(&scene, "recover", second / 2);
                recovered(&scene).await;
                let when = format!("{work} killed at event {event}, recovery at {second}");
                ends.holds((&made, &scene), None, &when);
                if !was_killed {
                    break;
                }
            }
        }
    }
    eprintln!("{kills} recoveries were killed");
    assert!(kills > 60);
}
