//! A daemon that is given another certificate over and over, while processes of the console are killed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certdeck_shared::api::binding::{Layout, NewBinding};
use certdeck_shared::api::client::{Client, ClientError};
use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, PlanState};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::service::Service;
use support::certificates::from_pem;
use support::daemons::Instance;
use support::pki::Pair;
use support::transport::Native;

use super::load::{Load, is_of_a_kill};

/// The daemon, and what it is to serve.
pub struct Daemon {
    instance: Instance,
    service: Service,
    pairs: [Pair; 2],
    /// Which of the pairs it may serve: one unless a deployment was not seen to end.
    served: Mutex<Vec<usize>>,
    /// The plan that was applied last, and the pair in it.
    applied: Mutex<Option<(String, usize)>>,
    under_way: AtomicBool,
    /// A helper is asked for what root alone may, and may be away when a plan is made.
    helped: bool,
    /// Deployments that were seen to succeed.
    pub deployed: AtomicU64,
}

impl Daemon {
    /// One that serves the first pair.
    pub fn new(instance: Instance, service: Service, pairs: [Pair; 2], helped: bool) -> Arc<Self> {
        let (served, applied) = (Mutex::new(vec![0]), Mutex::default());
        Arc::new(Self {
            instance,
            service,
            pairs,
            served,
            applied,
            under_way: AtomicBool::default(),
            helped,
            deployed: AtomicU64::default(),
        })
    }

    /// Whether a plan is being applied.
    pub fn is_under_way(&self) -> bool {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Deploys one pair after the other.
    pub fn begin(self: &Arc<Self>, load: &Arc<Load>) {
        let (daemon, load) = (Arc::clone(self), Arc::clone(load));
        tokio::spawn(async move {
            while !load.over.load(Ordering::Relaxed) {
                let turn = load.gate.read().await;
                let deployed = daemon.deploy(&load.client(), &load.database).await;
                daemon.under_way.store(false, Ordering::Relaxed);
                drop(turn);
                if let Err(error) = deployed
                    && !is_of_a_kill(&error)
                    && !(daemon.helped && is_of_a_helper_away(&error))
                {
                    load.ledger.lock().unwrap().faults.push(format!("deploying: {error:?}"));
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
    }

    async fn deploy(&self, client: &Client<Native>, database: &str) -> Result<(), ClientError> {
        for left in client.bindings(&self.service.id).await? {
            client.unbind(&self.service.id, &left.id).await?;
        }
        let next = 1 - self.served.lock().unwrap()[0];
        let binding = NewBinding {
            database: database.to_owned(),
            certificate: self.pairs[next].fingerprint(),
            endpoints: Vec::new(),
            layout: Layout::Keep,
            directory: None,
        };
        let binding = client.bind(&self.service.id, &binding).await?;
        let part = NewPlanPart { service: self.service.id.clone(), bindings: Some(vec![binding.id]), settings: Vec::new() };
        let plan = client.make_plan(&NewPlan { parts: vec![part], on_failure: OnFailure::ReturnAll }).await?;
        if self.helped && plan.state == PlanState::Blocked {
            return Ok(());
        }
        *self.applied.lock().unwrap() = Some((plan.id.clone(), next));
        self.under_way.store(true, Ordering::Relaxed);
        let mut deployment = match client.apply_plan(&plan.id).await {
            Ok(deployment) => deployment,
            Err(error) => {
                self.may_serve(next);
                return Err(error);
            }
        };
        self.may_serve(next);
        while matches!(deployment.state, DeploymentState::Running | DeploymentState::RollingBack) {
            tokio::time::sleep(Duration::from_millis(10)).await;
            deployment = client.deployment(&deployment.id).await?;
        }
        if deployment.state == DeploymentState::Succeeded {
            self.deployed.fetch_add(1, Ordering::Relaxed);
            *self.served.lock().unwrap() = vec![next];
        }
        Ok(())
    }

    fn may_serve(&self, pair: usize) {
        let mut served = self.served.lock().unwrap();
        if !served.contains(&pair) {
            served.push(pair);
        }
    }

    /// It serves one of the certificates that it may, at this very instant; what is wrong otherwise.
    pub fn serves_tls(&self) -> Result<usize, String> {
        let endpoint = &self.instance.endpoints()[0];
        let leaf = endpoint.leaf().map_err(|words| format!("the daemon serves no TLS: {words}"))?;
        let pair = self.pairs.iter().position(|pair| pair.leaf() == leaf).ok_or("the daemon serves a certificate that nobody gave it")?;
        let possible = self.served.lock().unwrap().clone();
        if possible.contains(&pair) { Ok(pair) } else { Err(format!("the daemon serves {pair} and not one of {possible:?}")) }
    }

    /// It serves what the record says, from files that are whole. Nothing is under way any more.
    pub fn settle(&self, newest: Option<&Deployment>) -> Result<(), String> {
        let pair = self.serves_tls()?;
        let applied = self.applied.lock().unwrap().take();
        if let (Some(newest), Some((plan, next))) = (newest, applied)
            && newest.plan.as_deref() == Some(plan.as_str())
        {
            let expected = match newest.state {
                DeploymentState::Succeeded => next,
                DeploymentState::RolledBack => 1 - next,
                other => return Err(format!("the deployment is {other:?}: {}", newest.message)),
            };
            if expected != pair {
                return Err(format!("the record says that {expected} is served, and it is {pair}: {}", newest.message));
            }
        }
        *self.served.lock().unwrap() = vec![pair];
        let files = self.instance.files();
        let read = |path: &std::path::Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        let (certificate, key) = (read(&files.certificate)?, read(&files.key)?);
        let whole: Vec<_> = [self.pairs[pair].leaf()].into_iter().chain(self.pairs[pair].chain()).collect();
        if !from_pem(&certificate).starts_with(&whole[..1]) || !self.pairs[pair].has_key(&key) {
            return Err(format!("{} and {} are not the pair {pair} that is served", files.certificate.display(), files.key.display()));
        }
        Ok(())
    }
}

/// A plan of which something cannot be read at the moment is not applied.
fn is_of_a_helper_away(error: &ClientError) -> bool {
    matches!(error, ClientError::Problem(problem) if problem.code == ProblemCode::PlanStale)
}
