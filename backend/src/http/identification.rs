//! Who calls: found out once for each call, for who records it ([`super::recording`]) and for who lets it in ([`super::authorization`]).

use axum::extract::{MatchedPath, Request};
use certdeck_shared::api::problem::ProblemCode;
use http::request::Parts;

use super::context::peer_of;
use super::problem::HttpProblem;
use super::{origin, session};
use crate::domain::accounts::{Access, Use};
use crate::domain::console::Console;

/// What the credentials of a call say. It lies beside the call as an extension.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Who they stand for, whatever becomes of the call.
    pub access: Option<Access>,
    /// Why they are not accepted; nothing when they are.
    pub refusal: Option<HttpProblem>,
}

impl Identity {
    /// The caller who was recognised and may be listened to.
    ///
    /// # Errors
    /// `not-signed-in`, or `origin-refused` when a page of somebody else sent the cookie.
    pub fn accepted(self) -> Result<Access, HttpProblem> {
        let Self { access, refusal } = self;
        refusal.map_or(Ok(()), Err)?;
        access.ok_or_else(|| not_signed_in("Sign in, or send an API token as 'Authorization: Bearer'."))
    }
}

/// Puts the [`Identity`] beside a call. The page and what no route has need no caller.
pub async fn identify(console: &Console, request: Request) -> Request {
    if request.extensions().get::<MatchedPath>().is_none() {
        return request;
    }
    let (mut parts, body) = request.into_parts();
    let identity = match recognise(&parts, console).await {
        Ok(identity) => identity,
        Err(problem) => Identity { access: None, refusal: Some(problem) },
    };
    parts.extensions.insert(identity);
    Request::from_parts(parts, body)
}

async fn recognise(parts: &Parts, console: &Console) -> Result<Identity, HttpProblem> {
    let bearer = session::bearer(&parts.headers);
    if let Some(secret) = bearer.map_err(|_| not_signed_in("The Authorization header is not 'Bearer' and an API token."))? {
        let access = console.accounts.access_by_bearer(secret, peer_of(&parts.extensions)).await?;
        let access = access.ok_or_else(|| not_signed_in("The API token is unknown, revoked or expired."))?;
        return Ok(Identity { access: Some(access), refusal: None });
    }
    let Some(token) = session::token(&parts.headers, &console.settings) else { return Ok(Identity { access: None, refusal: None }) };
    let foreign = origin::check(parts, &console.settings, true).err();
    // What another page sends does not keep the session awake.
    let used = if foreign.is_some() { Use::Quiet } else { Use::From(peer_of(&parts.extensions)) };
    let access = console.accounts.access_by_cookie(token, used).await?;
    let ended = access.is_none().then(|| not_signed_in("The session has ended. Sign in again."));
    Ok(Identity { access, refusal: foreign.or(ended) })
}

fn not_signed_in(detail: &str) -> HttpProblem {
    HttpProblem::new(ProblemCode::NotSignedIn, detail)
}
