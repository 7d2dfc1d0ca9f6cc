//! `GET /databases`

use axum::Json;
use certdeck_shared::api::database::Database;

use crate::http::context::Reader;

/// The registered databases, the oldest first.
#[utoipa::path(get, path = "/databases", tag = "databases", responses((status = 200, body = Vec<Database>)))]
pub async fn list_databases(caller: Reader) -> Json<Vec<Database>> {
    Json(caller.console.databases.describe_all().await)
}
