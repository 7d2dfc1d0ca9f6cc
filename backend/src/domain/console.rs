//! The console as a whole: what every call gets hold of.

use std::path::PathBuf;
use std::sync::Arc;

use super::accounts::Accounts;
use super::approvals::Approvals;
use super::certificate_maps::CertificateMapFiles;
use super::databases::Databases;
use super::deployment::Deployments;
use super::events::Events;
use super::inventories::Inventories;
use super::jobs::Jobs;
use super::metrics::Metrics;
use super::notices::Notices;
use super::probes::Probes;
use super::services::Services;
use super::tasks::Tasks;
use super::watch::Watch;
use crate::config::Settings;
use crate::helper::protocol::Status;
use crate::helper::{Client, ClientError};
use crate::host::Clock;
use crate::host::as_user::{self, Account};
use crate::host::files::{self, Owner};
use crate::host::threads;
use crate::host::tree::Tree;
use crate::nss::location::Location;
use crate::state::{StateError, Store};
use crate::token::{WorkerConfinements, WorkerLosses, WorkerOptions};
use certdeck_shared::api::database::DatabaseFormat;

/// What the parts of the console share; cheap to clone.
#[derive(Clone)]
pub struct Environment {
    /// What the administrator decided.
    pub settings: Arc<Settings>,
    /// The clock that decides.
    pub clock: Clock,
    /// The console's own state.
    pub store: Store,
    /// What happens.
    pub events: Events,
    /// Work beside the calls.
    pub tasks: Tasks,
    /// Long work.
    pub jobs: Jobs,
    /// The program that is started as token worker: ourselves, but for tests.
    pub worker_program: PathBuf,
    /// Counts the token workers that are lost.
    pub worker_losses: WorkerLosses,
    /// What the token workers gave up.
    pub worker_confinements: WorkerConfinements,
}

impl Environment {
    /// How the token worker of a database is started.
    #[must_use]
    pub fn worker(&self, location: impl Into<Location>, format: DatabaseFormat) -> WorkerOptions {
        let location = location.into();
        let mut options = WorkerOptions::new(&self.worker_program, location.directory(), format);
        options.prefix = location.prefix().to_owned();
        options.losses = self.worker_losses.clone();
        options.confinements = self.worker_confinements.clone();
        options
    }
}

/// The console.
pub struct Console {
    /// What its parts share.
    pub environment: Environment,
    /// The clock that decides.
    pub clock: Clock,
    /// The console's own state.
    pub store: Store,
    /// What happens.
    pub events: Events,
    /// Long work.
    pub jobs: Jobs,
    /// Work beside the calls.
    pub tasks: Tasks,
    /// What the administrator decided.
    pub settings: Arc<Settings>,
    /// Accounts, sessions and API tokens.
    pub accounts: Accounts,
    /// Requests for approval by a second person.
    pub approvals: Approvals,
    /// The registered databases.
    pub databases: Databases,
    /// The registered services.
    pub services: Services,
    /// Bindings, plans and deployments.
    pub deployments: Deployments,
    /// Endpoints that are watched.
    pub watch: Watch,
    /// Probes on demand.
    pub probes: Probes,
    /// Who is told of what.
    pub notices: Notices,
    /// Inventories of ports on demand.
    pub inventories: Inventories,
    /// Files `certmap.conf` of this host.
    pub certificate_maps: CertificateMapFiles,
    /// Counters.
    pub metrics: Metrics,
    /// SHA-256 of the TLS certificate that is served now, lower-case hex; none under `--http`.
    pub fingerprint: arc_swap::ArcSwapOption<String>,
}

impl Console {
    /// What the helper says of itself; nothing where none is configured.
    pub async fn helper_standing(&self) -> Option<Result<Status, ClientError>> {
        let client = Client::new(self.settings.host_helper.clone()?);
        // Root, who examines the console of an ordinary user, is nobody whom the helper answers.
        let owner = files::attributes(&self.settings.data_dir).ok().map(|found| found.owner);
        let asked = threads::blocking(move || match owner.filter(|owner| owner.user != 0) {
            None => client.status(),
            Some(Owner { user, group }) => {
                let account = Account { name: user.to_string(), user, group, groups: vec![group] };
                as_user::look(&account, || client.status()).unwrap_or(Err(ClientError::Other))
            }
        });
        Some(asked.await.unwrap_or(Err(ClientError::Other)))
    }

    /// Puts the console together over its state, and notes the jobs that the last end interrupted.
    pub async fn new(settings: Settings, store: Store, worker_program: PathBuf) -> Result<Arc<Self>, StateError> {
        for job in store.jobs().interrupt_running().await? {
            tracing::warn!(job.id = %job.id, job.action = %job.action, job.done, job.total, "a job was interrupted by the last end");
        }
        let settings = Arc::new(settings);
        let (events, tasks) = (Events::default(), Tasks::default());
        let clock = store.clock().clone();
        let jobs = Jobs::new(store.clone(), events.clone(), tasks.clone());
        let environment = Environment {
            settings: Arc::clone(&settings),
            clock: clock.clone(),
            store: store.clone(),
            events: events.clone(),
            tasks: tasks.clone(),
            jobs: jobs.clone(),
            worker_program,
            worker_losses: WorkerLosses::default(),
            worker_confinements: WorkerConfinements::default(),
        };
        let databases = Databases::new(environment.clone());
        let services = Services::new(environment.clone(), databases.clone(), Tree::of_machine());
        let deployments = Deployments::new(environment.clone(), databases.clone(), services.clone());
        let notices = Notices::new(environment.clone(), databases.clone());
        Ok(Arc::new(Self {
            accounts: Accounts::new(store.clone(), &settings),
            approvals: Approvals::new(store.clone(), events.clone(), Arc::clone(&settings)),
            watch: Watch::new(
                environment.clone(),
                databases.clone(),
                services.clone(),
                deployments.clone(),
                notices.clone(),
                Tree::of_machine(),
            ),
            deployments,
            inventories: Inventories::new(environment.clone(), services.clone()),
            services,
            probes: Probes::new(environment.clone()),
            notices,
            certificate_maps: CertificateMapFiles::new(environment.clone(), Tree::of_machine()),
            databases,
            environment,
            clock,
            store,
            events,
            jobs,
            tasks,
            settings,
            metrics: Metrics::default(),
            fingerprint: arc_swap::ArcSwapOption::empty(),
        }))
    }
}
