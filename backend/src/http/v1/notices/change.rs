//! `PATCH /notices/{notice}`

use axum::Json;
use certdeck_shared::api::notice::{Notice, NoticeChange};
use certdeck_shared::api::role::Right;

use crate::http::authorization::require_seen;
use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Snoozes or acknowledges a notice. Nobody is told while it is snoozed; when that ends and it is still so, it is told again. One that
/// somebody looks after is told at its next stage and when it is over. What is over does not change. Whoever may watch what it is about may.
#[utoipa::path(patch, path = "/notices/{notice}", tag = "notices", request_body = NoticeChange,
    params(("notice" = String, Path, description = "Identifier")), responses((status = 200, body = Notice)))]
pub async fn change_notice(
    caller: Caller,
    ProblemPath(id): ProblemPath<String>,
    ProblemJson(change): ProblemJson<NoticeChange>,
) -> Result<Json<Notice>, HttpProblem> {
    let concerned = caller.console.concerned_by_notice(&id).await?;
    require_seen(&caller.access.grants, Right::Watch, concerned.subject(), "notice", &id)?;
    Ok(Json(caller.console.notices.change(&caller.actor, &id, change).await?))
}
