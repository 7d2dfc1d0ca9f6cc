//! What becomes of services when all is well.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use certdeck::deploy::executor::Refusal;
use certdeck_shared::api::deployment::{DeploymentState, StepState};
use time::OffsetDateTime;

use crate::scene::{Blind, Scene};
use crate::world::World;

#[tokio::test]
async fn files_come_with_owner_mode_and_list_and_every_port_is_proved() {
    let scene = Scene::new();
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    assert_eq!(outcome.state, DeploymentState::Succeeded, "{}", outcome.message);
    assert!(outcome.steps.iter().all(|step| step.state == StepState::Done), "{:#?}", outcome.steps);
    assert_eq!(outcome.steps.iter().filter(|step| step.proof.is_some()).count(), 4);
    let after = scene.snapshot();
    let at = |name: &str| after[&scene.path(name)].as_str();
    assert_eq!(at("web/certificate.pem"), "100644 0:0 \"new web\" Labels({})", "the link became a file");
    assert_eq!(at("shared/snakeoil.pem"), before[&scene.path("shared/snakeoil.pem")], "what it pointed to was not written");
    assert!(at("web/private").starts_with("40710 0:33"), "{}", at("web/private"));
    assert!(at("web/private/key.pem").starts_with("100600 0:0"));
    assert!(at("web/site.conf").contains("user.comment"));
    assert!(at("mail/key.pem").starts_with("100640 8:12 \"new key of mail\""));
    let list = |snapshot: &str| snapshot.split_once("Labels").unwrap().1.to_owned();
    assert_eq!(list(at("mail/key.pem")), list(&before[&scene.path("mail/key.pem")]));
    assert_eq!((scene.read("running/web"), scene.read("running/mail")), ("new web".to_owned(), "new mail".to_owned()));
    let beside = before.keys().filter(|path| !after.contains_key(*path)).count();
    assert_eq!((after.len() - before.len(), beside), (2, 0), "the directory and the key in it, and nothing temporary");
    // It is over for the next start, and the services are free again.
    assert!(scene.executor(World::of(&scene)).unfinished().unwrap().is_empty());
    drop(scene.lock());
}

#[tokio::test]
async fn a_checkpoint_is_for_nobody_else_and_goes_when_it_is_old() {
    let scene = Scene::new();
    scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    let folder = scene.checkpoints().join("first");
    assert_eq!((mode(&scene.checkpoints()), mode(&folder)), (0o700, 0o700));
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 5, "the record, the journal, and three copies");
    assert!(files.iter().all(|file| mode(file) == 0o600));
    let executor = scene.executor(World::of(&scene));
    executor.prune(OffsetDateTime::UNIX_EPOCH).unwrap();
    assert!(folder.exists());
    executor.prune(certdeck::host::now() + time::Duration::minutes(1)).unwrap();
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_service_is_deployed_to_by_one_at_a_time() {
    let scene = Scene::new();
    let executor = scene.executor(World::of(&scene));
    let held = executor.lock(&[scene.web("new web")]).unwrap();
    assert!(matches!(executor.lock(&scene.plan()).unwrap_err(), Refusal::Running(label) if label == "web"));
    drop(executor.lock(&[scene.mail("new mail")]).unwrap());
    // Another service that names a file of the first.
    let mut other = scene.mail("new mail");
    other.files.extend(scene.web("new web").files);
    assert!(matches!(executor.lock(&[other]).unwrap_err(), Refusal::Running(_)));
    drop(held);
    executor.lock(&scene.plan()).unwrap();
}
