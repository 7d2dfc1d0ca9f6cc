//! `PATCH /certificate-maps`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::certificate_map::{CertificateMaps, MapChanges};
use certdeck_shared::api::problem::Problem;
use http::HeaderMap;
use serde::Deserialize;

use crate::http::conditions;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    path: String,
    #[serde(default)]
    preview: bool,
}

/// Changes the maps of a `certmap.conf`: all changes, or none. Lines that no change is about stay to the byte, and so do owner and mode.
/// With `preview=true` nothing is written. The servers read the file when they start.
#[utoipa::path(patch, path = "/certificate-maps", tag = "certificate maps", params(
        ("path" = String, Query, description = "Absolute path of the file"),
        ("preview" = Option<bool>, Query, description = "Only tell what would be"),
        ("If-Match" = Option<String>, Header, description = "ETag of the file: refused when it changed since"),
    ), request_body = MapChanges, responses(
        (status = 200, body = CertificateMaps, description = "As it is now; ETag is the digest of the file"),
        (status = 400, body = Problem, description = "invalid-input: a change that cannot be made"),
        (status = 412, body = Problem, description = "revision-mismatch"),
        (status = 422, body = Problem, description = "configuration-not-understood: a line that no server reads"),
    ))]
pub async fn change_certificate_maps(
    caller: Caller,
    ProblemQuery(asked): ProblemQuery<Asked>,
    headers: HeaderMap,
    ProblemJson(changes): ProblemJson<MapChanges>,
) -> Result<Response, HttpProblem> {
    let (files, if_match) = (&caller.console.certificate_maps, conditions::if_match(&headers));
    let maps = if asked.preview {
        files.preview(&asked.path, if_match, &changes).await?
    } else {
        files.change(&caller.actor, &asked.path, if_match, &changes).await?
    };
    let tag = maps.digest_sha256.clone();
    Ok(conditions::tagged(Json(maps).into_response(), &tag))
}
