//! No changing call goes by unrecorded: what wrote no entry of its own is noted here, and so is every refusal.
//!
//! Operations record what they do, with before and after. A call that is turned away before it comes so far (no session, too small a scope,
//! another origin, a revision that is past) has nobody else who would say so.

use std::sync::{Mutex, PoisonError};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use certdeck_shared::api::problem::ProblemCode;
use http::StatusCode;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::context::peer_of;
use super::identification::Identity;
use super::observation;
use crate::domain::console::Console;
use crate::state::{AuditDraft, Origin};

/// Calls that use a method of changes and change nothing, each with the reason why they leave no entry.
pub const WITHOUT_ENTRY: &[(&str, &str, &str)] = &[
    ("POST", "/api/v1/command-lines", "tells lines"),
    ("POST", "/api/v1/databases/{database}/command-lines", "tells lines"),
    ("POST", "/api/v1/databases/{database}/validation", "simulates on a copy in memory"),
    ("POST", "/api/v1/certificate-maps/trial", "tries a certificate on maps, and asks a directory"),
];

/// Refusals of strangers that are kept in a minute; anybody can cause them, and the disk is not theirs.
const STRANGERS_A_MINUTE: u32 = 30;

/// Refusals of strangers in the present minute.
#[derive(Debug, Default)]
pub struct Strangers(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    begun: Option<OffsetDateTime>,
    kept: u32,
    left_out: u32,
}

impl Strangers {
    /// How many were left out since the last one that was kept; nothing when this one is to be left out as well.
    fn admit(&self, now: OffsetDateTime) -> Option<u32> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.begun.is_none_or(|begun| now - begun >= Duration::minutes(1)) {
            (window.begun, window.kept) = (Some(now), 0);
        }
        if window.kept == STRANGERS_A_MINUTE {
            window.left_out += 1;
            return None;
        }
        window.kept += 1;
        Some(std::mem::take(&mut window.left_out))
    }
}

/// Records that a stranger was turned away before any route was found.
pub(super) async fn stranger_refused(console: &Console, strangers: &Strangers, draft: AuditDraft) {
    let draft = match strangers.admit(console.clock.now()) {
        Some(0) => draft,
        Some(left_out) => draft.before(json!({"left_out_before": left_out})),
        None => return,
    };
    if let Err(error) = console.store.audit().record(draft).await {
        tracing::error!(%error, "an audit entry could not be written");
    }
}

/// Around what answers.
pub async fn record(console: &Console, strangers: &Strangers, request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let Some(route) = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.as_str().to_owned(), parts.uri.path().to_owned());
    let preview = parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "preview=true"));
    let access = parts.extensions.get::<Identity>().and_then(|identity| identity.access.clone());
    let peer = peer_of(&parts.extensions);
    let origin = Origin::of_call(access.as_ref().map(|access| access.credential.name()), peer, observation::request_id());
    let response = origin.clone().scope(next.run(Request::from_parts(parts, body))).await;
    let status = response.status();
    let silent = preview || WITHOUT_ENTRY.iter().any(|(listed, path, _)| *listed == method && *path == route);
    let code = response.extensions().get::<ProblemCode>().copied();
    let mut draft = match (code, &access) {
        _ if origin.has_recorded() => return response,
        (Some(code), Some(access)) if is_denial(status) => AuditDraft::refused(&access.actor, "call.refuse", code),
        (Some(code), None) if is_denial(status) => match strangers.admit(console.clock.now()) {
            Some(0) => AuditDraft::refused("unknown", "call.refuse", code),
            Some(left_out) => AuditDraft::refused("unknown", "call.refuse", code).after(json!({"left_out_before": left_out})),
            None => return response,
        },
        // A job records its end, which a kill may keep it from.
        (None, Some(access)) if status == StatusCode::ACCEPTED => AuditDraft::success(&access.actor, "call.begin"),
        (None, Some(access)) if status.is_success() && !silent => AuditDraft::success(&access.actor, "call.answer"),
        _ => return response,
    };
    // The route of strangers, not what they wrote.
    draft.subject = Some(format!("{method} {}", if access.is_some() { path.chars().take(180).collect() } else { route }));
    let id = path.strip_prefix("/api/v1/databases/").and_then(|rest| rest.split('/').next());
    draft.database = id.filter(|id| console.databases.by_id(id).is_ok()).map(str::to_owned);
    draft.origin = origin;
    if let Err(error) = console.store.audit().record(draft).await {
        tracing::error!(%error, "an audit entry could not be written");
    }
    response
}

/// The caller is not let in, or somebody else was faster. What is merely wrong is told to the caller and to nobody else.
fn is_denial(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::CONFLICT
            | StatusCode::PRECONDITION_FAILED
            | StatusCode::PRECONDITION_REQUIRED
            | StatusCode::LOCKED
            | StatusCode::TOO_MANY_REQUESTS
    )
}
