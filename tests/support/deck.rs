//! A console with an account and a database: where most tests begin.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::api::client::{Client, ClientError, Imported};
use certdeck_shared::api::database::{NewDatabase, PasswordFiles, TokenLogin};
use certdeck_shared::api::import::{Import, ImportItem, ImportReport};
use certdeck_shared::api::job::{Job, JobState};
use certdeck_shared::api::problem::{Problem, ProblemCode};

use crate::console::{Console, Options};
use crate::database::{Database, PASSWORD};
use crate::poll;
use crate::transport::Native;

/// A console, signed in, with one unlocked database that certutil sees as well.
pub struct Deck {
    /// The server.
    pub console: Console,
    /// Signed in as its administrator.
    pub client: Client<Native>,
    /// Identifier of the database.
    pub id: String,
    /// The same database as certutil sees it.
    pub database: Database,
    /// A directory for whatever the test needs.
    pub room: tempfile::TempDir,
}

impl Deck {
    /// A new console with a new database that it made itself.
    pub async fn new() -> Self {
        Self::started_by(Vec::new()).await
    }

    /// The same with a file of settings.
    pub async fn with_settings(settings: &str) -> Self {
        let room = tempfile::tempdir().unwrap();
        let console = Console::start(&Options::with_settings(room.path(), settings));
        let client = console.set_up().await;
        Self::furnished(room, console, client).await
    }

    /// The same with a program in front that starts the server, such as `env NAME=VALUE`.
    pub async fn started_by(wrapper: Vec<String>) -> Self {
        let (room, console, client) = empty_started_by(wrapper).await;
        Self::furnished(room, console, client).await
    }

    /// The same with a console that uses a newer NSS than the system's.
    pub async fn with_newer_nss() -> Self {
        let room = tempfile::tempdir().unwrap();
        let console = crate::newer_nss::console(Options::new(room.path().join("data")));
        let client = console.set_up().await;
        Self::furnished(room, console, client).await
    }

    /// A new console that looks at a database that certutil made.
    pub async fn registered(database: Database) -> Self {
        let (room, console, client) = empty().await;
        let registered = client.add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: None }).await.unwrap();
        let deck = Self { console, client, id: registered.id, database, room };
        deck.unlock().await;
        deck
    }

    /// A console with a database that it made itself.
    pub async fn furnished(room: tempfile::TempDir, console: Console, client: Client<Native>) -> Self {
        let path = room.path().join("nss");
        let created = client.add_database(&create(&path)).await.unwrap_or_else(|error| panic!("{error:?}\n{}", console.log()));
        let database = Database::at(&path, PASSWORD, room.path());
        let deck = Self { console, client, id: created.id, database, room };
        deck.unlock().await;
        deck
    }

    /// Unlocks the database.
    pub async fn unlock(&self) {
        let login = TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
        let status =
            self.client.unlock(&self.id, "internal", &login).await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.console.log()));
        assert!(status.unlocked);
    }

    /// Imports and waits for the end, also when it becomes a job.
    pub async fn try_import(&self, items: Vec<ImportItem>) -> Result<ImportReport, ClientError> {
        let imported = self.client.import(&self.id, &Import { certificates: items }, false).await?;
        self.finished(imported).await
    }

    /// Imports; it must succeed.
    pub async fn import(&self, items: Vec<ImportItem>) -> ImportReport {
        self.try_import(items).await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.console.log()))
    }

    /// The report of an import, once its job has ended.
    pub async fn finished(&self, imported: Imported) -> Result<ImportReport, ClientError> {
        let job = match imported {
            Imported::Done(report) => return Ok(report),
            Imported::Started(job) => job,
        };
        let job = self.ended(&job.id).await;
        match job.state {
            JobState::Succeeded => Ok(serde_json::from_value(job.result.unwrap()).unwrap()),
            _ => Err(job.problem.unwrap_or_else(|| Problem::new(ProblemCode::Internal, "a job without result and problem")).into()),
        }
    }

    /// A job, once it has ended.
    pub async fn ended(&self, id: &str) -> Job {
        poll::until(&format!("the end of job {id}"), Duration::from_secs(180), async || {
            let job = self.client.job(id).await.unwrap();
            (job.state != JobState::Running).then_some(job)
        })
        .await
    }

    /// From now on certificates are due 30 days before their end, however short they live: what openssl makes begins now.
    pub async fn due_by_days_alone(&self) {
        let mut policy = self.client.expiry_policy().await.unwrap();
        let timing = &mut policy.otherwise;
        for lead in [&mut timing.first_notice, &mut timing.reminder, &mut timing.last_days] {
            lead.percent = None;
        }
        self.client.set_expiry_policy(&policy).await.unwrap();
    }

    /// The certificates as REST lists them.
    pub async fn listed(&self) -> Vec<CertificateEntry> {
        self.client.certificates(&self.id).await.unwrap().certificates
    }

    /// The certificate with this nickname as REST lists it.
    pub async fn named(&self, nickname: &str) -> CertificateEntry {
        let all = self.listed().await;
        all.into_iter()
            .find(|entry| entry.nickname.as_deref() == Some(nickname))
            .unwrap_or_else(|| panic!("no certificate named {nickname}"))
    }

    /// REST and certutil agree on every certificate, nickname, flag and byte.
    pub async fn certutil_agrees(&self) {
        let mut here: Vec<_> = self.listed().await.into_iter().map(|entry| (entry.nickname.unwrap_or_default(), entry.trust)).collect();
        let mut there: Vec<_> = self.database.listing().into_iter().map(|listed| (listed.nickname, listed.trust)).collect();
        here.sort();
        there.sort();
        assert_eq!(here, there, "left: by REST, right: by certutil -L");
        let mut ours: Vec<_> = self.client.keys(&self.id).await.unwrap().into_iter().map(|key| key.id).collect();
        ours.sort();
        assert_eq!(ours, self.database.keys().into_keys().collect::<Vec<_>>(), "left: keys by REST, right: by certutil -K");
    }
}

/// What certutil says of a database before and after something that must not change it.
pub async fn unchanged<T>(database: &Database, work: impl Future<Output = T>) -> T {
    let before = (database.listing(), database.keys());
    let answer = work.await;
    assert_eq!((database.listing(), database.keys()), before, "left: certutil afterwards, right: before");
    answer
}

/// A new console with an account and no database of ours.
pub async fn empty() -> (tempfile::TempDir, Console, Client<Native>) {
    empty_started_by(Vec::new()).await
}

async fn empty_started_by(wrapper: Vec<String>) -> (tempfile::TempDir, Console, Client<Native>) {
    let room = tempfile::tempdir().unwrap();
    let console = Console::start(&Options { wrapper, ..Options::new(room.path().join("data")) });
    let client = console.set_up().await;
    (room, console, client)
}

/// What creates a database in a directory with the tests' password.
pub fn create(path: &Path) -> NewDatabase {
    NewDatabase::Create {
        path: path.display().to_string(),
        label: None,
        password: PASSWORD.to_owned(),
        owner: None,
        group: None,
        mode: None,
        password_files: PasswordFiles::default(),
        accept_weak_password: false,
    }
}

/// A certificate to import.
pub fn item(der: Vec<u8>, nickname: &str, trust: &str) -> ImportItem {
    ImportItem { der: Base64(der), nickname: Some(nickname.to_owned()), trust: Some(trust.to_owned()) }
}

/// A certificate to import under the nickname that the console proposes.
pub fn unnamed(der: Vec<u8>) -> ImportItem {
    ImportItem { der: Base64(der), nickname: None, trust: None }
}

/// The code of a refusal; success or silence ends the test.
pub fn refusal<T: Debug>(result: Result<T, ClientError>) -> ProblemCode {
    problem(result).code
}

/// The problem of a refusal, which must be complete: a status of its code and words.
pub fn problem<T: Debug>(result: Result<T, ClientError>) -> Problem {
    match result {
        Err(ClientError::Problem(problem)) => {
            assert_eq!(problem.status, problem.code.status());
            assert!(!problem.detail.is_empty());
            *problem
        }
        other => panic!("a problem was expected, not {other:?}"),
    }
}
