//! `GET /notices/board`

use axum::Json;
use certdeck_shared::api::notice::Board;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// What breaks as public CAs may issue for 200, 100 and 47 days at most, and no more for TLS clients.
#[utoipa::path(get, path = "/notices/board", tag = "notices", responses((status = 200, body = Board)))]
pub async fn show_board(caller: Caller) -> Result<Json<Board>, HttpProblem> {
    Ok(Json(caller.console.notices.board(caller.sight()).await?))
}
