//! A console that runs as an ordinary user, and a helper of root's: deployments to daemons whose files and processes are not the console's.

use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::{CheckStanding, PlanState};
use certdeck_shared::api::service::Service;
use support::daemons::{self, Instance};
use support::helper::{Helper, asking, close, stage_of_a_user};
use support::pki::{Pair, Pki};
use support::stage::Stage;
use support::{poll, run};

fn serves(instance: &Instance, pair: &Pair) -> bool {
    instance.endpoints().iter().all(|endpoint| endpoint.leaf().is_ok_and(|leaf| leaf == pair.leaf()))
}

/// Owner, mode and content of both files.
fn files(instance: &Instance) -> String {
    let (certificate, key) = (instance.files().certificate.to_str().unwrap(), instance.files().key.to_str().unwrap());
    format!("{}{}", run::must("stat", &["-c", "%U:%G %a %n", certificate, key]), run::must("sha256sum", &[certificate, key]))
}

fn health(stage: &Stage) -> String {
    run::must("curl", &["--silent", "--show-error", "--fail", "--insecure", &format!("{}/healthz", stage.deck.console.origin)])
}

/// What the doctor says of the console, asked by root.
fn examined(stage: &Stage) -> String {
    let (data_dir, config) = (stage.deck.console.data_dir().display().to_string(), stage.deck.room.path().join("certdeck.toml"));
    let program = support::console::program();
    run::ask(program.to_str().unwrap(), &["doctor", "--data-dir", &data_dir, "--config", config.to_str().unwrap()]).out
}

fn left_behind(directory: &Path) -> String {
    run::must("find", &[directory.to_str().unwrap(), "-name", "*.certdeck-new"])
}

/// A helper for some daemons, and a console without rights that asks it. What only root reads of them is closed to everybody else.
async fn helped(instances: &[&Instance], restart: Option<&str>, pki: Pki) -> (Helper, Stage) {
    instances.iter().for_each(|instance| close(instance));
    let helper = Helper::new(instances, restart);
    let stage = stage_of_a_user(&asking(&helper.socket()), pki).await;
    (helper, stage)
}

/// Daemons with a pair, each registered, bound to it, and due for the next one.
async fn due(stage: &Stage, instances: &[&Instance], first: &Pair) -> (Vec<Service>, Pair) {
    stage.hold(first).await;
    let mut services = Vec::new();
    for instance in instances {
        let service = stage.register(instance).await;
        stage.bind(&service, first).await;
        services.push(service);
    }
    let second = stage.pki.rekeyed(first);
    stage.hold(&second).await;
    (services, second)
}

async fn deployed(stage: &Stage, services: &[Service]) -> Deployment {
    let services: Vec<&Service> = services.iter().collect();
    let plan = stage.plan(&services).await;
    let failed: Vec<_> = plan.parts.iter().flat_map(|part| &part.checks).filter(|check| check.standing == CheckStanding::Fail).collect();
    assert_eq!((plan.state, failed), (PlanState::Ready, Vec::new()), "{plan:#?}");
    stage.apply(&plan).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_without_rights_deploys_and_takes_back_by_the_helper() {
    let pki = Pki::new();
    let first = pki.pair("mail.example.org");
    let (apache, vsftpd) = (daemons::apache::start(&first), daemons::vsftpd::start(&first));
    let instances = [&apache, &vsftpd];
    let (helper, stage) = helped(&instances, None, pki).await;
    let (services, second) = due(&stage, &instances, &first).await;
    let before: Vec<String> = instances.iter().map(|instance| files(instance)).collect();

    let deployment = deployed(&stage, &services).await;
    assert_eq!(deployment.state, DeploymentState::Succeeded, "{deployment:#?}");
    assert!(instances.iter().all(|instance| serves(instance, &second)));
    let services_now: Vec<&Service> = services.iter().collect();
    assert_eq!(stage.plan(&services_now).await.state, PlanState::Unchanged, "it sees by the helper what it wrote");
    // The keys that were replaced never came to the console.
    let checkpoints = stage.deck.console.data_dir().join("deployments");
    let keys = run::ask("grep", &["-rl", "PRIVATE KEY", checkpoints.to_str().unwrap()]);
    assert_eq!(keys.out, "", "the checkpoint holds a key");
    let log = helper.log();
    assert!(log.contains("verb=\"replace\"") && log.contains("verb=\"run\"") && log.contains("verb=\"signal\""), "{log}");
    assert!(!log.contains("PRIVATE KEY"));

    assert!(health(&stage).ends_with("\nhelper: answers; version 0.1.0; 2 of 2 services\n"), "{}", health(&stage));
    let doctor = examined(&stage);
    assert!(doctor.contains("good    helper: answers, and knows 2 services"), "{doctor}");

    let back = stage.roll_back(&deployment).await;
    assert_eq!(back.state, DeploymentState::Succeeded, "{back:#?}");
    assert!(instances.iter().all(|instance| serves(instance, &first)));
    assert_eq!(instances.map(files).to_vec(), before);
    assert_eq!(stage.deck.client.services().await.unwrap().len(), 2);
    std::fs::remove_file(helper.socket()).unwrap();
    assert!(health(&stage).ends_with("\nhelper: does not answer\n"), "{}", health(&stage));
    let doctor = examined(&stage);
    assert!(doctor.contains("FAILURE helper: the helper at") && doctor.contains("certdeck-helper.socket"), "{doctor}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_comes_back_as_it_was_by_the_helper() {
    let pki = Pki::new();
    let first = pki.pair("mail.example.org");
    let (apache, vsftpd) = (daemons::apache::start(&first), daemons::vsftpd::start(&first));
    let instances = [&apache, &vsftpd];
    // vsftpd is not restarted, so that it goes on with the old certificate: the proof fails.
    let (_helper, stage) = helped(&instances, Some("/bin/true"), pki).await;
    let (services, _) = due(&stage, &instances, &first).await;
    let before = instances.map(files);
    let deployment = deployed(&stage, &services).await;
    assert_eq!(deployment.state, DeploymentState::RolledBack, "{deployment:#?}");
    assert_eq!(instances.map(files), before);
    assert!(instances.iter().all(|instance| serves(instance, &first)));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_helper_a_console_without_rights_says_so_and_changes_nothing() {
    let pki = Pki::new();
    let first = pki.pair("mail.example.org");
    let vsftpd = daemons::vsftpd::start(&first);
    close(&vsftpd);
    let stage = stage_of_a_user("", pki).await;
    let (services, _) = due(&stage, &[&vsftpd], &first).await;
    let before = files(&vsftpd);
    let plan = stage.plan(&[&services[0]]).await;
    assert_eq!(plan.state, PlanState::Blocked, "{plan:#?}");
    assert_eq!(files(&vsftpd), before);
}

/// kill -9 of the helper while it works, again and again, each time at another of its calls. systemd starts it once more at the next call.
#[tokio::test(flavor = "multi_thread")]
async fn a_helper_killed_in_the_middle_leaves_the_old_files_or_the_new() {
    let pki = Pki::new();
    let first = pki.pair("mail.example.org");
    let apache = daemons::apache::start(&first);
    let (helper, stage) = helped(&[&apache], None, pki).await;
    let (services, mut next) = due(&stage, &[&apache], &first).await;
    let mut served = first;
    let mut killed_in_the_middle = 0;
    for calls in 1..=6 {
        let before = files(&apache);
        let plan = stage.plan(&[&services[0]]).await;
        assert_eq!(plan.state, PlanState::Ready, "{plan:#?}");
        let changes = |log: &str| {
            log.matches("verb=\"replace\"").count() + log.matches("verb=\"signal\"").count() + log.matches("verb=\"run\"").count()
        };
        let (begun, over) = (changes(&helper.log()), std::sync::atomic::AtomicBool::new(false));
        let deployment = std::thread::scope(|threads| {
            threads.spawn(|| {
                while changes(&helper.log()) < begun + calls && !over.load(std::sync::atomic::Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                helper.kill();
                helper.start();
            });
            let applied = tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(stage.apply(&plan)));
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            applied
        });
        match deployment.state {
            DeploymentState::Succeeded => {
                assert!(serves(&apache, &next), "{deployment:#?}");
                served = next;
                next = stage.pki.rekeyed(&served);
                stage.hold(&next).await;
            }
            DeploymentState::RolledBack => {
                killed_in_the_middle += 1;
                assert_eq!(files(&apache), before, "{deployment:#?}");
                assert!(serves(&apache, &served));
            }
            _ => panic!("{deployment:#?}"),
        }
        assert_eq!(left_behind(apache.directory()), "", "half a file");
    }
    println!("{killed_in_the_middle} of 6 deployments were taken back");
}

/// A helper that stays away: the deployment ends and says what is to be done, and is taken back once the helper is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_helper_that_stays_away_is_told_and_the_way_back_is_gone_later() {
    let pki = Pki::new();
    let first = pki.pair("mail.example.org");
    let apache = daemons::apache::start(&first);
    let (helper, stage) = helped(&[&apache], None, pki).await;
    let (services, _) = due(&stage, &[&apache], &first).await;
    let before = files(&apache);
    let plan = stage.plan(&[&services[0]]).await;
    let begun = stage.deck.client.apply_plan(&plan.id).await.unwrap();
    poll::until("the first write", Duration::from_secs(60), async || helper.log().contains("verb=\"replace\"").then_some(())).await;
    helper.kill();
    // Nobody takes calls any more: they wait in the queue of the socket until the console loses patience, so the socket goes, too.
    let socket = helper.socket();
    std::fs::rename(&socket, socket.with_extension("away")).unwrap();
    stage.deck.ended(begun.job.as_deref().unwrap()).await;
    let deployment = stage.deck.client.deployment(&begun.id).await.unwrap();
    let whole = files(&apache);
    if deployment.state == DeploymentState::NeedsAttention {
        assert!(deployment.message.contains("helper"), "{}", deployment.message);
        std::fs::rename(socket.with_extension("away"), &socket).unwrap();
        helper.start();
        stage.roll_back(&deployment).await;
    }
    assert_eq!(left_behind(apache.directory()), "");
    assert!(files(&apache) == before || files(&apache) == whole);
    assert!(serves(&apache, &first) || deployment.state == DeploymentState::Succeeded);
}
