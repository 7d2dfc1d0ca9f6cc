//! Validation of a whole database.

mod show;
mod simulate;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::domain::console::Console;
use crate::domain::validation::Question;

/// Certificates that are tried fit, as in an import.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// Routes of validation.
pub(super) fn router() -> OpenApiRouter<Arc<Console>> {
    OpenApiRouter::new().routes(routes!(show::show_validations, simulate::simulate)).layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// The query of a question about validity.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    usage: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl From<Asked> for Question {
    fn from(asked: Asked) -> Self {
        Self { at: asked.at, usage: asked.usage, name: asked.name }
    }
}
