//! What services serve, and bringing it there: curl's lines by the console, the others by hand, and the port serves the same.

use certdeck_shared::api::binding::{Layout, NewBinding};
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, PlanPart};
use certdeck_shared::glass::{Action, CommandLine};
use serde_json::Value;
use support::daemons::nginx;
use support::stage::Stage;

use super::Shell;

fn value(said: &str) -> Value {
    serde_json::from_str(said).unwrap()
}

/// Runs curl's lines; what was answered.
async fn rest(shell: &Shell, action: Action) -> Value {
    value(&shell.run(&shell.console_lines(&action).await.rest))
}

/// Asks for a deployment until it has ended.
async fn ended(shell: &Shell, deployment: &str) -> Value {
    support::poll::until("the end of a deployment", std::time::Duration::from_secs(60), async || {
        let told = rest(shell, Action::ShowDeployment { deployment: deployment.to_owned() }).await;
        (told["state"] != "running" && told["state"] != "rolling-back").then_some(told)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_goes_by_curl_as_by_hand() {
    let stage = Stage::new().await;
    let old = stage.pki.pair("web.example.org");
    let new = stage.pki.rekeyed(&old);
    stage.hold(&new).await;
    let instance = tokio::task::block_in_place(|| nginx::start(&old));
    let served = || instance.endpoints()[0].leaf().unwrap();
    let service = stage.register(&instance).await.id;
    let shell = Shell::around(stage.deck).await;

    let body = NewBinding {
        database: shell.deck.id.clone(),
        certificate: new.fingerprint(),
        endpoints: Vec::new(),
        layout: Layout::Keep,
        directory: None,
    };
    let binding = rest(&shell, Action::CreateBinding { service: service.clone(), body }).await;
    let listed = rest(&shell, Action::ListBindings { service: service.clone() }).await;
    assert_eq!(listed[0]["id"], binding["id"]);

    let part = NewPlanPart { service: service.clone(), bindings: None, settings: Vec::new() };
    let body = NewPlan { parts: vec![part], on_failure: OnFailure::ReturnAll };
    let plan = rest(&shell, Action::CreatePlan { body }).await;
    assert_eq!(plan["state"], "ready", "{plan:#}");
    let id = plan["id"].as_str().unwrap().to_owned();
    assert_eq!(rest(&shell, Action::ShowPlan { plan: id.clone() }).await["id"], plan["id"]);
    let parts: Vec<PlanPart> = serde_json::from_value(plan["parts"].clone()).unwrap();
    let lines = shell.console_lines(&Action::ApplyPlan { plan: id, parts }).await;
    let begun = value(&shell.run(&lines.rest));
    let deployment = begun["id"].as_str().unwrap().to_owned();
    assert_eq!(ended(&shell, &deployment).await["state"], "succeeded");
    assert_eq!(served(), new.leaf());

    let back = rest(&shell, Action::RollBackDeployment { deployment }).await;
    assert_eq!(ended(&shell, back["id"].as_str().unwrap()).await["state"], "succeeded");
    assert_eq!(served(), old.leaf());
    assert_eq!(rest(&shell, Action::ListDeployments).await.as_array().unwrap().len(), 2);

    // By hand: the new files lie in `new`, under the names of those that they replace.
    let files = shell.deck.room.path().join("new");
    std::fs::create_dir(&files).unwrap();
    std::fs::write(files.join(instance.files().certificate.file_name().unwrap()), new.certificate_file()).unwrap();
    std::fs::write(files.join(instance.files().key.file_name().unwrap()), new.key_file()).unwrap();
    let (asked, done): (Vec<CommandLine>, Vec<CommandLine>) =
        lines.commands.into_iter().partition(|line| line.command.contains("s_client"));
    shell.run(&done);
    instance.until_served(&new.leaf());
    let said = shell.run(&asked).replace(':', "").to_lowercase();
    assert!(said.contains(&new.fingerprint()), "{said}");

    let binding = binding["id"].as_str().unwrap().to_owned();
    shell.run(&shell.console_lines(&Action::RemoveBinding { service: service.clone(), binding }).await.rest);
    assert_eq!(rest(&shell, Action::ListBindings { service }).await, serde_json::json!([]));
}
