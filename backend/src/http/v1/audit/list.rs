//! `GET /audit`

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::response::Response;
use certdeck_shared::api::activity::AuditPage;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::role::Right;
use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::kept::{self, KeptAnswers};
use crate::http::problem::{HttpProblem, ProblemQuery};
use crate::state::AuditFilter;

/// Most entries of a page.
const MOST: u32 = 500;

/// Most characters that are searched for.
const LONGEST: usize = 200;

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
    /// Only entries about this service: its identifier, or its configuration, `/etc/nginx/nginx.conf`.
    service: Option<String>,
    /// Only entries of this actor.
    actor: Option<String>,
    /// Only entries whose action begins so: `certificate.`.
    action: Option<String>,
    /// Only `success`, only `refused` (all that failed or was refused), or only the code of a problem.
    outcome: Option<String>,
    /// Only entries in which every one of these words stands somewhere, in whatever field; at most 200 characters.
    text: Option<String>,
    /// Only entries from this moment on (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    /// Only entries before this moment (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    until: Option<OffsetDateTime>,
}

/// The audit log, newest first. Who may read that of some databases alone names one.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Page), responses((status = 200, body = AuditPage)))]
pub async fn list_audit(
    caller: Caller,
    Extension(answers): Extension<Arc<KeptAnswers>>,
    RawQuery(query): RawQuery,
    ProblemQuery(page): ProblemQuery<Page>,
) -> Result<Response, HttpProblem> {
    match &page.database {
        Some(database) => caller.require_of_database(Right::Audit, database)?,
        None if caller.sight().may_everywhere(Right::Audit) => {}
        None => {
            let words = "You read the log of some databases alone. Name one: ?database=ID.";
            return Err(HttpProblem::new(ProblemCode::ScopeInsufficient, words));
        }
    }
    let limit = page.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        let problem = Problem::new(ProblemCode::InvalidInput, "A query parameter is out of range.");
        return Err(problem.with_field("?limit", format!("is {limit}; 1 to {MOST} are allowed")).into());
    }
    if page.text.as_ref().is_some_and(|text| text.chars().count() > LONGEST) {
        let problem = Problem::new(ProblemCode::InvalidInput, "A query parameter is too long.");
        return Err(problem.with_field("?text", format!("has more than {LONGEST} characters")).into());
    }
    let asked = format!("entries of the audit log by {}", query.unwrap_or_default());
    let version = caller.console.store.version().await?.to_string();
    if let Some(answer) = answers.find(&asked, &version) {
        return Ok(kept::json(answer));
    }
    let service = match page.service {
        Some(named) => Some(caller.console.store.services().by_id(&named).await?.map_or(named, |record| record.config)),
        None => None,
    };
    let Page { before, database, service: _, actor, action, outcome, text, from, until, limit: _ } = page;
    let wanted = AuditFilter { before, database, service, actor, action, outcome, text, from, until };
    let answer = caller.console.store.audit().page(wanted, limit).await?;
    let answer = Bytes::from(serde_json::to_vec(&answer).map_err(HttpProblem::internal)?);
    answers.keep(asked, version, &answer);
    Ok(kept::json(answer))
}
