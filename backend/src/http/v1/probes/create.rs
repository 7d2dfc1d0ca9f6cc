//! `POST /probes`

use axum::Json;
use certdeck_shared::api::probe::{NewProbe, ProbeReport};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Connects from the console's host to a port, speaks STARTTLS where that is wanted, completes a TLS handshake and tells what was served. A port
/// that does not answer, or not with TLS, is an answer as well: `outcome` and `words` say which. It takes at most 10 seconds, and nothing is
/// kept but a line in the audit log. Only administrators may do it, because the host may reach what the caller cannot; and beside this host itself
/// only those of the list in the settings of watching are probed.
#[utoipa::path(post, path = "/probes", tag = "probes", request_body = NewProbe, responses(
    (status = 200, body = ProbeReport, description = "What was seen"),
    (status = 400, body = Problem, description = "invalid-input: no host, no port, nothing to begin TLS with, or a host that is not on the list"),
))]
pub async fn create_probe(caller: Caller, ProblemJson(new): ProblemJson<NewProbe>) -> Result<Json<ProbeReport>, HttpProblem> {
    Ok(Json(caller.console.probes.once(&caller.actor, new).await?))
}
