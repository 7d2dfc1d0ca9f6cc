//! `POST /certificate-maps/trial`

use axum::Json;
use certdeck_shared::api::certificate_map::{MapTrialResult, NewMapTrial};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Tries a client's certificate on the maps of a file: which map applies and why, which searches come of it, and, where a directory is named,
/// which entry it leads to and what `verifycert` says. Nothing changes, in the file or in the directory.
#[utoipa::path(post, path = "/certificate-maps/trial", tag = "certificate maps", request_body = NewMapTrial, responses(
    (status = 200, body = MapTrialResult),
    (status = 400, body = Problem, description = "invalid-input: no such file, a certificate or address that is none"),
    (status = 422, body = Problem, description = "configuration-not-understood: a line that no server reads"),
    (status = 502, body = Problem, description = "directory-unreachable"),
))]
pub async fn try_certificate_map(caller: Caller, ProblemJson(new): ProblemJson<NewMapTrial>) -> Result<Json<MapTrialResult>, HttpProblem> {
    Ok(Json(caller.console.certificate_maps.try_certificate(new).await?))
}
