//! Jobs, kept so that an answer can be fetched after a restart.

use certdeck_shared::api::job::{Job, JobState};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use rusqlite::{OptionalExtension as _, params};

use super::{StateError, Store, to_column, to_word};

/// How many ended jobs are kept.
const KEPT: i64 = 500;

/// The table of jobs.
pub struct Jobs<'a>(pub(super) &'a Store);

impl Jobs<'_> {
    /// The newest jobs first.
    pub async fn list(&self, limit: u32) -> Result<Vec<Job>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT job FROM jobs ORDER BY started_at DESC, rowid DESC LIMIT ?1")?;
                statement.query_and_then([limit], |row| Ok(serde_json::from_str(&row.get::<_, String>(0)?)?))?.collect()
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<Job>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let text: Option<String> = state.query_row("SELECT job FROM jobs WHERE id = ?1", [id], |row| row.get(0)).optional()?;
                Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
            })
            .await
    }

    /// Adds a job, and forgets the oldest ended ones beyond the limit.
    pub async fn insert(&self, job: Job) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO jobs (id, started_at, state, job) VALUES (?1, ?2, ?3, ?4)",
                    params![job.id, to_column(job.started_at), to_word(job.state)?, serde_json::to_string(&job)?],
                )?;
                state.execute(
                    "DELETE FROM jobs WHERE state <> 'running' AND rowid NOT IN (SELECT rowid FROM jobs ORDER BY started_at DESC LIMIT ?1)",
                    [KEPT],
                )?;
                Ok(())
            })
            .await
    }

    /// Writes where a running job stands; one that has ended stays as it ended.
    pub async fn update(&self, job: Job) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "UPDATE jobs SET state = ?2, job = ?3 WHERE id = ?1 AND state = 'running'",
                    params![job.id, to_word(job.state)?, serde_json::to_string(&job)?],
                )?;
                Ok(())
            })
            .await
    }

    /// At start: what was running then is not running any more.
    pub async fn interrupt_running(&self) -> Result<Vec<Job>, StateError> {
        let now = self.0.clock().now();
        let running: Vec<Job> = self.list(u32::MAX).await?.into_iter().filter(|job| job.state == JobState::Running).collect();
        let mut interrupted = Vec::with_capacity(running.len());
        for mut job in running {
            job.state = JobState::Interrupted;
            job.ended_at = Some(now);
            job.cancellable = false;
            job.problem = Some(Problem::new(
                ProblemCode::Internal,
                format!(
                    "The console ended while this ran; step {} of {} was the last one noted. Look at what is there, then start it again.",
                    job.done, job.total
                ),
            ));
            self.update(job.clone()).await?;
            interrupted.push(job);
        }
        Ok(interrupted)
    }
}
