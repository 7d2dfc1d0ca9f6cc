//! Tomcat without its listener, which its manager tells to read its files again: a reload line of the administrator's, and nothing is restarted.

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::{Disturbance, PlanState};
use certdeck_shared::api::service::ServiceControl;
use support::daemons;
use support::pki::Pki;
use support::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn tomcat_is_told_by_its_manager_and_goes_on_running() {
    let stage = Stage::started_by(Vec::new(), Pki::new()).await;
    let (old, new) = (stage.pki.pair("www.example.org"), stage.pki.pair("shop.example.org"));
    stage.hold(&new).await;
    let instance = tokio::task::block_in_place(|| daemons::tomcat::start_with_manager(&old));
    let process = instance.pid();
    let control = ServiceControl { reload: instance.control().reload.clone(), ..ServiceControl::default() };
    let service = stage.register_with(&instance, control).await;
    stage.bind(&service, &new).await;
    let plan = stage.plan(&[&service]).await;
    let activation = &plan.parts[0].activation;
    assert_eq!((plan.state, activation.disturbance), (PlanState::Ready, Disturbance::Reload), "{plan:#?}");
    let deployed = stage.apply(&plan).await;
    assert_eq!(deployed.state, DeploymentState::Succeeded, "{deployed:#?}");
    assert_eq!((instance.endpoints()[0].leaf().unwrap(), instance.pid()), (new.leaf(), process));
    let returned = stage.roll_back(&deployed).await;
    assert_eq!(returned.state, DeploymentState::Succeeded, "{returned:#?}");
    assert_eq!((instance.endpoints()[0].leaf().unwrap(), instance.pid()), (old.leaf(), process));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_that_does_not_know_who_asks_brings_everything_back() {
    let stage = Stage::started_by(Vec::new(), Pki::new()).await;
    let (old, new) = (stage.pki.pair("www.example.org"), stage.pki.pair("shop.example.org"));
    stage.hold(&new).await;
    let instance = tokio::task::block_in_place(|| daemons::tomcat::start_with_manager(&old));
    let control = ServiceControl { reload: instance.control().reload.clone(), ..ServiceControl::default() };
    let service = stage.register_with(&instance, control).await;
    stage.bind(&service, &new).await;
    let plan = stage.plan(&[&service]).await;
    std::fs::write(instance.directory().join("etc/netrc"), "machine 127.0.0.1 login certdeck password wrong\n").unwrap();
    let deployed = stage.apply(&plan).await;
    assert!(deployed.message.contains("401"), "{deployed:#?}");
    assert_eq!(instance.endpoints()[0].leaf().unwrap(), old.leaf());
    assert_eq!(std::fs::read_to_string(&instance.files().certificate).unwrap(), old.certificate_file());
}
