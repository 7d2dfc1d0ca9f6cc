//! `GET /notices`

use axum::Json;
use certdeck_shared::api::notice::Notice;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Reader;
use crate::http::problem::{HttpProblem, ProblemQuery};

/// Query of `GET /notices`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticesQuery {
    /// Also what is over, at most 500.
    #[serde(default)]
    over: bool,
}

/// What people are or were told of: what is open first, then the newest first.
#[utoipa::path(get, path = "/notices", tag = "notices", params(NoticesQuery), responses((status = 200, body = Vec<Notice>)))]
pub async fn list_notices(caller: Reader, ProblemQuery(query): ProblemQuery<NoticesQuery>) -> Result<Json<Vec<Notice>>, HttpProblem> {
    Ok(Json(caller.console.notices.list(query.over).await?))
}
