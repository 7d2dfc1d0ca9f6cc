//! SIGTERM in the middle of a deployment: what has begun comes to its end before the console does.

use std::time::Duration;

use certdeck_shared::api::deployment::{DeploymentState, StepKind, StepState};
use support::console::Console;
use support::daemons;
use support::poll;
use support::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_comes_to_its_end_before_the_console_does() {
    let mut stage = Stage::new().await;
    let first = stage.pki.pair("mail.example.org");
    stage.hold(&first).await;
    let instances = tokio::task::block_in_place(|| daemons::together(&[daemons::apache::start, daemons::vsftpd::start], &first));
    let mut services = Vec::new();
    for instance in &instances {
        let service = stage.register(instance).await;
        stage.bind(&service, &first).await;
        services.push(service);
    }
    // At the first write, and where the first service has taken the change up and the second has not been touched.
    for (kind, part) in [(StepKind::Write, 0), (StepKind::Probe, 0), (StepKind::Activate, 1)] {
        let next = stage.pki.rekeyed(&first);
        stage.hold(&next).await;
        let plan = stage.plan(&services.iter().collect::<Vec<_>>()).await;
        let begun = stage.deck.client.apply_plan(&plan.id).await.unwrap();
        let reached = async || {
            let deployment = stage.deck.client.deployment(&begun.id).await.unwrap();
            let step = |step: &&certdeck_shared::api::deployment::DeploymentStep| step.kind == kind && step.part == Some(part);
            let step = deployment.steps.iter().find(step).map(|step| step.state);
            (step.is_some_and(|state| state != StepState::Waiting) || deployment.state != DeploymentState::Running).then_some(())
        };
        poll::until("the step", Duration::from_secs(60), reached).await;
        assert!(stage.deck.console.stop(), "it did not end with success:\n{}", stage.deck.console.log());
        let served: Vec<bool> =
            instances.iter().flat_map(|instance| instance.endpoints()).map(|endpoint| endpoint.leaf().unwrap() == next.leaf()).collect();
        assert!(served.iter().all(|new| *new), "{kind:?}: {served:?}");
        stage.deck.console = Console::start(&stage.deck.console.options().clone());
        stage.deck.client = stage.deck.console.sign_in().await;
        let ended = stage.deck.client.deployment(&begun.id).await.unwrap();
        assert_eq!(ended.state, DeploymentState::Succeeded, "{ended:#?}");
        assert!(!stage.deck.console.log().contains("cut short"), "nothing was left for the next start");
        stage.deck.unlock().await;
    }
}
