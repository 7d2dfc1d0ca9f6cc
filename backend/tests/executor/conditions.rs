//! File systems that do not do what is asked of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use certdeck::deploy::executor::Moment;
use certdeck::deploy::plan::{Basis, Content};
use certdeck::host::tree::Tree;
use certdeck_shared::api::deployment::DeploymentState;

use crate::faults::{Meddler, is_as_before};
use crate::scene::{Blind, Scene};
use crate::world::World;

/// A mount, for which root is needed; it goes when this is dropped.
struct Mount(PathBuf);

impl Mount {
    fn new(point: &Path, options: &[&str]) -> Self {
        mount(&[options, &[point.to_str().unwrap()]].concat());
        Self(point.to_owned())
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        system("umount", &["--lazy", self.0.to_str().unwrap()]);
    }
}

fn mount(arguments: &[&str]) {
    assert!(system("mount", arguments), "mount {arguments:?} is not allowed here; run as root, in a container with CAP_SYS_ADMIN");
}

#[expect(clippy::disallowed_methods, reason = "mounts are made by a program of the system")]
fn system(program: &str, arguments: &[&str]) -> bool {
    std::process::Command::new(program).args(arguments).status().unwrap().success()
}

/// To the last byte.
fn fill(directory: &Path) {
    let mut file = std::fs::File::create(directory.join("filler")).unwrap();
    while file.write_all(&[0; 512]).is_ok() {}
}

/// The files of one service are on a small file system of their own.
fn small() -> (Scene, Mount) {
    let scene = Scene::new();
    let mount = Mount::new(&scene.path("mail"), &["-t", "tmpfs", "-o", "size=256k,mode=0755", "certdeck-test"]);
    scene.fill_mail();
    (scene, mount)
}

#[tokio::test]
async fn a_full_disk_is_noticed_before_anything_is_done() {
    let (scene, _mount) = small();
    fill(&scene.path("mail"));
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("KiB free") && outcome.message.contains("Nothing was changed"), "{}", outcome.message);
}

#[tokio::test]
async fn a_disk_that_somebody_fills_in_the_middle_has_room_for_the_way_back() {
    let (scene, _mount) = small();
    let before = scene.snapshot();
    let filling = Meddler::new("mail/key.pem", Moment::After, || fill(&scene.path("mail")));
    let outcome = scene.apply(World::of(&scene), scene.plan(), &filling).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("Make room"), "{}", outcome.message);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_is_named_and_all_is_as_before() {
    let scene = Scene::new();
    let mail = scene.path("mail");
    let _mount = Mount::new(&mail, &["--bind", mail.to_str().unwrap()]);
    mount(&["-o", "remount,bind,ro", mail.to_str().unwrap()]);
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    is_as_before(&scene, &before, &outcome);
    assert!(outcome.message.contains("Read-only file system"), "{}", outcome.message);
}

#[tokio::test]
async fn a_directory_where_a_file_should_be_is_named_and_nothing_is_done() {
    let scene = Scene::new();
    std::fs::remove_file(scene.path("web/certificate.pem")).unwrap();
    std::fs::create_dir(scene.path("web/certificate.pem")).unwrap();
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    assert_eq!((outcome.state, scene.snapshot()), (DeploymentState::RolledBack, before));
    assert!(outcome.message.contains("web/certificate.pem is a directory"), "{}", outcome.message);
}

#[tokio::test]
async fn a_directory_that_is_not_there_or_a_file_in_its_place_is_named_and_all_is_as_before() {
    let scene = Scene::new();
    let mut web = scene.web("new web");
    web.files.retain(|file| file.content != Content::Directory);
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), vec![scene.mail("new mail"), web], &Blind).await;
    assert_eq!((outcome.state, scene.snapshot()), (DeploymentState::RolledBack, before), "{}", outcome.message);
    assert!(outcome.message.contains("web/private/"), "{}", outcome.message);

    let scene = Scene::new();
    scene.file("web/private", "a file", 0o600, (0, 0));
    let mut plan = scene.plan();
    plan[0].basis = vec![Basis::of(&Tree::of_machine(), &scene.path("web/private")).unwrap()];
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), plan, &Blind).await;
    assert_eq!((outcome.state, scene.snapshot()), (DeploymentState::RolledBack, before), "{}", outcome.message);
    assert!(outcome.message.contains("web/private"), "{}", outcome.message);
}

#[tokio::test]
async fn a_directory_that_is_there_gets_its_rights_and_gets_them_back() {
    let scene = Scene::new();
    std::fs::create_dir(scene.path("web/private")).unwrap();
    scene.file("web/private/other", "of somebody", 0o600, (0, 0));
    let before = scene.snapshot();
    let outcome = scene.apply(World::of(&scene), vec![scene.web("refused")], &Blind).await;
    assert_eq!((outcome.state, scene.snapshot()), (DeploymentState::RolledBack, before), "{}", outcome.message);
}

#[tokio::test]
async fn a_file_of_somebody_in_a_new_directory_keeps_it_there() {
    let scene = Scene::new();
    let outcome = scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    assert_eq!(outcome.state, DeploymentState::Succeeded);
    scene.file("web/private/other", "of somebody", 0o600, (0, 0));
    let executor = scene.executor(World::of(&scene));
    let services = executor.plan_return("first").unwrap();
    let locks = executor.lock(&services).unwrap();
    let on_failure = scene.on_failure;
    let order = certdeck::deploy::executor::Order { id: "second".to_owned(), services, materials: Vec::new(), on_failure, locks };
    assert_eq!(executor.apply(order, &Blind).await.state, DeploymentState::Succeeded);
    assert!(scene.path("web/private/other").exists() && !scene.path("web/private/key.pem").exists());
}
