//! Scripts that write at the same time: certificates, trust, requests, accounts, names.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use certdeck_shared::api::account::{NewUser, UserChange};
use certdeck_shared::api::certificate::{CertificateDeletion, TrustChange, TrustChanges};
use certdeck_shared::api::client::{Client, ClientError};
use certdeck_shared::api::database::DatabaseChange;
use certdeck_shared::api::import::Import;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::api::role::{Grants, Role};
use certdeck_shared::request::RequestForm;
use support::certificates::Template;
use support::deck::item;
use support::transport::Native;

use super::ledger::{Entry, Ledger, State, Thing};

/// Most things that a script leaves standing.
const STANDING: usize = 6;
/// Scripts that write certificates.
const CERTIFICATE_SCRIPTS: u32 = 2;

/// What the scripts share with who kills and compares.
pub struct Load {
    client: RwLock<Client<Native>>,
    /// The database.
    pub database: String,
    /// What was asked for.
    pub ledger: Mutex<Ledger>,
    /// Held by each call; whoever takes it for itself finds nothing under way.
    pub gate: tokio::sync::RwLock<()>,
    /// No more calls.
    pub over: AtomicBool,
    numbers: AtomicUsize,
    template: Template,
}

impl Load {
    /// Nothing written yet.
    pub fn new(client: Client<Native>, database: &str) -> Arc<Self> {
        Arc::new(Self {
            client: RwLock::new(client),
            database: database.to_owned(),
            ledger: Mutex::default(),
            gate: tokio::sync::RwLock::default(),
            over: AtomicBool::new(false),
            numbers: AtomicUsize::new(1),
            template: Template::new(),
        })
    }

    /// A client of the console that runs now.
    pub fn client(&self) -> Client<Native> {
        Client::new(self.client.read().unwrap().transport().clone())
    }

    /// The console was started again.
    pub fn reconnect(&self) {
        let new = self.client.read().unwrap().transport().reconnected();
        *self.client.write().unwrap() = Client::new(new);
    }

    /// Starts all scripts.
    pub fn begin(self: &Arc<Self>) {
        for script in 0..CERTIFICATE_SCRIPTS + 3 {
            let load = Arc::clone(self);
            tokio::spawn(async move {
                while !load.over.load(Ordering::Relaxed) {
                    let turn = load.gate.read().await;
                    let answered = load.call(script).await;
                    drop(turn);
                    // Who was refused waits a little, as a script should.
                    tokio::time::sleep(Duration::from_millis(if answered { 1 } else { 20 })).await;
                }
            });
        }
    }

    /// One call of a script; false when it was not answered with success.
    async fn call(&self, script: u32) -> bool {
        let turn = self.numbers.fetch_add(1, Ordering::Relaxed);
        match script {
            0 => self.request(turn).await,
            1 => self.account(turn).await,
            2 => self.label(turn).await,
            _ => self.certificate(script, turn).await,
        }
    }

    /// Imports one, changes the trust of one, or deletes one.
    async fn certificate(&self, script: u32, turn: usize) -> bool {
        let mine =
            |thing: &Thing| matches!(thing, Thing::Certificate(name) if number(name) % CERTIFICATE_SCRIPTS == script % CERTIFICATE_SCRIPTS);
        let there = self.there(mine);
        let trust = ["C,,", "CT,C,C", "P,P,P", "p,p,p"][turn / 3 % 4];
        let client = self.client();
        if turn.is_multiple_of(3)
            && let Some(Thing::Certificate(name)) = there.get(turn % there.len().max(1))
        {
            let address = self.address(name);
            let change = TrustChange { fingerprint_sha256: address.clone(), expected: None, trust: trust.to_owned() };
            let asked = client.change_trust(&self.database, &TrustChanges { changes: vec![change] }, None).await;
            return self.note(asked, Thing::Certificate(name.clone()), Some(trust.to_owned()), ("certificate.trust", address));
        }
        if there.len() > STANDING
            && let Some(Thing::Certificate(name)) = there.first()
        {
            let address = self.address(name);
            let deletion = CertificateDeletion { fingerprints_sha256: vec![address.clone()], with_keys: false };
            let asked = client.delete_certificates(&self.database, &deletion).await;
            return self.note(asked, Thing::Certificate(name.clone()), None, ("certificate.delete", address));
        }
        let number = u32::try_from(turn).unwrap() * CERTIFICATE_SCRIPTS + script % CERTIFICATE_SCRIPTS;
        let name = Template::nickname(number);
        let certificates = vec![item(self.template.numbered(number), &name, trust)];
        let asked = client.import(&self.database, &Import { certificates }, false).await;
        self.note(asked, Thing::Certificate(name.clone()), Some(trust.to_owned()), ("certificate.import", name))
    }

    /// Makes a key and a request, or deletes both.
    async fn request(&self, turn: usize) -> bool {
        let there = self.there(|thing| matches!(thing, Thing::Request(_)));
        if there.len() > STANDING
            && let Some(Thing::Request(name)) = there.first()
        {
            let Some(id) = self.known(&there[0]) else { return true };
            let asked = self.client().delete_request(&self.database, &id, true).await;
            return self.note(asked, Thing::Request(name.clone()), None, ("request.delete", id));
        }
        let name = format!("request-{turn}.example");
        let form = RequestForm { common_name: name.clone(), subject_alternative_names: name.clone(), ..RequestForm::default() };
        let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named(name.clone()) };
        let asked = self.client().create_request(&self.database, &new).await;
        let id = asked.as_ref().map(|request| request.id.clone()).unwrap_or_default();
        self.note(asked, Thing::Request(name.clone()), Some(id), ("request.create", name))
    }

    /// Makes an account, gives it another role, or removes it.
    async fn account(&self, turn: usize) -> bool {
        let there = self.there(|thing| matches!(thing, Thing::User(_)));
        let role = [Role::Viewer, Role::Operator, Role::Auditor][turn % 3];
        let (grants, client, state) = (Grants::everywhere(role), self.client(), Some(role.name().to_owned()));
        if !turn.is_multiple_of(4)
            && let Some(Thing::User(name)) = there.get(turn % there.len().max(1))
        {
            let asked = client.change_user(name, &UserChange { password: None, current_password: None, grants: Some(grants) }).await;
            return self.note(asked, Thing::User(name.clone()), state, ("user.change", name.clone()));
        }
        if there.len() > STANDING
            && let Some(Thing::User(name)) = there.first()
        {
            let asked = client.delete_user(name).await;
            return self.note(asked, Thing::User(name.clone()), None, ("user.remove", name.clone()));
        }
        let name = format!("user{turn}");
        let asked = client.create_user(&NewUser { user_name: name.clone(), password: format!("a password of {name}"), grants }).await;
        self.note(asked, Thing::User(name.clone()), state, ("user.create", name))
    }

    async fn label(&self, turn: usize) -> bool {
        let label = format!("Database at {turn}");
        let asked = self.client().change_database(&self.database, &DatabaseChange { label: label.clone() }).await;
        self.note(asked, Thing::Label, Some(label.clone()), ("database.rename", label))
    }

    /// The things of a script that are known to be there.
    fn there(&self, mine: impl Fn(&Thing) -> bool) -> Vec<Thing> {
        self.ledger.lock().unwrap().there().into_iter().filter(|thing| mine(thing)).collect()
    }

    fn known(&self, thing: &Thing) -> State {
        self.ledger.lock().unwrap().known(thing)
    }

    fn address(&self, nickname: &str) -> String {
        let der = self.template.numbered(number(nickname));
        openssl::sha::sha256(&der).iter().map(|octet| format!("{octet:02x}")).collect()
    }

    /// Writes down what became of a write.
    fn note<T>(&self, asked: Result<T, ClientError>, thing: Thing, state: State, (action, word): (&'static str, String)) -> bool {
        let mut ledger = self.ledger.lock().unwrap();
        match asked {
            Ok(_) => {
                ledger.answered(thing, state, Entry { action, word });
                return true;
            }
            Err(error) if is_of_a_kill(&error) => ledger.broken_off(thing, state, format!("{action}: {error:?}")),
            Err(error) => ledger.faults.push(format!("{action} of {thing:?}: {error:?}")),
        }
        false
    }
}

/// Whether this is how a call may end while processes are killed: with no answer, or with one that says why.
pub fn is_of_a_kill(error: &ClientError) -> bool {
    let codes = [ProblemCode::TokenCrashed, ProblemCode::TokenTimeout, ProblemCode::DatabaseBusy, ProblemCode::TokenLocked];
    match error {
        ClientError::Transport(_) => true,
        ClientError::Problem(problem) => codes.contains(&problem.code),
        ClientError::Answer { .. } => false,
    }
}

fn number(nickname: &str) -> u32 {
    nickname.rsplit('-').next().and_then(|digits| digits.parse().ok()).unwrap_or_default()
}
