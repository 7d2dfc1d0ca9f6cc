//! The call context: who calls and what they may do. The authorization of [`super::authorization`] puts it beside the call, where a handler
//! takes it as [`Caller`].

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::role::{Right, Subject};
use http::request::Parts;
use http::{Extensions, header};

use super::authorization::require_seen;
use super::client_certificate::PresentedCertificate;
use super::origin;
use super::problem::HttpProblem;
use crate::domain::accounts::{Access, Party, RelyingParty};
use crate::domain::approvals::Gate;
use crate::domain::console::Console;
use crate::domain::databases::Asking;
use crate::domain::sight::Sight;
use crate::host::process;
use crate::state::Visitor;

/// More of what a program calls itself is not kept; browsers need some 120 characters.
const USER_AGENT_LIMIT: usize = 200;

/// Where a call comes from; nothing in a test without a connection.
#[must_use]
pub fn peer_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// Where passkeys belong, by the address that a call names.
fn party_of(console: &Console, host: Option<&str>) -> Party {
    RelyingParty::of(&console.settings, host, &process::host_name())
}

/// Who calls, and the console.
pub struct CallContext {
    /// The console.
    pub console: Arc<Console>,
    /// User name, or `token:<label>`: the actor of audit entries.
    pub actor: String,
    /// Identifier of this call in the log.
    pub request_id: String,
    /// What they may do, and how they proved who they are.
    pub access: Access,
    /// The gate before a call that a second person may have to approve.
    pub gate: Option<Arc<Gate>>,
    /// The address that was called, as the call has it.
    pub host: Option<String>,
}

impl CallContext {
    /// Where passkeys belong, by the address that was called.
    pub fn party(&self) -> Party {
        party_of(&self.console, self.host.as_deref())
    }

    /// Refuses a caller who may not do something to a database that a body names; who may not look at it is told that there is none.
    pub fn require_of_database(&self, right: Right, id: &str) -> Result<(), HttpProblem> {
        require_seen(&self.access.grants, right, Subject::Database(id), "database", id)
    }

    /// The same of a service.
    pub fn require_of_service(&self, right: Right, id: &str) -> Result<(), HttpProblem> {
        require_seen(&self.access.grants, right, Subject::Service(id), "service", id)
    }

    /// Whom an operation on a database asks again before it breaks chains, and who has to approve it.
    #[must_use]
    pub fn asking(&self) -> Asking {
        Asking { unconfirmed: self.access.unconfirmed(self.console.clock.now()), gate: self.gate.clone() }
    }

    /// Refuses who did not prove lately who they are, and what a second person has to approve and did not.
    pub async fn require_confirmation(&self, guarded: Guarded) -> Result<(), HttpProblem> {
        self.access.confirmed(self.console.clock.now())?;
        match &self.gate {
            Some(gate) => Ok(gate.pass(guarded, Vec::new()).await?),
            None => Ok(()),
        }
    }

    /// What the caller may see.
    #[must_use]
    pub fn sight(&self) -> Sight<'_> {
        Sight::of(&self.access)
    }
}

/// A caller who was let in.
pub struct Caller(Arc<CallContext>);

impl Deref for Caller {
    type Target = CallContext;

    fn deref(&self) -> &CallContext {
        &self.0
    }
}

impl FromRequestParts<Arc<Console>> for Caller {
    type Rejection = HttpProblem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Console>) -> Result<Self, Self::Rejection> {
        let context = parts.extensions.remove::<Arc<CallContext>>();
        context.map(Self).ok_or_else(|| HttpProblem::internal("an operation that anyone may call asks who calls"))
    }
}

/// A caller who need not be known: set-up and sign-in. A page of another origin is refused all the same.
pub struct Anyone {
    /// The console.
    pub console: Arc<Console>,
    /// Who calls.
    pub visitor: Visitor,
    /// Where passkeys belong, by the address that was called.
    pub party: Party,
    /// The certificate of the connection.
    pub certificate: Option<PresentedCertificate>,
}

impl FromRequestParts<Arc<Console>> for Anyone {
    type Rejection = HttpProblem;

    async fn from_request_parts(parts: &mut Parts, console: &Arc<Console>) -> Result<Self, Self::Rejection> {
        origin::check(parts, &console.settings, false)?;
        let peer = peer_of(&parts.extensions).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let user_agent = parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let user_agent = user_agent.map(|name| name.chars().filter(|letter| !letter.is_control()).take(USER_AGENT_LIMIT).collect());
        let certificate = parts.extensions.get::<PresentedCertificate>().cloned();
        let party = party_of(console, origin::host(&parts.headers, &parts.uri));
        Ok(Self { console: Arc::clone(console), visitor: Visitor { peer, user_agent }, party, certificate })
    }
}
