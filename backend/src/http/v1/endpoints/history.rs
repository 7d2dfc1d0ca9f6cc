//! `GET /endpoints/{endpoint}/probes`

use axum::Json;
use certdeck_shared::api::endpoint::EndpointHistory;
use certdeck_shared::api::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath, ProblemQuery};

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// So many days, today included; all that is kept when absent.
    days: Option<u16>,
}

/// The days of an endpoint, the oldest first: probes, failures, the worst state, times of handshakes; and what changed. Kept for 400 days.
#[utoipa::path(get, path = "/endpoints/{endpoint}/probes", tag = "endpoints",
    params(("endpoint" = String, Path, description = "Identifier"), Since), responses(
    (status = 200, body = EndpointHistory),
    (status = 400, body = Problem, description = "invalid-input: more days than are kept"),
))]
pub async fn show_endpoint_history(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemQuery(since): ProblemQuery<Since>,
) -> Result<Json<EndpointHistory>, HttpProblem> {
    Ok(Json(caller.console.watch.history(&id, since.days).await?))
}
