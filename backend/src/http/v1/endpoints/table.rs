//! `GET /endpoints/table`

use axum::response::IntoResponse;
use http::header;

use crate::http::context::Caller;
use crate::http::problem::HttpProblem;

/// The endpoints that the caller may see as a table for spreadsheets (CSV, RFC 4180), a line each with how it stands and what it serves.
#[utoipa::path(get, path = "/endpoints/table", tag = "endpoints",
    responses((status = 200, body = String, content_type = "text/csv", description = "The table")))]
pub async fn show_endpoint_table(caller: Caller) -> Result<impl IntoResponse, HttpProblem> {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"endpoints.csv\""),
    ];
    Ok((headers, caller.console.watch.table(caller.sight()).await?))
}
