//! `POST /databases/{database}/command-lines`

use axum::Json;
use certdeck_shared::glass::{Action, CommandLines};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// The certutil, msgcert and curl lines that an operation on the database stands for. Nothing is done. `$CERTDECK_URL`, `$CERTDECK_TOKEN` and
/// `$CERT_PW_FILE` in them are the console's address, an API token, and a file with the database's password.
#[utoipa::path(post, path = "/databases/{database}/command-lines", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), request_body = Action, responses((status = 200, body = CommandLines)))]
pub async fn show_command_lines(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(action): ProblemJson<Action>,
) -> Result<Json<CommandLines>, HttpProblem> {
    let operation = caller.console.databases.operation(&database, &caller.actor)?;
    Ok(Json(operation.command_lines(action).await?))
}
