//! `POST /command-lines`

use axum::Json;
use certdeck_shared::glass::{Action, CommandLines};

use crate::domain::command_lines;
use crate::http::context::Caller;
use crate::http::problem::ProblemJson;

/// The certutil, msgcert and curl lines of what is done to no database that the console knows: making one, accounts, API tokens.
#[utoipa::path(post, path = "/command-lines", tag = "databases", request_body = Action, responses((status = 200, body = CommandLines)))]
pub async fn show_console_command_lines(_caller: Caller, ProblemJson(action): ProblemJson<Action>) -> Json<CommandLines> {
    Json(command_lines::of_console(&action))
}
