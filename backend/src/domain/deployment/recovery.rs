//! Before the console listens: deployments that its last end cut short are brought to an end.

use certdeck_shared::api::deployment::DeploymentState;

use super::Deployments;
use super::refusal::DeploymentRefused;
use super::watch::Watch;
use crate::deploy::executor::{Outcome, Refusal};
use crate::domain::databases::{OperationError, blocking};

impl Deployments {
    /// Finishes each of them, or takes it back, and keeps how it ended. One that cannot be brought to an end needs attention, and stays as
    /// it is until somebody asks for its way back once more.
    pub async fn recover(&self) {
        for id in self.cut_short().await {
            tracing::warn!(deployment.id = %id, "a deployment was cut short by the last end; it is brought to an end now");
            match self.bring_to_an_end(&id).await {
                Ok(message) => tracing::info!(deployment.id = %id, message, "it has ended"),
                Err(error) => tracing::error!(deployment.id = %id, %error, "it could not be brought to an end"),
            }
        }
    }

    /// Those whose checkpoint has no end, and those whose record has none: a kill can come before the first and after the last word of a
    /// checkpoint.
    async fn cut_short(&self) -> Vec<String> {
        let executor = self.executor.clone();
        let read =
            blocking(move || executor.unfinished()).await.and_then(|read| read.map_err(|refusal| DeploymentRefused::from(refusal).into()));
        let mut found = read.unwrap_or_else(|error| {
            tracing::error!(%error, "checkpoints of deployments could not be read");
            Vec::new()
        });
        match self.environment.store.deployments().unended().await {
            Ok(kept) => found.extend(kept),
            Err(error) => tracing::error!(%error, "deployments could not be read"),
        }
        found.sort();
        found.dedup();
        found
    }

    async fn bring_to_an_end(&self, id: &str) -> Result<String, OperationError> {
        if let Some(kept) = self.environment.store.deployments().by_id(id).await? {
            self.running.begin(kept);
        }
        let (running, events) = (self.running.clone(), self.environment.events.clone());
        let watch = Watch { id: id.to_owned(), running, events, progress: None };
        let outcome = match self.executor.recover(id, &watch).await {
            // It is made before anything is changed.
            Err(Refusal::NoCheckpoint(_)) => Outcome {
                state: DeploymentState::RolledBack,
                message: "The console ended before it began. Nothing was changed.".to_owned(),
                steps: Vec::new(),
            },
            outcome => outcome.inspect_err(|_| self.running.end(id)).map_err(DeploymentRefused::from)?,
        };
        let message = outcome.message.clone();
        // It ended otherwise than wanted, which is what is kept; here it has only to be at an end.
        match self.ended(id, "deployment.recover", outcome).await {
            Ok(_) | Err(OperationError::Deployment(_)) => Ok(message),
            Err(error) => Err(error),
        }
    }
}
