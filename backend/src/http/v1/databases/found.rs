//! `GET /found-databases`

use axum::Json;
use certdeck_shared::api::database::FoundDatabase;

use crate::http::context::Administrator;

/// Databases in the usual places of this host. Nothing is opened.
#[utoipa::path(get, path = "/found-databases", tag = "databases", responses((status = 200, body = Vec<FoundDatabase>)))]
pub async fn found_databases(caller: Administrator) -> Json<Vec<FoundDatabase>> {
    Json(caller.console.databases.found())
}
