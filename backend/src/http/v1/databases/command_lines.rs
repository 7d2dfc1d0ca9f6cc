//! `POST /databases/{database}/command-lines`

use axum::Json;
use certdeck_shared::glass::{self, Action, CommandLines, Site};

use crate::http::context::Reader;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// The certutil, msgcert and curl lines that an operation stands for. Nothing is done. `$CERTDECK_URL`, `$CERTDECK_TOKEN` and
/// `$CERT_PW_FILE` in them are the console's address, an API token, and a file with the database's password.
#[utoipa::path(post, path = "/databases/{database}/command-lines", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), request_body = Action, responses((status = 200, body = CommandLines)))]
pub async fn show_command_lines(
    caller: Reader,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(action): ProblemJson<Action>,
) -> Result<Json<CommandLines>, HttpProblem> {
    let database = caller.console.databases.by_id(&database)?;
    let directory = database.path.display().to_string();
    Ok(Json(glass::command_lines(&Site { origin: None, database: &database.id, directory: &directory }, &action)))
}
