//! What lies around every call, from the outside in. One middleware, because each layer of a router clones all that lies within it, for each call.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::context::peer_of;
use super::kept::KeptAnswers;
use super::rate::Rate;
use super::recording::{self, Strangers};
use super::{completion, forwarded, identification, observation, origin, rate, security};
use crate::domain::console::Console;

/// What it needs to know of the calls before.
pub struct Surroundings {
    console: Arc<Console>,
    rate: Option<Rate>,
    strangers: Strangers,
    answers: Arc<KeptAnswers>,
}

impl Surroundings {
    /// Those of a console that was asked nothing yet.
    #[must_use]
    pub fn new(console: Arc<Console>) -> Arc<Self> {
        let rate = console.settings.requests_per_second.map(Rate::new);
        Arc::new(Self { console, rate, strangers: Strangers::default(), answers: Arc::default() })
    }
}

/// Middleware around everything.
pub async fn surround(State(around): State<Arc<Surroundings>>, mut request: Request, next: Next) -> Response {
    let console = &around.console;
    forwarded::see_through(&console.settings, &mut request);
    request.extensions_mut().insert(Arc::clone(&around.answers));
    let needed = security::Needed::of(&request, &console.settings);
    let mut response = observation::observe(console, request, |request| admit(&around, request, next)).await;
    security::protect(&mut response, needed);
    response
}

async fn admit(around: &Arc<Surroundings>, request: Request, next: Next) -> Response {
    let console = &around.console;
    if let Some(rate) = &around.rate
        && let Err(refusal) = rate::limit(rate, &request, console.clock.now())
    {
        return refusal.into_response();
    }
    let host = origin::host(request.headers(), request.uri());
    if let Err(refusal) = origin::refuse_foreign_hosts(console, &around.strangers, host, peer_of(request.extensions())).await {
        return refusal.into_response();
    }
    let known = Arc::clone(around);
    let answer = async move {
        let request = identification::identify(&known.console, request).await;
        recording::record(&known.console, &known.strangers, request, next).await
    };
    completion::complete(&console.tasks, answer).await
}
