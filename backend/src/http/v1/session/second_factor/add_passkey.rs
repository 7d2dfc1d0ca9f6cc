//! `POST /session/second-factor/passkeys`

use axum::Json;
use certdeck_shared::api::passkey::{NewPasskey, RegisteredPasskey};
use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Adds the passkey that the browser made. If it is the first of the second factor, this answer alone holds the recovery codes.
#[utoipa::path(post, path = "/session/second-factor/passkeys", tag = "session", request_body = NewPasskey, responses(
    (status = 201, body = RegisteredPasskey),
    (status = 401, body = Problem, description = "passkey-refused: made on another page, for another host or challenge, or by nobody"),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 409, body = Problem, description = "already-exists; passkeys-unavailable"),
))]
pub async fn add_passkey(
    caller: Caller,
    ProblemJson(body): ProblemJson<NewPasskey>,
) -> Result<(StatusCode, Json<RegisteredPasskey>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.add_passkey(&caller.access, &caller.party(), body).await?)))
}
