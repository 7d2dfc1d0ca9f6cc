//! Everything that can fail fails once, and from some moment on for ever.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use certdeck::deploy::executor::{Moment, Observer, Outcome};
use certdeck_shared::api::deployment::{DeploymentState, DeploymentStep, StepKind, StepState};
use certdeck_shared::api::plan::OnFailure;

use crate::scene::{Blind, Scene, Snapshot};
use crate::world::World;

/// Asks to stop after some events.
struct Impatient {
    after: usize,
    seen: AtomicUsize,
}

impl Observer for Impatient {
    fn step(&self, _place: usize, _step: &DeploymentStep) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }

    fn file(&self, _path: &Path, _moment: Moment) {
        self.seen.fetch_add(1, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.seen.load(Ordering::Relaxed) > self.after
    }
}

/// Does something to the host at a moment of a file.
pub struct Meddler<F: Fn()> {
    name: &'static str,
    moment: Moment,
    act: Mutex<Option<F>>,
}

impl<F: Fn() + Send> Meddler<F> {
    pub fn new(name: &'static str, moment: Moment, act: F) -> Self {
        Self { name, moment, act: Mutex::new(Some(act)) }
    }
}

impl<F: Fn() + Send> Observer for Meddler<F> {
    fn step(&self, _place: usize, _step: &DeploymentStep) {}

    fn file(&self, path: &Path, moment: Moment) {
        if path.ends_with(self.name) && moment == self.moment {
            let act = self.act.lock().unwrap().take();
            if let Some(act) = act {
                act();
            }
        }
    }
}

pub fn is_as_before(scene: &Scene, before: &Snapshot, outcome: &Outcome) {
    assert_eq!(outcome.state, DeploymentState::RolledBack, "{}", outcome.message);
    assert_eq!(scene.snapshot(), *before, "{}", outcome.message);
    assert!(outcome.steps.iter().all(|step| !matches!(step.state, StepState::Waiting | StepState::Running)), "{:#?}", outcome.steps);
    assert!(scene.executor(World::of(scene)).unfinished().unwrap().is_empty());
}

#[tokio::test]
async fn whatever_call_fails_all_is_new_or_all_is_old() {
    let (mut forward, mut back) = (0, 0);
    for call in 0.. {
        let scene = Scene::new();
        let before = scene.snapshot();
        let world = World::of(&scene).failing_at(call);
        let calls = world.calls.clone();
        let outcome = scene.apply(world, scene.plan(), &Blind).await;
        if calls.load(Ordering::Relaxed) <= call {
            break;
        }
        if outcome.state == DeploymentState::Succeeded {
            assert_eq!((scene.read("running/web"), scene.read("running/mail")), ("new web".to_owned(), "new mail".to_owned()));
            forward += 1;
        } else {
            assert!(outcome.message.contains(&format!("Call {call} failed")), "{}", outcome.message);
            is_as_before(&scene, &before, &outcome);
            back += 1;
        }
    }
    assert_eq!((forward, back), (8, 4), "a probe is asked again; a check and a reload are not");
}

#[tokio::test]
async fn when_nothing_answers_any_more_the_files_are_as_before_and_the_outcome_says_what_to_do() {
    for call in 0..12 {
        let scene = Scene::new();
        let mut before = scene.snapshot();
        let outcome = scene.apply(World::of(&scene).broken_from(call), scene.plan(), &Blind).await;
        assert_eq!(outcome.state, DeploymentState::NeedsAttention);
        assert!(outcome.message.contains("start it again") && outcome.message.contains("deployments/first"), "{}", outcome.message);
        let mut after = scene.snapshot();
        after.retain(|path, _| !path.starts_with(scene.path("running")));
        before.retain(|path, _| !path.starts_with(scene.path("running")));
        assert_eq!(after, before);
        // Once they answer, the way back can be gone again.
        let outcome = scene.executor(World::of(&scene)).recover("first", &Blind).await.unwrap();
        assert_eq!(outcome.state, DeploymentState::RolledBack, "{}", outcome.message);
        assert_eq!((scene.read("running/web"), scene.read("running/mail")), ("old web".to_owned(), "old mail".to_owned()));
    }
}

#[tokio::test]
async fn a_port_that_processes_of_before_still_answer_is_not_proved_until_they_have_ended() {
    // Calls 0 and 1 check and signal; 2 is the first handshake.
    let scene = Scene::new();
    let world = World::of(&scene).with_old_processes(|call| [3, 6].contains(&call));
    let calls = world.calls.clone();
    let outcome = scene.apply(world, vec![scene.web("new web")], &Blind).await;
    assert_eq!(outcome.state, DeploymentState::Succeeded, "{}", outcome.message);
    assert_eq!(calls.load(Ordering::Relaxed), 13, "new, old, new, new, old, three in a row; then the other port");

    let scene = Scene::new();
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene).with_old_processes(|call| call % 2 == 1), vec![scene.web("new web")], &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("The old certificate is still served"), "{}", outcome.message);
}

#[tokio::test]
async fn whenever_somebody_asks_to_stop_everything_is_as_before() {
    let mut stopped = 0;
    for after in 0.. {
        let mut scene = Scene::new();
        // It is everything then, too.
        scene.on_failure = if after % 2 == 0 { OnFailure::ReturnAll } else { OnFailure::KeepDone };
        let before = scene.snapshot();
        let outcome = scene.apply(World::of(&scene), scene.plan(), &Impatient { after, seen: AtomicUsize::new(0) }).await;
        if outcome.state == DeploymentState::Succeeded {
            break;
        }
        assert!(outcome.message.contains("stopped"), "{}", outcome.message);
        is_as_before(&scene, &before, &outcome);
        stopped += 1;
    }
    assert!(stopped > 30, "{stopped}");
}

#[tokio::test]
async fn a_service_that_dies_of_its_new_certificate_is_started_again_with_the_old_one() {
    let scene = Scene::new();
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), vec![scene.mail("new mail"), scene.web("deadly")], &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("There is no connection"), "{}", outcome.message);
    assert!(outcome.steps.iter().any(|step| step.kind == StepKind::Reactivate && step.words.contains("start again")));
    assert_eq!(outcome.steps.iter().filter(|step| step.kind == StepKind::ProbeBefore && step.state == StepState::Done).count(), 4);
}

#[tokio::test]
async fn what_the_program_refuses_is_taken_back_before_the_service_is_touched() {
    let scene = Scene::new();
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), vec![scene.web("refused")], &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("web would not start with this"), "{}", outcome.message);
    let activated =
        |step: &&DeploymentStep| matches!(step.kind, StepKind::Activate | StepKind::Reactivate) && step.state != StepState::Skipped;
    assert_eq!(outcome.steps.iter().find(activated), None);
}

#[tokio::test]
async fn those_that_were_done_may_keep_the_new_certificate() {
    let mut scene = Scene::new();
    scene.on_failure = OnFailure::KeepDone;
    let outcome = scene.apply(World::of(&scene), vec![scene.mail("new mail"), scene.web("refused")], &Blind).await;
    assert_eq!(outcome.state, DeploymentState::Partly, "{}", outcome.message);
    assert_eq!((scene.read("running/web"), scene.read("running/mail")), ("old web".to_owned(), "new mail".to_owned()));
    assert_eq!((scene.read("web/site.conf"), scene.read("mail/key.pem")), ("key none\n".to_owned(), "new key of mail".to_owned()));
}

#[tokio::test]
async fn services_that_share_a_file_are_not_taken_back_apart() {
    let mut scene = Scene::new();
    scene.on_failure = OnFailure::KeepDone;
    let before = scene.snapshot();
    let (mail, mut web) = (scene.mail("new mail"), scene.web("refused"));
    web.files.push(mail.files[0].clone());
    let outcome = scene.apply(World::of(&scene), vec![mail, web], &Blind).await;
    is_as_before(&scene, &before, &outcome);
}

#[tokio::test]
async fn what_changed_since_the_plan_stops_it_before_anything_is_done() {
    let scene = Scene::new();
    let plan = scene.plan();
    let locks = scene.lock();
    scene.file("mail/certificate.pem", "by somebody", 0o640, (0, 8));
    let before = scene.snapshot();
    let executor = scene.executor(World::of(&scene));
    assert!(executor.lock(&scene.plan()).is_err());
    let order = certdeck::deploy::executor::Order {
        id: "first".to_owned(),
        services: plan,
        materials: Vec::new(),
        on_failure: OnFailure::ReturnAll,
        locks,
    };
    let outcome = executor.apply(order, &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(
        outcome.message.contains("mail/certificate.pem changed") && outcome.message.contains("Nothing was changed"),
        "{}",
        outcome.message
    );
    assert!(!scene.checkpoints().join("first").exists());
}

#[tokio::test]
async fn nothing_is_lost_of_what_somebody_changes_meanwhile() {
    // Before its turn comes: the deployment stops, and that file is not touched.
    let scene = Scene::new();
    let change = || scene.file("mail/certificate.pem", "old mail by somebody", 0o640, (0, 8));
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Meddler::new("site.conf", Moment::After, change)).await;
    assert_eq!(outcome.state, DeploymentState::RolledBack, "{}", outcome.message);
    assert_eq!(scene.read("mail/certificate.pem"), "old mail by somebody");
    assert_eq!((scene.read("mail/key.pem"), scene.read("running/web")), ("old key of mail".to_owned(), "old web".to_owned()));

    // After it was written: what belongs together comes back, and what somebody wrote is kept.
    let scene = Scene::new();
    let before = scene.snapshot();
    let change = || scene.file("mail/certificate.pem", "garbage", 0o640, (0, 8));
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Meddler::new("mail/certificate.pem", Moment::After, change)).await;
    is_as_before(&scene, &before, &outcome);
    let kept = outcome.message.split_once("that content is in ").unwrap().1.split_once(" now").unwrap().0;
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "garbage");
}
