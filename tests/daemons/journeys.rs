//! From the database to the running daemon by REST: found, bound, planned, applied, renewed, taken back; each step judged by openssl.

use certdeck_shared::api::deployment::{Deployment, DeploymentState, StepState};
use certdeck_shared::api::plan::{CheckStanding, Plan, PlanState};
use certdeck_shared::api::service::Service;
use support::daemons::{self, Instance, Start};
use support::pki::Pair;
use support::run;
use support::stage::Stage;

/// A plan that can be applied, for these ports.
fn ready(plan: &Plan, instances: &[&Instance], pair: &Pair) {
    let failed: Vec<_> = plan.parts.iter().flat_map(|part| &part.checks).filter(|check| check.standing == CheckStanding::Fail).collect();
    assert_eq!((plan.state, failed), (PlanState::Ready, Vec::new()), "{plan:#?}");
    for (part, instance) in plan.parts.iter().zip(instances) {
        let mut asked: Vec<u16> = part.probes.iter().map(|probe| probe.port).collect();
        let mut ports: Vec<u16> = instance.endpoints().iter().map(|endpoint| endpoint.port).collect();
        asked.sort_unstable();
        ports.sort_unstable();
        assert_eq!(asked, ports, "{:?}", instance.kind());
        assert!(part.probes.iter().all(|probe| probe.expected == pair.fingerprint()));
    }
}

/// A deployment of which every step is done, and whose proofs are of this leaf.
fn succeeded(deployment: &Deployment, pair: &Pair) {
    assert_eq!(deployment.state, DeploymentState::Succeeded, "{deployment:#?}");
    let undone: Vec<_> = deployment.steps.iter().filter(|step| step.state != StepState::Done).collect();
    assert_eq!(undone, Vec::<&_>::new());
    let proofs: Vec<_> = deployment.steps.iter().filter_map(|step| step.proof.as_ref()).collect();
    assert!(!proofs.is_empty());
    assert!(proofs.iter().all(|proof| proof.served.as_deref() == Some(&pair.fingerprint())), "{proofs:#?}");
}

fn serves(instances: &[&Instance], pair: &Pair) {
    for endpoint in instances.iter().flat_map(|instance| instance.endpoints()) {
        assert!(endpoint.leaf().unwrap() == pair.leaf(), "{} at {} serves another certificate", endpoint.name, endpoint.port);
    }
}

/// Owner, group and mode of both files.
fn rights(instance: &Instance) -> String {
    let files = instance.files();
    run::must("stat", &["-c", "%U:%G %a %n", files.certificate.to_str().unwrap(), files.key.to_str().unwrap()])
}

/// The whole way of one certificate over some daemons in one deployment; returns how many endpoints it reached.
async fn journey(starts: &[Start]) -> usize {
    let stage = Stage::new().await;
    let first = stage.pki.pair("mail.example.org");
    stage.hold(&first).await;
    let instances = tokio::task::block_in_place(|| daemons::together(starts, &first));
    let instances: Vec<&Instance> = instances.iter().collect();
    let rights_before: Vec<String> = instances.iter().map(|instance| rights(instance)).collect();
    let mut services: Vec<Service> = Vec::new();
    for instance in &instances {
        let service = stage.register(instance).await;
        stage.bind(&service, &first).await;
        services.push(service);
    }
    let services: Vec<&Service> = services.iter().collect();

    // The renewed certificate has the same nickname: the bindings follow it.
    let second = stage.pki.rekeyed(&first);
    stage.hold(&second).await;
    let plan = stage.plan(&services).await;
    ready(&plan, &instances, &second);
    serves(&instances, &first);
    let deployment = stage.apply(&plan).await;
    succeeded(&deployment, &second);
    serves(&instances, &second);
    let rights_now: Vec<String> = instances.iter().map(|instance| rights(instance)).collect();
    assert_eq!(rights_now, rights_before);
    assert_eq!(stage.plan(&services).await.state, PlanState::Unchanged);

    let back = stage.roll_back(&deployment).await;
    succeeded(&back, &first);
    assert_eq!(back.rollback_of.as_deref(), Some(deployment.id.as_str()));
    serves(&instances, &first);

    // And forth again, for a certificate that keeps its key.
    let third = stage.pki.renewed(&second);
    stage.hold(&third).await;
    let plan = stage.plan(&services).await;
    ready(&plan, &instances, &third);
    succeeded(&stage.apply(&plan).await, &third);
    serves(&instances, &third);
    for instance in &instances {
        assert_eq!(instance.stop(), Vec::<u32>::new(), "{:?}", instance.kind());
    }
    instances.iter().map(|instance| instance.endpoints().len()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn apache_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::apache::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dovecot_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::dovecot::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::nginx::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postfix_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::postfix::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slapd_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::slapd::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slapd_with_slapd_conf_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::slapd::start_with_slapd_conf]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tomcat_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::tomcat::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vsftpd_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::vsftpd::start]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn implicit_vsftpd_gets_its_certificate_and_the_way_back() {
    journey(&[daemons::vsftpd::start_implicit]).await;
}

/// The twelve endpoints of Table 2 of the deployment manual, in one deployment.
#[tokio::test(flavor = "multi_thread")]
async fn one_certificate_reaches_all_twelve_endpoints_at_once() {
    let starts: [Start; 6] = [
        daemons::apache::start,
        daemons::tomcat::start,
        daemons::slapd::start,
        daemons::vsftpd::start,
        daemons::postfix::start,
        daemons::dovecot::start,
    ];
    let endpoints = journey(&starts).await;
    assert_eq!(endpoints, 12);
}
