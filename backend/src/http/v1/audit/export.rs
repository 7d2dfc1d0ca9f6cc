//! `GET /audit/export`

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, stream};
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::console::Console;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

/// From where on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Start {
    /// Only entries after the one with this id: where the last export ended.
    after: Option<i64>,
}

/// The audit log from its first entry on, a JSON object a line, as it is digested: `certdeck audit verify --file` follows it anywhere. A file
/// that was cut short at its end shows only beside a digest that was kept elsewhere.
#[utoipa::path(get, path = "/audit/export", tag = "audit", params(Start),
    responses((status = 200, body = String, content_type = "application/x-ndjson", description = "The entries")))]
pub async fn export_audit(caller: Caller, ProblemQuery(start): ProblemQuery<Start>) -> Result<Response, HttpProblem> {
    let console = Arc::clone(&caller.console);
    // The first portion before the answer begins: what cannot be read at all is a problem, not an empty file.
    let (first, last) = console.store.audit().export(start.after.unwrap_or(i64::MIN)).await?;
    let rest = stream::unfold(last, move |last| portion(Arc::clone(&console), last));
    // Fused: what sends an answer of which the first part is empty may ask again behind its end.
    let lines = stream::iter([Ok(first)]).chain(rest).fuse();
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\"")];
    Ok((headers, Body::from_stream(lines)).into_response())
}

type Portion = Result<String, std::io::Error>;

/// The lines behind an entry, and the last of them; the stream breaks off when they cannot be read, so that the file is seen to be cut short.
async fn portion(console: Arc<Console>, last: Option<i64>) -> Option<(Portion, Option<i64>)> {
    match console.store.audit().export(last?).await {
        Ok((lines, last)) => Some((Ok(lines), last)),
        Err(error) => {
            tracing::error!(%error, "the export of the audit log broke off");
            Some((Err(std::io::Error::other(error)), None))
        }
    }
}
