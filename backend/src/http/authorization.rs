//! The one place where a call is let in: whether [`super::operations`] lets who calls, as [`super::identification`] found out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::role::{Grants, Right, Subject};
use http::request::Parts;
use http::{HeaderValue, header};

use super::approving;
use super::context::CallContext;
use super::identification::Identity;
use super::operations::{Need, To, find, methods};
use super::problem::HttpProblem;
use super::{observation, origin};
use crate::domain::accounts::AccountError;
use crate::domain::approvals::Gate;
use crate::domain::console::Console;
use crate::domain::databases::OperationError;
use crate::domain::sight::Concerned;

/// Middleware around every route. What it lets in carries its [`CallContext`], which handlers take as `Caller`.
pub async fn authorize(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (body, gate) = match let_in(&mut parts, body, &console).await {
        Ok(let_in) => let_in,
        Err(refusal) => return *refusal,
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    if let Some(gate) = gate.filter(|_| response.status().is_client_error()) {
        gate.give_back().await;
    }
    response
}

async fn let_in(parts: &mut Parts, body: Body, console: &Arc<Console>) -> Result<(Body, Option<Arc<Gate>>), Box<Response>> {
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(operation) = find(parts.method.as_str(), path) else { return Err(Box::new(not_allowed(path))) };
    if operation.need == Need::Nothing {
        return Ok((body, None));
    }
    let permitted = async {
        let identity = parts.extensions.remove::<Identity>();
        let access = identity.ok_or_else(|| HttpProblem::internal("nobody asked who calls"))?.accepted()?;
        if access.second_factor_missing && !operation.before_second_factor {
            return Err(AccountError::SecondFactorMissing.into());
        }
        if let Need::Right(right, to) = operation.need {
            permit(parts, console, &access.grants, right, to).await?;
        }
        if operation.asks_again {
            access.confirmed(console.clock.now())?;
        }
        let (gate, body) = approving::gate(parts, body, console, &access, operation).await?;
        if let (Some(gate), Some(guarded), true) = (&gate, operation.guarded, operation.asks_again) {
            gate.pass(guarded, Vec::new()).await?;
        }
        Ok::<_, HttpProblem>((access, gate, body))
    };
    let (access, gate, body) = permitted.await.map_err(|problem| Box::new(problem.into_response()))?;
    let host = origin::host(&parts.headers, &parts.uri).map(str::to_owned);
    let (actor, request_id) = (access.actor.clone(), observation::request_id());
    let context = CallContext { console: Arc::clone(console), actor, request_id, access, host, gate: gate.clone() };
    parts.extensions.insert(Arc::new(context));
    Ok((body, gate))
}

async fn permit(parts: &mut Parts, console: &Arc<Console>, grants: &Grants, right: Right, to: To) -> Result<(), HttpProblem> {
    match to {
        To::Everything => require(grants, right, Subject::Console),
        To::Something if grants.may_somewhere(right) => Ok(()),
        To::Something => Err(insufficient(grants, right)),
        To::Named if !grants.may_somewhere(right) => Err(insufficient(grants, right)),
        To::Named => {
            let (what, id, concerned) = named(parts, console).await?;
            concerned.iter().try_for_each(|concerned| require_seen(grants, right, concerned.subject(), what, &id))
        }
    }
}

/// What the path names, with its identifier and all that it belongs to.
async fn named(parts: &mut Parts, console: &Arc<Console>) -> Result<(&'static str, String, Vec<Concerned>), HttpProblem> {
    let params = RawPathParams::from_request_parts(parts, console).await.map_err(|_| HttpProblem::not_found("thing"))?;
    for (name, id) in &params {
        let id = id.to_owned();
        return Ok(match name {
            "database" => ("database", id.clone(), vec![Concerned::Database(id)]),
            "service" => ("service", id.clone(), vec![Concerned::Service(id)]),
            "endpoint" => ("endpoint", id.clone(), vec![console.watch.concerned(&id).await?]),
            "plan" => ("plan", id.clone(), console.deployments.concerned_by_plan(&id).await?),
            "deployment" => ("deployment", id.clone(), console.deployments.concerned_by_deployment(&id).await?),
            _ => continue,
        });
    }
    Err(HttpProblem::internal("an operation is for what its path names, and the path names nothing"))
}

/// Refuses who may not do something to something.
fn require(grants: &Grants, right: Right, subject: Subject<'_>) -> Result<(), HttpProblem> {
    if grants.may(right, subject) { Ok(()) } else { Err(insufficient(grants, right)) }
}

/// The same, and who may not even look at it is told that there is none.
pub(in crate::http) fn require_seen(
    grants: &Grants,
    right: Right,
    subject: Subject<'_>,
    what: &'static str,
    id: &str,
) -> Result<(), HttpProblem> {
    if grants.see(subject) { require(grants, right, subject) } else { Err(OperationError::not_found(what, id).into()) }
}

fn insufficient(grants: &Grants, right: Right) -> HttpProblem {
    let detail = format!("This needs the right to {}; yours come from: {grants}.", right.name());
    HttpProblem::new(ProblemCode::ScopeInsufficient, detail)
}

fn not_allowed(path: &str) -> Response {
    let detail = "The path is right, the method is not; the Allow header has those there are.";
    let mut response = HttpProblem::new(ProblemCode::MethodNotAllowed, detail).into_response();
    if let Ok(methods) = HeaderValue::from_str(&methods(path)) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}
