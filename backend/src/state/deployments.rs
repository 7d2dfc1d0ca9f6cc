//! Deployments, kept so that each can be looked at and taken back later.

use certdeck_shared::api::deployment::{Deployment, DeploymentState};
use rusqlite::{OptionalExtension as _, params};

use super::{StateError, Store, to_column, to_word};

/// The table of deployments.
pub struct Deployments<'a>(pub(super) &'a Store);

impl Deployments<'_> {
    /// The newest first.
    pub async fn list(&self, limit: u32) -> Result<Vec<Deployment>, StateError> {
        self.0
            .read(move |state| {
                let mut statement =
                    state.prepare_cached("SELECT deployment FROM deployments ORDER BY started_at DESC, rowid DESC LIMIT ?1")?;
                statement.query_and_then([limit], |row| Ok(serde_json::from_str(&row.get::<_, String>(0)?)?))?.collect()
            })
            .await
    }

    /// Identifiers of those that have not come to an end.
    pub async fn unended(&self) -> Result<Vec<String>, StateError> {
        self.0
            .read(move |state| {
                let mut statement = state.prepare_cached("SELECT id FROM deployments WHERE state IN (?1, ?2) ORDER BY started_at")?;
                let going_on = [to_word(DeploymentState::Running)?, to_word(DeploymentState::RollingBack)?];
                statement.query_and_then(going_on, |row| Ok(row.get(0)?))?.collect()
            })
            .await
    }

    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<Deployment>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT deployment FROM deployments WHERE id = ?1";
                let text: Option<String> = state.query_row(sql, [id], |row| row.get(0)).optional()?;
                Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
            })
            .await
    }

    /// Keeps one as it stands now.
    pub async fn save(&self, deployment: Deployment) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO deployments (id, started_at, state, deployment) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (id) DO UPDATE SET state = ?3, deployment = ?4",
                    params![
                        deployment.id,
                        to_column(deployment.started_at),
                        to_word(deployment.state)?,
                        serde_json::to_string(&deployment)?
                    ],
                )?;
                Ok(())
            })
            .await
    }
}
