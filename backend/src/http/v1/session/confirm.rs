//! `POST /session/confirmation`

use axum::Json;
use certdeck_shared::api::account::{Confirmation, Session};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Proves again who the holder of the session is, for what asks again (`confirmation-required`); for some minutes it is not asked anew.
#[utoipa::path(post, path = "/session/confirmation", tag = "session", request_body = Confirmation, responses(
    (status = 200, body = Session, description = "Confirmed, until `confirmed_until`"),
    (status = 401, body = Problem, description = "credentials-incorrect; second-factor-required: the account has one, so that confirms, and `second_factor` has the challenge for its passkeys; passkey-refused"),
    (status = 403, body = Problem, description = "scope-insufficient: an API token"),
    (status = 429, body = Problem, description = "too-many-attempts, with Retry-After"),
))]
pub async fn confirm_session(caller: Caller, ProblemJson(body): ProblemJson<Confirmation>) -> Result<Json<Session>, HttpProblem> {
    let confirmed_until = caller.console.accounts.confirm(&caller.access, body, &caller.party()).await?;
    Ok(Json(caller.access.told(Some(confirmed_until))))
}
