//! What goes wrong with files on their way into a running daemon: whatever it is, the old certificate is served at the end, by the same files
//! with the same owners and modes, and the record names the cause.

use std::rc::Rc;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::service::{Service, ServiceChange, ServiceControl, ServiceKind};
use support::daemons::{self, Instance};
use support::flaws::Flaw;
use support::pki::Pair;
use support::run;
use support::stage::Stage;

/// Content, owners and modes of what the daemon is given.
fn files(instance: &Instance) -> (Vec<Vec<u8>>, String) {
    let paths = [&instance.files().certificate, &instance.files().key];
    let rights = run::must("stat", &["-c", "%U:%G %a", paths[0].to_str().unwrap(), paths[1].to_str().unwrap()]);
    (paths.map(|path| std::fs::read(path).unwrap()).into(), rights)
}

/// Daemons that read keys as root do not mind that nobody else can.
fn minds(kind: ServiceKind, flaw: Flaw) -> bool {
    flaw != Flaw::UnreadableKey || matches!(kind, ServiceKind::Slapd | ServiceKind::Tomcat)
}

/// Deploys a good pair, with which the flaw gets into the files before the daemon reads them.
async fn no_outage(stage: &Stage, instance: &Instance, service: &Service, flaw: Flaw, pairs: (&Pair, &Pair)) {
    let kind = instance.kind();
    let (old, new) = pairs;
    let before = files(instance);
    let check = Some(flaw.behind_the_check(&stage.pki, new, instance));
    let control = ServiceControl { check, reload: None, restart: Some(instance.control().restart.clone()) };
    let change = ServiceChange { control: Some(control), ..ServiceChange::default() };
    stage.client().change_service(&service.id, &change).await.unwrap();
    let plan = stage.plan(&[service]).await;
    assert_eq!(plan.state, PlanState::Ready, "{kind:?}: {plan:#?}");
    let deployment = stage.apply(&plan).await;
    println!("{kind:?}, {flaw:?}: {}", deployment.message);
    assert_eq!(deployment.state, DeploymentState::RolledBack, "{kind:?}, {flaw:?}: {deployment:#?}");
    for endpoint in instance.endpoints() {
        let leaf = endpoint.leaf().unwrap_or_else(|words| panic!("{kind:?}, {flaw:?}: {} is out: {words}", endpoint.name));
        assert!(leaf == old.leaf(), "{kind:?}, {flaw:?}: {} serves another certificate", endpoint.name);
    }
    assert_eq!(files(instance), before, "{kind:?}, {flaw:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_flaw_is_an_outage() {
    let stage = Rc::new(Stage::new().await);
    let old = stage.pki.pair("mail.example.org");
    let new = stage.pki.rekeyed(&old);
    stage.hold(&old).await;
    stage.hold(&new).await;
    let instances = tokio::task::block_in_place(|| daemons::together(&daemons::EVERY, &old));
    daemons::side_by_side(instances, |instance| {
        let (stage, old, new) = (Rc::clone(&stage), old.clone(), new.clone());
        async move {
            let service = stage.register(&instance).await;
            stage.bind(&service, &new).await;
            for flaw in Flaw::BREAKING.into_iter().filter(|flaw| minds(instance.kind(), *flaw)) {
                no_outage(&stage, &instance, &service, flaw, (&old, &new)).await;
            }
        }
    })
    .await;
}
