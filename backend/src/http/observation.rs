//! Every call gets an identifier, a log line and a place in the counters.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use tracing::{Instrument as _, Span};

use crate::domain::console::Console;
use crate::host::randomness;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// Identifier of the call that is being answered; it is in its answer, in every line of the log and every audit entry that it causes.
#[must_use]
pub fn request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_else(|_| "none".to_owned())
}

/// Around whatever answers. The log has the route, never the query: a query is the caller's own business.
pub async fn observe<F: Future<Output = Response>>(console: &Console, request: Request, answer: impl FnOnce(Request) -> F) -> Response {
    let id = randomness::identifier();
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    // Of the highest level, so that no filter leaves the identifier out.
    let span = tracing::error_span!("call", request.id = %id);
    let mut response = REQUEST_ID.scope(id.clone(), answer(request)).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    console.metrics.answered(method.as_str(), &route, status, took);
    span.in_scope(|| {
        tracing::debug!(http.method = %method, http.route = %route, http.status = status, ms = took.as_millis() as u64, "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Runs a future under the identifier of the present call, for work that moves to another task.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    REQUEST_ID.scope(request_id(), work.instrument(Span::current()))
}
