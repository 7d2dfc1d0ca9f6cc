//! `PUT /session/second-factor`

use axum::Json;
use certdeck_shared::api::problem::Problem;
use certdeck_shared::api::second_factor::{RecoveryCodes, SecondFactorActivation};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Lets the secret count, by a first code of it: from now on signing in takes a code. This answer alone holds the recovery codes, if it is the first of the second factor.
#[utoipa::path(put, path = "/session/second-factor", tag = "session", request_body = SecondFactorActivation, responses(
    (status = 200, body = RecoveryCodes),
    (status = 401, body = Problem, description = "credentials-incorrect: the code is wrong; the clocks may differ by 30 seconds"),
    (status = 404, body = Problem, description = "not-found: no secret was made"),
    (status = 409, body = Problem, description = "already-exists: it counts already"),
    (status = 429, body = Problem, description = "too-many-attempts, with Retry-After"),
))]
pub async fn activate_second_factor(
    caller: Caller,
    ProblemJson(body): ProblemJson<SecondFactorActivation>,
) -> Result<Json<RecoveryCodes>, HttpProblem> {
    Ok(Json(caller.console.accounts.activate_second_factor(&caller.access, &body.one_time_code).await?))
}
