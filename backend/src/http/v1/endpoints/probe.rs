//! `POST /endpoints/{endpoint}/probes`

use axum::Json;
use certdeck_shared::api::endpoint::EndpointDetail;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// Probes an endpoint at once, whether it is paused or not, and tells everything that was seen. It takes at most 20 seconds.
#[utoipa::path(post, path = "/endpoints/{endpoint}/probes", tag = "endpoints",
    params(("endpoint" = String, Path, description = "Identifier")), responses((status = 200, body = EndpointDetail)))]
pub async fn probe_endpoint(caller: Caller, ProblemPath(id): ProblemPath<String>) -> Result<Json<EndpointDetail>, HttpProblem> {
    Ok(Json(caller.console.watch.probe_now(&caller.actor, &id).await?))
}
