//! `GET /certificate-maps`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::certificate_map::CertificateMaps;
use certdeck_shared::api::problem::Problem;
use serde::Deserialize;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    path: String,
}

/// The maps of a `certmap.conf` on the server, and what should be looked at.
#[utoipa::path(get, path = "/certificate-maps", tag = "certificate maps",
    params(("path" = String, Query, description = "Absolute path of the file")), responses(
        (status = 200, body = CertificateMaps, description = "ETag is the digest of the file"),
        (status = 400, body = Problem, description = "invalid-input: no such file, or it cannot be read"),
        (status = 422, body = Problem, description = "configuration-not-understood: a line that no server reads"),
    ))]
pub async fn show_certificate_maps(caller: Caller, ProblemQuery(asked): ProblemQuery<Asked>) -> Result<Response, HttpProblem> {
    let maps = caller.console.certificate_maps.show(&asked.path).await?;
    let tag = maps.digest_sha256.clone();
    Ok(conditions::tagged(Json(maps).into_response(), &tag))
}
