//! `GET /notices`

use axum::Json;
use certdeck_shared::api::notice::Notice;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

/// Query of `GET /notices`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticesQuery {
    /// Also what is over, at most 500.
    #[serde(default)]
    over: bool,
}

/// What people are or were told of, as far as the caller may see it: what is open first, then the newest first.
#[utoipa::path(get, path = "/notices", tag = "notices", params(NoticesQuery), responses((status = 200, body = Vec<Notice>)))]
pub async fn list_notices(caller: Caller, ProblemQuery(query): ProblemQuery<NoticesQuery>) -> Result<Json<Vec<Notice>>, HttpProblem> {
    let mut endpoints = caller.console.watch.list().await?.endpoints;
    endpoints.retain(|endpoint| caller.sight().endpoint(endpoint));
    let mut notices = caller.console.notices.list(query.over).await?;
    notices.retain(|notice| caller.sight().notice(notice, &endpoints));
    Ok(Json(notices))
}
