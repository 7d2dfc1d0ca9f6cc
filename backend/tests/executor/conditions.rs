//! File systems that do not do what is asked of them.

use certdeck::deploy::plan::{Basis, Content};
use certdeck::host::tree::Tree;
use certdeck_shared::api::deployment::DeploymentState;

use crate::scene::{Blind, Scene};
use crate::world::World;

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
