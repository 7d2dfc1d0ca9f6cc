//! `POST /databases/{database}/conversion`

use axum::Json;
use certdeck_shared::api::conversion::{Conversion, ConversionReport};
use certdeck_shared::api::problem::Problem;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemPath};

/// Makes cert9.db, key4.db and pkcs11.txt beside cert8.db, key3.db and secmod.db, and tells what came over. The old files stay as they are.
#[utoipa::path(post, path = "/databases/{database}/conversion", tag = "databases",
    params(("database" = String, Path, description = "Identifier")), request_body = Conversion, responses(
        (status = 200, body = ConversionReport),
        (status = 403, body = Problem, description = "pin-incorrect"),
        (status = 409, body = Problem, description = "database-exists: it is of the current format already"),
    ))]
pub async fn convert_database(
    caller: Caller,
    ProblemPath(database): ProblemPath<String>,
    ProblemJson(conversion): ProblemJson<Conversion>,
) -> Result<Json<ConversionReport>, HttpProblem> {
    Ok(Json(caller.console.databases.convert_registered(&caller.actor, &database, conversion.password.into()).await?))
}
