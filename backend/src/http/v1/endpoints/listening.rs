//! `GET /endpoints/listening`

use axum::Json;
use certdeck_shared::api::endpoint::ListeningSocket;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// The sockets of this host that listen, by port, each with its program, what is usually spoken there, and the endpoint that watches it.
#[utoipa::path(get, path = "/endpoints/listening", tag = "endpoints", responses((status = 200, body = Vec<ListeningSocket>)))]
pub async fn list_listening_sockets(caller: Caller) -> Result<Json<Vec<ListeningSocket>>, HttpProblem> {
    Ok(Json(caller.console.watch.listening().await?))
}
