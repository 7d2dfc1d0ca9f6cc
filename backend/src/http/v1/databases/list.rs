//! `GET /databases`

use axum::Json;
use certdeck_shared::api::database::Database;

use crate::http::context::Caller;

/// The registered databases that the caller may see, the oldest first.
#[utoipa::path(get, path = "/databases", tag = "databases", responses((status = 200, body = Vec<Database>)))]
pub async fn list_databases(caller: Caller) -> Json<Vec<Database>> {
    let mut databases = caller.console.databases.describe_all().await;
    databases.retain(|database| caller.sight().database(&database.id));
    Json(databases)
}
