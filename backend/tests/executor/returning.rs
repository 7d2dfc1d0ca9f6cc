//! The return to what was before a deployment.

use certdeck::deploy::executor::{Order, Refusal};
use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::OnFailure;

use crate::scene::{Blind, Scene};
use crate::world::World;

#[tokio::test]
async fn a_deployment_is_taken_back_later_and_that_may_be_taken_back_too() {
    let scene = Scene::new();
    let before = scene.snapshot();
    scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    let new = scene.snapshot();
    let executor = scene.executor(World::of(&scene));
    for (id, of, expected) in [("second", "first", &before), ("third", "second", &new)] {
        let services = executor.plan_return(of).unwrap();
        let locks = executor.lock(&services).unwrap();
        let order = Order { id: id.to_owned(), services, materials: Vec::new(), on_failure: OnFailure::ReturnAll, locks };
        let outcome = executor.apply(order, &Blind).await;
        assert_eq!(outcome.state, DeploymentState::Succeeded, "{}", outcome.message);
        assert_eq!(scene.snapshot(), *expected);
    }
}

#[tokio::test]
async fn a_return_that_fails_leaves_the_new_state() {
    let scene = Scene::new();
    scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    let new = scene.snapshot();
    for call in [0, 1, 4, 5] {
        let executor = scene.executor(World::of(&scene).failing_at(call));
        let services = executor.plan_return("first").unwrap();
        let locks = executor.lock(&services).unwrap();
        let id = format!("return-{call}");
        let outcome = executor.apply(Order { id, services, materials: Vec::new(), on_failure: OnFailure::ReturnAll, locks }, &Blind).await;
        assert_eq!(outcome.state, DeploymentState::RolledBack, "{}", outcome.message);
        assert_eq!(scene.snapshot(), new);
    }
}

#[tokio::test]
async fn what_changed_since_is_not_taken_back_and_what_never_stood_neither() {
    let scene = Scene::new();
    scene.apply(World::of(&scene), scene.plan(), &Blind).await;
    let executor = scene.executor(World::of(&scene));
    scene.file("web/site.conf", "by hand\n", 0o644, (0, 0));
    assert!(matches!(executor.plan_return("first"), Err(Refusal::Stale(words)) if words.contains("web/site.conf")));
    assert!(matches!(executor.plan_return("none"), Err(Refusal::NoCheckpoint(_))));
    let scene = Scene::new();
    scene.apply(World::of(&scene), vec![scene.web("refused")], &Blind).await;
    assert!(matches!(scene.executor(World::of(&scene)).plan_return("first"), Err(Refusal::NotReturnable(_))));
}
