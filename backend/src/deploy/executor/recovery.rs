//! What is done at the start with deployments that a kill, a crash or a power cut broke off. It may be broken off itself at any instant,
//! and is done again at the next start.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::OnFailure;

use super::run::{Run, blocking};
use super::steps::Steps;
use super::{Executor, Observer, Outcome, Refusal};

impl Executor {
    /// Identifiers of the deployments that did not come to an end.
    ///
    /// # Errors
    /// When a checkpoint cannot be read.
    pub fn unfinished(&self) -> Result<Vec<String>, Refusal> {
        Ok(self.shelf.unfinished()?)
    }

    /// Brings a deployment to an end: the good one, when all ports had been proved; otherwise everything is taken back. Of one that needs
    /// attention the way back is gone once more.
    ///
    /// # Errors
    /// `Running`, `NoCheckpoint`, and when the checkpoint cannot be used.
    pub async fn recover(&self, id: &str, observer: &dyn Observer) -> Result<Outcome, Refusal> {
        let (executor, name) = (self.clone(), id.to_owned());
        let opened = blocking(move || {
            let (checkpoint, standing) = executor.shelf.open(&name)?.ok_or(Refusal::NoCheckpoint(name))?;
            let locks = executor.lock_all(checkpoint.record.services.iter().map(|service| &service.planned))?;
            remove(&standing.temporaries);
            Ok::<_, Refusal>((checkpoint, standing, locks))
        });
        let (checkpoint, mut standing, locks) = opened.await?;
        if let Some((state, message, _)) = standing.ended.take_if(|(state, ..)| *state != DeploymentState::NeedsAttention) {
            return Ok(Outcome { state, message, steps: Vec::new() });
        }
        let begun = standing.begun();
        let all_proved = standing.proved.len() == checkpoint.record.services.len();
        let returning = standing.returning.take();
        let again = standing.ended.take().is_some();
        let kept_on_failure = checkpoint.record.on_failure == OnFailure::KeepDone;
        // Whether a service took up what was written before the kill, or was started in between, nobody knows.
        standing.activated.clone_from(&begun);
        let unproved: BTreeSet<usize> = begun.difference(&standing.proved).copied().collect();
        let run = Run {
            checkpoint: Arc::new(checkpoint),
            standing,
            steps: Steps::none(observer),
            surroundings: self.surroundings.as_ref(),
            remarks: Vec::new(),
        };
        let outcome = match returning {
            Some((services, cause)) => {
                let more = if again { "" } else { " The console ended on the way back, and went on with it at its next start." };
                let cause = cause.strip_suffix(more).unwrap_or(&cause);
                run.take_back(services.into_iter().collect(), format!("{cause}{more}")).await
            }
            None if all_proved => run.succeeded().await,
            None => {
                let services =
                    if kept_on_failure { unproved.iter().flat_map(|place| run.together_with(*place, &begun)).collect() } else { begun };
                run.take_back(services, "The console ended in the middle of it.".to_owned()).await
            }
        };
        drop(locks);
        Ok(outcome)
    }
}

/// Names that no other file has: what is there was left behind by a kill.
fn remove(temporaries: &[PathBuf]) {
    for path in temporaries {
        let _ = std::fs::remove_file(path);
    }
}
