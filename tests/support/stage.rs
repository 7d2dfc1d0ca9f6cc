//! A console with a database of pairs, and daemons that it deploys them to.

use certdeck_shared::api::binding::{Binding, Layout, NewBinding};
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::{Client, ClientError};
use certdeck_shared::api::deployment::Deployment;
use certdeck_shared::api::keystore::KeystoreImport;
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, Plan, SettingWish};
use certdeck_shared::api::service::{NewService, Service, ServiceControl};

use crate::console::Console;
use crate::daemons::Instance;
use crate::deck::{Deck, item};
use crate::pki::{Pair, Pki};
use crate::transport::Native;

/// Password of the files that bring the pairs into the database.
const FILE_PASSWORD: &str = "file of 4 words";

/// A console, its database with the root of a CA, and that CA.
pub struct Stage {
    /// The console and its database.
    pub deck: Deck,
    /// The CA.
    pub pki: Pki,
}

impl Stage {
    /// A new one.
    pub async fn new() -> Self {
        Self::started_by(Vec::new(), Pki::new()).await
    }

    /// The same with a program in front that starts the console, and a CA that is there already.
    pub async fn started_by(wrapper: Vec<String>, pki: Pki) -> Self {
        Self::with(Deck::started_by(wrapper).await, pki).await
    }

    /// The same with a console that runs already, and is set up here.
    pub async fn furnished(room: tempfile::TempDir, console: Console, pki: Pki) -> Self {
        let client = console.set_up().await;
        Self::with(Deck::furnished(room, console, client).await, pki).await
    }

    async fn with(deck: Deck, pki: Pki) -> Self {
        deck.import(vec![item(pki.root(), "root", "CT,C,")]).await;
        Self { deck, pki }
    }

    /// The signed-in client.
    pub fn client(&self) -> &Client<Native> {
        &self.deck.client
    }

    /// Brings a pair with its key and its chain into the database, under its name.
    pub async fn hold(&self, pair: &Pair) {
        self.import(pair.pkcs12(FILE_PASSWORD)).await;
    }

    /// The same without its chain.
    pub async fn hold_without_chain(&self, pair: &Pair) {
        self.import(pair.pkcs12_without_chain(FILE_PASSWORD)).await;
    }

    async fn import(&self, file: Vec<u8>) {
        let import = KeystoreImport { file: Base64(file), password: Some(FILE_PASSWORD.to_owned()), ..KeystoreImport::default() };
        self.said(self.client().import_keystore(&self.deck.id, &import).await);
    }

    /// Registers a daemon. The console knows by itself how each reads its files again; how it is restarted where no systemd rules it is told.
    pub async fn register(&self, instance: &Instance) -> Service {
        let restart = Some(instance.control().restart.clone());
        self.register_with(instance, ServiceControl { restart, ..ServiceControl::default() }).await
    }

    /// Registers a daemon with other commands.
    pub async fn register_with(&self, instance: &Instance, control: ServiceControl) -> Service {
        let config = instance.config().display().to_string();
        self.said(self.client().add_service(&NewService { control, ..NewService::new(instance.kind(), config) }).await)
    }

    /// Binds a pair, which the database holds, to all endpoints of a service; the files stay where they are.
    pub async fn bind(&self, service: &Service, pair: &Pair) -> Binding {
        self.said(self.try_bind(service, pair).await)
    }

    /// The same; the error is why it is refused.
    ///
    /// # Errors
    /// What the console says.
    pub async fn try_bind(&self, service: &Service, pair: &Pair) -> Result<Binding, ClientError> {
        let binding = NewBinding {
            database: self.deck.id.clone(),
            certificate: pair.fingerprint(),
            endpoints: Vec::new(),
            layout: Layout::Keep,
            directory: None,
        };
        self.client().bind(&service.id, &binding).await
    }

    /// Plans what the bindings of these services ask for; all are returned when one fails.
    pub async fn plan(&self, services: &[&Service]) -> Plan {
        let part = |service: &&Service| NewPlanPart { service: service.id.clone(), bindings: None, settings: Vec::new() };
        let wanted = NewPlan { parts: services.iter().map(part).collect(), on_failure: OnFailure::ReturnAll };
        self.said(self.client().make_plan(&wanted).await)
    }

    /// Plans what the bindings of a service ask for, and settings beside.
    pub async fn plan_with(&self, service: &Service, settings: Vec<SettingWish>) -> Plan {
        let parts = vec![NewPlanPart { service: service.id.clone(), bindings: None, settings }];
        self.said(self.client().make_plan(&NewPlan { parts, on_failure: OnFailure::ReturnAll }).await)
    }

    /// Applies a plan and waits for its end, whichever that is.
    pub async fn apply(&self, plan: &Plan) -> Deployment {
        let begun = self.said(self.client().apply_plan(&plan.id).await);
        self.ended(begun).await
    }

    /// Takes a deployment back and waits for the end of that.
    pub async fn roll_back(&self, deployment: &Deployment) -> Deployment {
        let begun = self.said(self.client().roll_back(&deployment.id).await);
        self.ended(begun).await
    }

    async fn ended(&self, begun: Deployment) -> Deployment {
        self.deck.ended(begun.job.as_deref().unwrap()).await;
        self.said(self.client().deployment(&begun.id).await)
    }

    fn said<T>(&self, answer: Result<T, ClientError>) -> T {
        answer.unwrap_or_else(|error| panic!("{error:#?}\n{}", self.deck.console.log()))
    }
}
