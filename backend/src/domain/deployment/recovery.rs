//! Before the console listens: deployments that its last end cut short are brought to an end.

use super::Deployments;
use super::watch::Watch;
use crate::domain::databases::{OperationError, blocking};

impl Deployments {
    /// Finishes each of them, or takes it back, and keeps how it ended. A deployment that cannot be brought to an end needs attention and
    /// stays as it is until somebody acts, or the next start.
    pub async fn recover(&self) {
        let executor = self.executor.clone();
        let unfinished = match blocking(move || executor.unfinished()).await {
            Ok(Ok(unfinished)) => unfinished,
            Ok(Err(error)) => return tracing::error!(%error, "checkpoints of deployments could not be read"),
            Err(error) => return tracing::error!(%error, "checkpoints of deployments could not be read"),
        };
        for id in unfinished {
            tracing::warn!(deployment.id = %id, "a deployment was cut short by the last end; it is brought to an end now");
            match self.bring_to_an_end(&id).await {
                Ok(message) => tracing::info!(deployment.id = %id, message, "it has ended"),
                Err(error) => tracing::error!(deployment.id = %id, %error, "it could not be brought to an end"),
            }
        }
    }

    async fn bring_to_an_end(&self, id: &str) -> Result<String, OperationError> {
        if let Some(kept) = self.environment.store.deployments().by_id(id).await? {
            self.running.begin(kept);
        }
        let (running, events) = (self.running.clone(), self.environment.events.clone());
        let watch = Watch { id: id.to_owned(), running, events, progress: None };
        let outcome = self.executor.recover(id, &watch).await.map_err(super::refusal::DeploymentRefused::from);
        let outcome = outcome.inspect_err(|_| self.running.end(id))?;
        let message = outcome.message.clone();
        // It ended otherwise than wanted, which is what is kept; here it has only to be at an end.
        match self.ended(id, "deployment.recover", outcome).await {
            Ok(_) | Err(OperationError::Deployment(_)) => Ok(message),
            Err(error) => Err(error),
        }
    }
}
