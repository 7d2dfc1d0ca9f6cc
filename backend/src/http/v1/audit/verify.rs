//! `GET /audit/verification`

use axum::Json;
use certdeck_shared::api::activity::{AuditVerification, is_digest};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

/// What is known from before.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Known {
    /// A digest that was kept elsewhere: 64 digits of hexadecimal. An entry must have it.
    head: Option<String>,
}

/// Follows the chain of the audit log from the first entry to the last. An entry that was changed, taken out, put in or moved is found. A log
/// that somebody digested anew as a whole is found only by a digest that was kept elsewhere.
#[utoipa::path(get, path = "/audit/verification", tag = "audit", params(Known), responses((status = 200, body = AuditVerification)))]
pub async fn verify_audit(caller: Caller, ProblemQuery(known): ProblemQuery<Known>) -> Result<Json<AuditVerification>, HttpProblem> {
    if known.head.as_ref().is_some_and(|head| !is_digest(head)) {
        let problem = Problem::new(ProblemCode::InvalidInput, "A query parameter is not valid.");
        return Err(problem.with_field("?head", "is no SHA-256 digest: 64 digits of hexadecimal").into());
    }
    Ok(Json(caller.console.store.audit().verify(known.head.as_deref()).await?))
}
