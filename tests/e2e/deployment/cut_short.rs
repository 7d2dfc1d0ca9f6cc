//! Deployments whose record has no end, because the console was killed before their checkpoint was there.

use certdeck_shared::api::client::AuditQuery;
use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::OnFailure;
use support::console::{Console, Options};
use support::deck;
use time::OffsetDateTime;

#[tokio::test]
async fn one_that_never_began_is_at_its_end_after_the_next_start() {
    let (_room, mut console, _) = deck::empty().await;
    let data_dir = console.data_dir().to_owned();
    console.kill();
    let kept = Deployment {
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        plan: None,
        rollback_of: None,
        state: DeploymentState::Running,
        message: String::new(),
        on_failure: OnFailure::ReturnAll,
        parts: Vec::new(),
        steps: Vec::new(),
        job: None,
        returnable: false,
        started_by: "ada".to_owned(),
        started_at: OffsetDateTime::UNIX_EPOCH,
        ended_at: None,
    };
    let state = rusqlite::Connection::open(data_dir.join("state.sqlite")).unwrap();
    let row = (&kept.id, 0, "running", serde_json::to_string(&kept).unwrap());
    state.execute("INSERT INTO deployments (id, started_at, state, deployment) VALUES (?1, ?2, ?3, ?4)", row).unwrap();
    drop(state);

    let console = Console::start(&Options::new(data_dir));
    let client = console.sign_in().await;
    let ended = client.deployment(&kept.id).await.unwrap();
    assert_eq!(ended.state, DeploymentState::RolledBack);
    assert_eq!(ended.message, "The console ended before it began. Nothing was changed.");
    assert!(ended.ended_at.is_some() && !ended.returnable);
    let audit = client.audit(&AuditQuery::default()).await.unwrap();
    assert!(audit.entries.iter().any(|entry| entry.action == "deployment.recover"), "{audit:#?}");
}
