//! `POST /session`

use axum::Json;
use certdeck_shared::api::account::{Session, SignIn};
use certdeck_shared::api::problem::Problem;
use http::{HeaderName, HeaderValue, StatusCode, header};
use zeroize::Zeroizing;

use crate::domain::accounts::GivenFactor;
use crate::http::context::Anyone;
use crate::http::problem::{HttpProblem, ProblemJson};
use crate::http::session;

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses(
    (status = 201, body = Session, description = "Signed in; the cookie is set"),
    (status = 401, body = Problem, description = "credentials-incorrect; second-factor-required: the password is right, come again with `one_time_code`, `recovery_code`, or the `passkey` that answers the challenge in `second_factor`; passkey-refused"),
    (status = 429, body = Problem, description = "too-many-attempts, with Retry-After"),
))]
pub async fn sign_in(
    caller: Anyone,
    ProblemJson(body): ProblemJson<SignIn>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Session>), HttpProblem> {
    let given = GivenFactor { one_time_code: body.one_time_code, recovery_code: body.recovery_code, passkey: body.passkey };
    let password = Zeroizing::new(body.password);
    let new = caller.console.accounts.sign_in(&body.user_name, password, given, &caller.visitor, &caller.party).await?;
    let cookie = session::set(&new.token, &caller.console.settings);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(new.session)))
}
