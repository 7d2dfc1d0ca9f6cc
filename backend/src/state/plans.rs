//! Plans of deployments. They hold certificates and configurations, and never a private key.

use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;
use time::OffsetDateTime;

use super::{StateError, Store, to_column};

/// How many plans that were never applied are kept.
const KEPT: i64 = 200;

/// A plan as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRecord {
    /// Identifier in paths.
    pub id: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// Its deployment, once it is applied.
    pub deployment: Option<String>,
    /// What it says.
    pub plan: Value,
}

/// The table of plans.
pub struct Plans<'a>(pub(super) &'a Store);

impl Plans<'_> {
    /// One by its identifier.
    pub async fn by_id(&self, id: &str) -> Result<Option<PlanRecord>, StateError> {
        let id = id.to_owned();
        self.0
            .read(move |state| {
                let sql = "SELECT id, created_at, deployment, plan FROM plans WHERE id = ?1";
                let row = state.query_row(sql, [id], |row| {
                    Ok((row.get("id")?, super::from_column(row.get("created_at")?), row.get("deployment")?, row.get::<_, String>("plan")?))
                });
                let Some((id, created_at, deployment, plan)) = row.optional()? else { return Ok(None) };
                Ok(Some(PlanRecord { id, created_at, deployment, plan: serde_json::from_str(&plan)? }))
            })
            .await
    }

    /// Keeps one, and forgets the oldest that were never applied beyond the limit.
    pub async fn insert(&self, record: PlanRecord) -> Result<(), StateError> {
        self.0
            .call(move |state| {
                state.execute(
                    "INSERT INTO plans (id, created_at, deployment, plan) VALUES (?1, ?2, ?3, ?4)",
                    params![record.id, to_column(record.created_at), record.deployment, record.plan.to_string()],
                )?;
                state.execute(
                    "DELETE FROM plans WHERE deployment IS NULL AND id NOT IN \
                     (SELECT id FROM plans WHERE deployment IS NULL ORDER BY created_at DESC LIMIT ?1)",
                    [KEPT],
                )?;
                Ok(())
            })
            .await
    }

    /// Gives a plan to a deployment. False when it has one already, or is unknown.
    pub async fn apply(&self, id: &str, deployment: &str) -> Result<bool, StateError> {
        let key = [id.to_owned(), deployment.to_owned()];
        self.0.call(move |state| Ok(state.execute("UPDATE plans SET deployment = ?2 WHERE id = ?1 AND deployment IS NULL", key)? > 0)).await
    }
}
