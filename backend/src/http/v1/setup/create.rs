//! `POST /setup`

use axum::Json;
use certdeck_shared::api::account::{Session, Setup};
use certdeck_shared::api::problem::Problem;
use http::{HeaderName, HeaderValue, StatusCode, header};
use zeroize::Zeroizing;

use crate::http::context::Anyone;
use crate::http::problem::{HttpProblem, ProblemJson};
use crate::http::session;

/// Makes the first account, an administrator, and signs it in.
#[utoipa::path(post, path = "/setup", tag = "setup", request_body = Setup, responses(
    (status = 201, body = Session, description = "Made and signed in; the cookie is set"),
    (status = 403, body = Problem, description = "setup-token-incorrect"),
    (status = 409, body = Problem, description = "setup-done"),
    (status = 422, body = Problem, description = "password-weak"),
))]
pub async fn set_up(
    caller: Anyone,
    ProblemJson(body): ProblemJson<Setup>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Session>), HttpProblem> {
    let token = Zeroizing::new(body.token);
    let new = caller.console.accounts.set_up(&token, &body.user_name, Zeroizing::new(body.password), &caller.visitor).await?;
    let cookie = session::set(&new.token, &caller.console.settings);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(new.session)))
}
