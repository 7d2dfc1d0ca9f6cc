//! Long work that goes on by itself, with progress for whoever looks.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use certdeck_shared::api::event::Event;
use certdeck_shared::api::job::{Job, JobState};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use time::{Duration, OffsetDateTime};

use super::events::Events;
use super::tasks::Tasks;
use crate::host::{Clock, randomness};
use crate::state::{StateError, Store};

/// Progress is told at most this often, and kept on disk at most once a second: a job of thousands of steps drowns nobody.
const TOLD_EVERY: Duration = Duration::milliseconds(100);
const KEPT_EVERY: Duration = Duration::seconds(1);

/// The jobs of the console.
#[derive(Clone)]
pub struct Jobs {
    store: Store,
    events: Events,
    tasks: Tasks,
    running: Arc<Mutex<HashMap<String, Progress>>>,
}

/// The hand of a running job: it moves the job on and looks whether to stop.
#[derive(Clone)]
pub struct Progress {
    shared: Arc<Shared>,
}

struct Shared {
    job: Mutex<Job>,
    cancelled: AtomicBool,
    told_and_kept_at: Mutex<(OffsetDateTime, OffsetDateTime)>,
    clock: Clock,
    store: Store,
    events: Events,
    tasks: Tasks,
}

impl Jobs {
    /// Jobs that are kept in this state.
    #[must_use]
    pub fn new(store: Store, events: Events, tasks: Tasks) -> Self {
        Self { store, events, tasks, running: Arc::default() }
    }

    /// Starts work and returns the job as it begins. `total` is the number of steps. Work that can be stopped looks at
    /// [`Progress::cancelled`] between its steps and returns a problem of its own when it has put everything back.
    pub async fn start<W, F>(
        &self,
        actor: &str,
        action: &str,
        database: Option<&str>,
        total: u64,
        cancellable: bool,
        work: W,
    ) -> Result<Job, StateError>
    where
        W: FnOnce(Progress) -> F + Send + 'static,
        F: Future<Output = Result<serde_json::Value, Problem>> + Send + 'static,
    {
        let now = self.store.clock().now();
        let job = Job {
            id: randomness::identifier(),
            action: action.to_owned(),
            database: database.map(str::to_owned),
            state: JobState::Running,
            done: 0,
            total,
            message: String::new(),
            cancellable,
            actor: actor.to_owned(),
            started_at: now,
            ended_at: None,
            result: None,
            problem: None,
        };
        self.store.jobs().insert(job.clone()).await?;
        let progress = Progress {
            shared: Arc::new(Shared {
                job: Mutex::new(job.clone()),
                cancelled: AtomicBool::new(false),
                told_and_kept_at: Mutex::new((now, now)),
                clock: self.store.clock().clone(),
                store: self.store.clone(),
                events: self.events.clone(),
                tasks: self.tasks.clone(),
            }),
        };
        lock(&self.running).insert(job.id.clone(), progress.clone());
        progress.tell();
        let jobs = self.clone();
        let working = self.tasks.spawn(work(progress.clone()));
        self.tasks.spawn(async move {
            let outcome = match working.await {
                Ok(outcome) => outcome,
                Err(broken) => {
                    tracing::error!(job.id = %progress.job().id, error = %broken, "a job broke off");
                    Err(Problem::new(ProblemCode::Internal, "The job broke off by a fault of the console; the log has more."))
                }
            };
            jobs.finish(&progress, outcome).await;
        });
        Ok(job)
    }

    /// The newest jobs first, the running ones as they are this instant.
    pub async fn list(&self, limit: u32) -> Result<Vec<Job>, StateError> {
        let kept = self.store.jobs().list(limit).await?;
        let running = lock(&self.running);
        Ok(kept.into_iter().map(|job| running.get(&job.id).map_or(job, Progress::job)).collect())
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<Job>, StateError> {
        let running = lock(&self.running).get(id).map(Progress::job);
        match running {
            Some(job) => Ok(Some(job)),
            None => self.store.jobs().by_id(id).await,
        }
    }

    /// Asks a running job to stop. False when it is not running, or cannot be stopped.
    #[must_use]
    pub fn cancel(&self, id: &str) -> bool {
        let running = lock(&self.running).get(id).cloned();
        let Some(progress) = running.filter(|progress| progress.job().cancellable) else { return false };
        progress.shared.cancelled.store(true, Ordering::Release);
        true
    }

    /// Asks every job that can be stopped to stop, but for those that do something that is better finished; for the end of the console.
    pub fn cancel_all_but(&self, finished: impl Fn(&str) -> bool) {
        let stopped = |(id, progress): (&String, &Progress)| (!finished(&progress.job().action)).then(|| id.clone());
        let running: Vec<String> = lock(&self.running).iter().filter_map(stopped).collect();
        for id in running {
            let _ = self.cancel(&id);
        }
    }

    async fn finish(&self, progress: &Progress, outcome: Result<serde_json::Value, Problem>) {
        let ended = {
            let mut job = lock(&progress.shared.job);
            job.ended_at = Some(self.store.clock().now());
            job.cancellable = false;
            match outcome {
                Ok(result) => {
                    job.state = JobState::Succeeded;
                    job.done = job.total;
                    job.result = Some(result);
                }
                Err(problem) => {
                    job.state = if progress.cancelled() { JobState::Cancelled } else { JobState::Failed };
                    job.problem = Some(problem);
                }
            }
            job.clone()
        };
        if let Err(error) = self.store.jobs().update(ended.clone()).await {
            tracing::error!(job.id = %ended.id, %error, "the end of a job could not be kept");
        }
        lock(&self.running).remove(&ended.id);
        progress.tell();
    }
}

impl Progress {
    /// Notes that `done` steps are done and what is happening.
    pub fn step(&self, done: u64, message: impl Into<String>) {
        let now = self.shared.clock.now();
        {
            let mut job = lock(&self.shared.job);
            job.done = done.min(job.total);
            job.message = message.into();
        }
        let (tell, keep) = {
            let mut at = lock(&self.shared.told_and_kept_at);
            let due = (now - at.0 >= TOLD_EVERY, now - at.1 >= KEPT_EVERY);
            *at = (if due.0 { now } else { at.0 }, if due.1 { now } else { at.1 });
            due
        };
        if tell {
            self.tell();
        }
        if keep {
            let (store, job) = (self.shared.store.clone(), self.job());
            self.shared.tasks.spawn(async move {
                if let Err(error) = store.jobs().update(job).await {
                    tracing::warn!(%error, "progress of a job could not be kept");
                }
            });
        }
    }

    /// Whether somebody asked to stop.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::Acquire)
    }

    /// From here on the job cannot be stopped.
    pub fn beyond_return(&self) {
        lock(&self.shared.job).cancellable = false;
        self.tell();
    }

    /// The job as it is now.
    #[must_use]
    pub fn job(&self) -> Job {
        lock(&self.shared.job).clone()
    }

    fn tell(&self) {
        self.shared.events.publish(Event::JobChanged { job: Box::new(self.job()) });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn jobs() -> Jobs {
        let store = Store::in_memory(Clock::system()).unwrap();
        Jobs::new(store, Events::default(), Tasks::default())
    }

    async fn ended(jobs: &Jobs, id: &str) -> Job {
        jobs.tasks.end();
        jobs.tasks.finished().await;
        jobs.by_id(id).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_job_that_ends_well_keeps_its_answer() {
        let jobs = jobs();
        let job = jobs.start("ada", "test.run", None, 3, false, |_| async { Ok(json!({"count": 3})) }).await.unwrap();
        assert_eq!(job.state, JobState::Running);
        let job = ended(&jobs, &job.id).await;
        assert_eq!((job.state, job.done, job.result), (JobState::Succeeded, 3, Some(json!({"count": 3}))));
    }

    #[tokio::test]
    async fn a_job_that_breaks_off_has_failed() {
        let jobs = jobs();
        let job = jobs.start("ada", "test.run", None, 1, false, |_| async { panic!("a fault") }).await.unwrap();
        let job = ended(&jobs, &job.id).await;
        assert_eq!((job.state, job.problem.unwrap().code), (JobState::Failed, ProblemCode::Internal));
    }

    #[tokio::test]
    async fn a_job_stops_when_asked() {
        let jobs = jobs();
        let job = jobs
            .start("ada", "test.run", None, 1, true, |progress| async move {
                while !progress.cancelled() {
                    tokio::task::yield_now().await;
                }
                Err(Problem::new(ProblemCode::Internal, "stopped"))
            })
            .await
            .unwrap();
        assert!(jobs.cancel(&job.id));
        assert_eq!(ended(&jobs, &job.id).await.state, JobState::Cancelled);
        assert!(!jobs.cancel(&job.id));
    }

    #[tokio::test]
    async fn a_job_of_a_console_that_was_killed_is_interrupted_at_the_next_start() {
        let jobs = jobs();
        let job = jobs.start("ada", "test.run", None, 1, false, |_| std::future::pending()).await.unwrap();
        let interrupted = jobs.store.jobs().interrupt_running().await.unwrap();
        assert_eq!(interrupted.len(), 1);
        assert_eq!(jobs.store.jobs().by_id(&job.id).await.unwrap().unwrap().state, JobState::Interrupted);
    }
}
