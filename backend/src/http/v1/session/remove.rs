//! `DELETE /session`

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};
use crate::http::session;

/// Which sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// All sessions of the account, not only this one.
    #[serde(default)]
    everywhere: bool,
}

/// Signs out. API tokens stay good.
#[utoipa::path(delete, path = "/session", tag = "session", params(Which), responses((status = 204, description = "Signed out")))]
pub async fn sign_out(
    caller: Caller,
    ProblemQuery(which): ProblemQuery<Which>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), HttpProblem> {
    if which.everywhere {
        caller.console.accounts.sign_out_everywhere(&caller.access).await?;
    } else {
        caller.console.accounts.sign_out(&caller.access).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::clear(&caller.console.settings))]))
}
