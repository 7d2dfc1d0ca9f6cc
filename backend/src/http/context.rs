//! The call context: who calls and what they may do. A handler that takes [`Reader`], [`Writer`] or [`Administrator`] is
//! authorized by that very argument.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use certdeck_shared::api::account::Scope;
use certdeck_shared::api::problem::ProblemCode;
use http::header;
use http::request::Parts;

use super::problem::HttpProblem;
use super::{observation, origin, session};
use crate::domain::accounts::Access;
use crate::domain::console::Console;

/// Who calls, and the console.
pub struct CallContext {
    /// The console.
    pub console: Arc<Console>,
    /// User name, or `token:<label>`: the actor of audit entries.
    pub actor: String,
    /// What they may do.
    pub scope: Scope,
    /// Identifier of this call in the log.
    pub request_id: String,
    /// How they proved who they are.
    pub access: Access,
}

impl CallContext {
    async fn of(parts: &mut Parts, console: &Arc<Console>, needed: Scope) -> Result<Self, HttpProblem> {
        let access = authenticate(parts, console).await?;
        if access.scope < needed {
            let detail = format!("This needs the scope {}; yours is {}.", word(needed), word(access.scope));
            return Err(HttpProblem::new(ProblemCode::ScopeInsufficient, detail));
        }
        Ok(Self {
            console: Arc::clone(console),
            actor: access.actor.clone(),
            scope: access.scope,
            request_id: observation::request_id(),
            access,
        })
    }
}

async fn authenticate(parts: &Parts, console: &Console) -> Result<Access, HttpProblem> {
    let not_signed_in = |detail: &str| HttpProblem::new(ProblemCode::NotSignedIn, detail);
    if let Some(authorization) = parts.headers.get(header::AUTHORIZATION) {
        let secret = authorization.to_str().ok().and_then(|value| value.split_once(' '));
        let secret = secret.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, secret)| secret.trim());
        let secret = secret.ok_or_else(|| not_signed_in("The Authorization header is not 'Bearer' and an API token."))?;
        let access = console.accounts.access_by_bearer(secret).await?;
        return access.ok_or_else(|| not_signed_in("The API token is unknown, revoked or expired."));
    }
    let token = session::token(&parts.headers, &console.settings);
    let token = token.ok_or_else(|| not_signed_in("Sign in, or send an API token as 'Authorization: Bearer'."))?;
    origin::check(parts, &console.settings, true)?;
    let access = console.accounts.access_by_cookie(token, false).await?;
    access.ok_or_else(|| not_signed_in("The session has ended. Sign in again."))
}

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => "read",
        Scope::Write => "write",
        Scope::Admin => "admin",
    }
}

macro_rules! extractors {
    ($($(#[$doc:meta])* $name:ident = $scope:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name(CallContext);

        impl Deref for $name {
            type Target = CallContext;

            fn deref(&self) -> &CallContext {
                &self.0
            }
        }

        impl FromRequestParts<Arc<Console>> for $name {
            type Rejection = HttpProblem;

            async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Self::Rejection> {
                CallContext::of(parts, console, $scope).await.map(Self)
            }
        }
    )*};
}

extractors! {
    /// A caller who may look.
    Reader = Scope::Read;
    /// A caller who may change databases.
    Writer = Scope::Write;
    /// A caller who may administer the console.
    Administrator = Scope::Admin;
}

/// A caller who need not be known: set-up and sign-in. A page of another origin is refused all the same.
pub struct Anyone {
    /// The console.
    pub console: Arc<Console>,
    /// Where the call comes from.
    pub peer: IpAddr,
}

impl FromRequestParts<Arc<Console>> for Anyone {
    type Rejection = HttpProblem;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Self::Rejection> {
        origin::check(parts, &console.settings, false)?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        Ok(Self { console: Arc::clone(console), peer: peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) })
    }
}
