//! A deployment that could not be taken back: somebody mends what was in the way, and its way back is gone once more.

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::service::ServiceControl;
use support::deck::refusal;
use support::stage::Stage;
use support::{daemons, flaws};

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_failed_is_gone_again_when_its_cause_is_mended() {
    let stage = Stage::new().await;
    let (old, new) = (stage.pki.pair("old.example.org"), stage.pki.pair("new.example.org"));
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&old));
    stage.hold(&new).await;
    let files = || [&nginx.files().certificate, &nginx.files().key].map(|path| std::fs::read(path).unwrap());
    let before = files();
    let broken = flaws::fails(nginx.directory(), "the moon is in the wrong quarter");
    let control = ServiceControl { check: None, reload: Some(broken.clone()), restart: Some(broken.clone()) };
    let service = stage.register_with(&nginx, control).await;
    stage.bind(&service, &new).await;
    let failed = stage.apply(&stage.plan(&[&service]).await).await;
    assert_eq!(failed.state, DeploymentState::NeedsAttention, "{failed:#?}");
    assert!(failed.message.contains("the moon is in the wrong quarter"), "{}", failed.message);

    let again = stage.roll_back(&failed).await;
    assert_eq!(again.state, DeploymentState::NeedsAttention, "nothing was mended: {again:#?}");
    assert_eq!(again.id, failed.id, "it is the same deployment");

    flaws::mend(&broken, &nginx.control().restart);
    let back = stage.roll_back(&failed).await;
    let failed_id = failed.id;
    assert_eq!((&back.id, back.state), (&failed_id, DeploymentState::RolledBack), "{}", back.message);
    assert!(back.steps.iter().any(|step| step.words.contains("put back")), "{:#?}", back.steps);
    assert_eq!(files(), before);
    nginx.until_served(&old.leaf());
    assert_eq!(refusal(stage.client().roll_back(&failed_id).await), ProblemCode::NotReturnable);
}
