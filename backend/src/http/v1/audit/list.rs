//! `GET /audit`

use axum::Json;
use certdeck_shared::api::activity::AuditPage;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Administrator;
use crate::http::problem::{HttpProblem, ProblemQuery};
use crate::state::AuditFilter;

/// Most entries of a page.
const MOST: u32 = 500;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Only entries older than the one with this id.
    before: Option<i64>,
    /// How many, 1 to 500; 100 when absent.
    limit: Option<u32>,
    /// Only entries of this database.
    database: Option<String>,
    /// Only entries of this actor.
    actor: Option<String>,
    /// Only entries whose action begins so: `certificate.`.
    action: Option<String>,
}

/// The audit log, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Page), responses((status = 200, body = AuditPage)))]
pub async fn list_audit(caller: Administrator, ProblemQuery(page): ProblemQuery<Page>) -> Result<Json<AuditPage>, HttpProblem> {
    let limit = page.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        let problem = Problem::new(ProblemCode::InvalidInput, "A query parameter is out of range.");
        return Err(problem.with_field("?limit", format!("is {limit}; 1 to {MOST} are allowed")).into());
    }
    let wanted = AuditFilter { before: page.before, database: page.database, actor: page.actor, action: page.action };
    Ok(Json(caller.console.store.audit().page(wanted, limit).await?))
}
