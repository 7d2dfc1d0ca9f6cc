//! `GET /databases/{database}/certificates/{fingerprint}/renewal`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::renewal::RenewalProposal;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemPath};

/// What a renewal would do: who issued the certificate, whether its key can be kept, until when the successor would be good.
#[utoipa::path(get, path = "/databases/{database}/certificates/{fingerprint}/renewal", tag = "issuing", params(
    ("database" = String, Path, description = "Identifier"),
    ("fingerprint" = String, Path, description = "SHA-256 of the DER, hexadecimal"),
), responses((status = 200, body = RenewalProposal), (status = 404, body = Problem, description = "not-found")))]
pub async fn show_renewal(
    caller: Caller,
    ProblemPath((database, fingerprint)): ProblemPath<(String, String)>,
) -> Result<Json<RenewalProposal>, HttpProblem> {
    Ok(Json(caller.console.databases.operation(&database, &caller.actor)?.renewal_proposal(&fingerprint).await?))
}
