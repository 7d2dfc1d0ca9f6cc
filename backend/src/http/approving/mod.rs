//! What a second person may have to approve is read whole before it is let in: an approval is for exactly one call, its body included.

mod words;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, RawPathParams};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::role::Right;
use http::header;
use http::request::Parts;

use super::operations::{Need, Operation};
use super::problem::{HttpProblem, from_json};
use crate::domain::accounts::Access;
use crate::domain::approvals::{Call, Content, Gate};
use crate::domain::console::Console;
use words::Named;

/// The longest body that any such call takes; routes take less.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// The gate before a call, and the call's body once more; no gate where no second person is asked.
pub async fn gate(
    parts: &mut Parts,
    body: Body,
    console: &Arc<Console>,
    access: &Access,
    operation: &Operation,
) -> Result<(Option<Arc<Gate>>, Body), HttpProblem> {
    if !operation.guarded.is_some_and(|guarded| console.approvals.needs(guarded)) {
        return Ok((None, body));
    }
    let bytes = to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let detail = "The body is larger than this call takes: 1 MB, and 32 MB for certificates; or it did not arrive whole.";
        HttpProblem::new(ProblemCode::BodyTooLarge, detail).caused_by(error)
    })?;
    let (content, value) = content(parts, &bytes)?;
    let parameters = RawPathParams::from_request_parts(parts, console).await.map_err(|_| HttpProblem::not_found("thing"))?;
    let parameters = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let named = Named { console, operation, parameters, body: value, bytes: &bytes };
    let call = Call {
        method: operation.method.to_owned(),
        path: parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string),
        words: named.words().await,
        content,
        database: named.parameter("database").map(str::to_owned),
        right: match operation.need {
            Need::Right(right, _) => right,
            // One's own is not asked about; that of others is for administrators.
            Need::Nothing | Need::SignedIn => Right::Administrate,
        },
    };
    Ok((Some(Gate::new(console.approvals.clone(), access.clone(), call)), Body::from(bytes)))
}

fn content(parts: &Parts, bytes: &[u8]) -> Result<(Content, serde_json::Value), HttpProblem> {
    if bytes.is_empty() {
        return Ok((Content::none(), serde_json::Value::Null));
    }
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" {
        let value: serde_json::Value = from_json(bytes)?;
        return Ok((Content::of_json(value.clone()), value));
    }
    Ok((Content::of_bytes(&essence, bytes), serde_json::Value::Null))
}
