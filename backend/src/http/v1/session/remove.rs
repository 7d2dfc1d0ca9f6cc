//! `DELETE /session`

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::http::context::Reader;
use crate::http::problem::HttpProblem;
use crate::http::session;

/// Signs out. An API token stays good.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Signed out")))]
pub async fn sign_out(caller: Reader) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1]), HttpProblem> {
    caller.console.accounts.sign_out(&caller.access).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::clear(&caller.console.settings))]))
}
