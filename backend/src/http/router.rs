//! All routes and what lies around them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, middleware};
use http::header;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa_axum::router::OpenApiRouter;

use super::context::Caller;
use super::patience::Patience;
use super::problem::HttpProblem;
use super::surroundings::{self, Surroundings};
use super::{authorization, excess, openapi, page, v1};
use crate::domain::console::Console;
use crate::domain::metrics::write_value;
use crate::host::confinement::Confinement;

/// Bodies are at most so long, but where a route says otherwise (import).
const BODY_LIMIT: usize = 1024 * 1024;
/// Shorter answers are not worth compressing.
const COMPRESSED_ABOVE: u16 = 2048;

/// The whole console as a service.
pub fn router(console: Arc<Console>) -> Router {
    let (routes, document) = api();
    let document: Arc<str> = document.to_json().unwrap_or_default().into();
    routes
        .route("/api/v1/openapi.json", get(move || std::future::ready(openapi::answer(&document))))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&console), authorization::authorize))
        .fallback(page::serve)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(excess::read_to_the_end))
        .layer(RequestBodyTimeoutLayer::new(Patience::default().body))
        // Events are left alone: the default predicate knows their content type.
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(SizeAbove::new(COMPRESSED_ABOVE))))
        .layer(middleware::from_fn_with_state(Surroundings::new(Arc::clone(&console)), surroundings::surround))
        .with_state(console)
}

/// The routes of the API with their description.
pub fn api() -> (Router<Arc<Console>>, utoipa::openapi::OpenApi) {
    let (routes, mut document) = OpenApiRouter::with_openapi(openapi::description()).nest("/api/v1", v1::router()).split_for_parts();
    openapi::stamp(&mut document);
    (routes, document)
}

/// Whether the console can do its work: the state answers. Then how it and its workers are confined.
async fn health(State(console): State<Arc<Console>>) -> Result<String, HttpProblem> {
    console.store.users().count().await?;
    let server = Confinement::of_this_process(0);
    let helper = standing_of_helper(&console).await;
    Ok(format!("ok\nserver: {server}\n{}{helper}", console.environment.worker_confinements))
}

/// Whether the helper answers, as a line; nothing where none is configured. Nobody has signed in: how many services it knows, and not which.
async fn standing_of_helper(console: &Console) -> String {
    let Some(standing) = console.helper_standing().await else { return String::new() };
    match standing {
        Ok(status) if status.version == env!("CARGO_PKG_VERSION") => {
            let working = status.services.iter().filter(|known| known.problem.is_none()).count();
            format!("helper: answers; version {}; {working} of {} services\n", status.version, status.services.len())
        }
        Ok(status) => format!("helper: answers; version {}, which is not the console's {}\n", status.version, env!("CARGO_PKG_VERSION")),
        // Where its socket is and what the system says of it is for who may run the doctor.
        Err(_) => "helper: does not answer\n".to_owned(),
    }
}

/// Counters, for callers who may look at everything. Loopback alone is no proof of anything behind a proxy, so a token it is.
async fn metrics(caller: Caller) -> Result<impl IntoResponse, HttpProblem> {
    let mut text = caller.console.metrics.text();
    let databases = caller.console.store.databases().list().await?.len() as u64;
    let losses = caller.console.environment.worker_losses.count();
    write_value(&mut text, "certdeck_token_worker_losses_total", "counter", "Token workers that ended or fell silent unasked.", losses);
    write_value(&mut text, "certdeck_databases", "gauge", "Registered databases.", databases);
    text.push_str(&caller.console.watch.measures().await?);
    let _ = writeln!(
        text,
        "# HELP certdeck_info Version.\n# TYPE certdeck_info gauge\ncertdeck_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    );
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}
