//! Hosts on which something is not as it should be: the plan says what, or the deployment does and takes everything back. Nothing is half done.

use std::any::Any;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::PlanState;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::service::ServiceControl;
use support::daemons::{self, Instance};
use support::deck::refusal;
use support::flaws;
use support::mounts::{FullDisk, ReadOnly};
use support::stage::Stage;

use crate::blocked::failed;

/// Something that a plan finds. What `spoil` returns undoes it when it is dropped.
struct Case {
    what: &'static str,
    spoil: fn(&Instance) -> Box<dyn Any>,
    code: &'static str,
    words: &'static str,
}

/// A file as it was, written back when dropped.
struct Kept(std::path::PathBuf, Vec<u8>);

impl Kept {
    fn of(path: std::path::PathBuf) -> Self {
        let content = std::fs::read(&path).unwrap();
        Self(path, content)
    }

    fn with(self, more: &str) -> Box<dyn Any> {
        let content = [self.1.as_slice(), more.as_bytes()].concat();
        std::fs::write(&self.0, content).unwrap();
        Box::new(self)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        std::fs::write(&self.0, &self.1).unwrap();
    }
}

/// A directory in the place of a file.
struct Replaced(std::path::PathBuf, Vec<u8>);

impl Drop for Replaced {
    fn drop(&mut self) {
        std::fs::remove_dir(&self.0).unwrap();
        std::fs::write(&self.0, &self.1).unwrap();
    }
}

fn site(instance: &Instance) -> std::path::PathBuf {
    instance.directory().join("etc/nginx/sites-available/default")
}

const CASES: [Case; 5] = [
    Case {
        what: "a configuration that nginx refuses",
        spoil: |nginx| Kept::of(site(nginx)).with("no_such_directive on;\n"),
        code: "own-check",
        words: "no_such_directive",
    },
    Case {
        what: "a block that is not closed",
        spoil: |nginx| Kept::of(site(nginx)).with("server {\n"),
        code: "own-check",
        words: "sites-enabled/default",
    },
    Case {
        what: "a file that includes itself",
        spoil: |nginx| Kept::of(site(nginx)).with(&format!("include {};\n", site(nginx).display())),
        code: "own-check",
        words: "",
    },
    Case {
        what: "a directory that cannot be written",
        spoil: |nginx| Box::new(ReadOnly::make(nginx.files().certificate.parent().unwrap())),
        code: "writable",
        words: "certs",
    },
    Case {
        what: "a full disk",
        spoil: |nginx| Box::new(FullDisk::make(nginx.files().key.parent().unwrap())),
        code: "room",
        words: "private",
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_on_a_host_is_found_before_anything_is_touched() {
    let stage = Stage::new().await;
    let (old, new) = (stage.pki.pair("old.example.org"), stage.pki.pair("new.example.org"));
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&old));
    stage.hold(&new).await;
    let service = stage.register(&nginx).await;
    stage.bind(&service, &new).await;
    for case in CASES {
        let what = case.what;
        let spoilt = (case.spoil)(&nginx);
        let plan = stage.plan(&[&service]).await;
        assert_eq!(plan.state, PlanState::Blocked, "{what}: {plan:#?}");
        let found = failed(&plan);
        let named = found.iter().find(|check| check.code == case.code).unwrap_or_else(|| panic!("{what}: {found:#?}"));
        assert!(named.words.contains(case.words), "{what}: {named:#?}");
        drop(spoilt);
        assert_eq!(stage.plan(&[&service]).await.state, PlanState::Ready, "after {what}");
    }
    nginx.until_served(&old.leaf());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_does_not_run_and_a_port_of_another_program_are_found() {
    let stage = Stage::new().await;
    let (old, new) = (stage.pki.pair("old.example.org"), stage.pki.pair("new.example.org"));
    let vsftpd = tokio::task::block_in_place(|| daemons::vsftpd::start(&old));
    stage.hold(&new).await;
    let service = stage.register(&vsftpd).await;
    stage.bind(&service, &new).await;
    vsftpd.stop();
    let _squatter = flaws::squatter(vsftpd.endpoints()[0].port);
    let plan = stage.plan(&[&service]).await;
    assert_eq!(plan.state, PlanState::Blocked);
    let found = failed(&plan);
    assert!(found.iter().any(|check| check.code == "running" && check.words.contains("does not run")), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_stale_when_a_file_changed_and_a_directory_in_its_place_is_refused() {
    let stage = Stage::new().await;
    let (old, new) = (stage.pki.pair("old.example.org"), stage.pki.pair("new.example.org"));
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&old));
    stage.hold(&new).await;
    let service = stage.register(&nginx).await;
    stage.bind(&service, &new).await;
    let plan = stage.plan(&[&service]).await;
    let changed = Kept::of(site(&nginx)).with("# somebody was here\n");
    assert_eq!(stage.client().plan(&plan.id).await.unwrap().state, PlanState::Stale);
    assert_eq!(refusal(stage.client().apply_plan(&plan.id).await), ProblemCode::PlanStale);
    drop(changed);

    let certificate = nginx.files().certificate.clone();
    let content = std::fs::read(&certificate).unwrap();
    std::fs::remove_file(&certificate).unwrap();
    std::fs::create_dir(&certificate).unwrap();
    let replaced = Replaced(certificate, content);
    let plan = stage.plan(&[&service]).await;
    assert_eq!(plan.state, PlanState::Blocked, "{plan:#?}");
    assert!(failed(&plan).iter().any(|check| check.words.contains("www.crt")), "{:#?}", failed(&plan));
    drop(replaced);
    nginx.until_served(&old.leaf());
}

/// Commands that fail only when it has begun: everything is as it was at the end, and the message has their words.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_that_fails_or_never_ends_is_taken_back() {
    let stage = Stage::new().await;
    let (old, new) = (stage.pki.pair("old.example.org"), stage.pki.pair("new.example.org"));
    let nginx = tokio::task::block_in_place(|| daemons::nginx::start(&old));
    stage.hold(&new).await;
    let restart = Some(nginx.control().restart.clone());
    let files = || [&nginx.files().certificate, &nginx.files().key].map(|path| std::fs::read(path).unwrap());
    let before = files();
    for (reload, words) in [
        (flaws::fails(nginx.directory(), "the moon is in the wrong quarter"), "the moon is in the wrong quarter"),
        (flaws::never_ends(nginx.directory()), "did not end within"),
    ] {
        let control = ServiceControl { check: None, reload: Some(reload), restart: restart.clone() };
        let service = stage.register_with(&nginx, control).await;
        stage.bind(&service, &new).await;
        let plan = stage.plan(&[&service]).await;
        assert_eq!(plan.state, PlanState::Ready, "{plan:#?}");
        let deployment = stage.apply(&plan).await;
        assert_eq!(deployment.state, DeploymentState::RolledBack, "{deployment:#?}");
        assert!(deployment.message.contains(words), "{}", deployment.message);
        assert_eq!(files(), before);
        nginx.until_served(&old.leaf());
        stage.client().forget_service(&service.id).await.unwrap();
    }
}
