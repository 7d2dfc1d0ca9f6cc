//! `POST /session/second-factor/passkey-creation`

use axum::Json;
use certdeck_shared::api::passkey::PasskeyCreation;
use certdeck_shared::api::problem::Problem;
use http::StatusCode;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// What the browser makes a passkey for the caller with. Its challenge is good once, for five minutes, in this session.
#[utoipa::path(post, path = "/session/second-factor/passkey-creation", tag = "session", responses(
    (status = 201, body = PasskeyCreation),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 409, body = Problem, description = "passkeys-unavailable: the console is called by an IP address, or by a name that is not its own; already-exists: the account has as many as it may"),
))]
pub async fn begin_passkey(caller: Caller) -> Result<(StatusCode, Json<PasskeyCreation>), HttpProblem> {
    Ok((StatusCode::CREATED, Json(caller.console.accounts.begin_passkey(&caller.access, &caller.party()).await?)))
}
