//! `POST /session/certificate`

use axum::Json;
use certdeck_shared::api::account::{CertificateSignIn, Session};
use certdeck_shared::api::problem::Problem;
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::domain::accounts::GivenFactor;
use crate::http::context::Anyone;
use crate::http::problem::{HttpProblem, ProblemJson};
use crate::http::session;

/// Signs in with the certificate of the TLS connection in the place of a password; a second factor is asked for all the same. The console's
/// settings name the CAs and the maps by which a certificate leads to an account.
#[utoipa::path(post, path = "/session/certificate", tag = "session", request_body = CertificateSignIn, responses(
    (status = 201, body = Session, description = "Signed in; the cookie is set"),
    (status = 401, body = Problem, description = "certificate-refused: there is none, it is not good, or leads to no account; second-factor-required and passkey-refused as of POST /session"),
    (status = 429, body = Problem, description = "too-many-attempts, with Retry-After"),
))]
pub async fn sign_in_by_certificate(
    caller: Anyone,
    ProblemJson(body): ProblemJson<CertificateSignIn>,
) -> Result<(StatusCode, [(HeaderName, HeaderValue); 1], Json<Session>), HttpProblem> {
    let given = GivenFactor { one_time_code: body.one_time_code, recovery_code: body.recovery_code, passkey: body.passkey };
    let presented = caller.certificate.as_ref().map(|presented| presented.chain());
    let new = caller.console.accounts.sign_in_by_certificate(presented, given, &caller.visitor, &caller.party).await?;
    let cookie = session::set(&new.token, &caller.console.settings);
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie)], Json(new.session)))
}
