//! `POST /endpoints/probes`

use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// Makes all endpoints due at once, but those that are paused. The event `endpoints-probed` brings the rows of those that have been probed.
#[utoipa::path(post, path = "/endpoints/probes", tag = "endpoints", responses((status = 204, description = "They are due")))]
pub async fn probe_endpoints(caller: Caller) -> Result<StatusCode, HttpProblem> {
    caller.console.watch.probe_all(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
