//! `GET /setup`

use axum::Json;
use certdeck_shared::api::account::SetupStatus;

use crate::http::context::Anyone;
use crate::http::problem::HttpProblem;

/// Whether the console still waits for its first account.
#[utoipa::path(get, path = "/setup", tag = "setup", responses((status = 200, body = SetupStatus)))]
pub async fn show_setup(caller: Anyone) -> Result<Json<SetupStatus>, HttpProblem> {
    let required = caller.console.accounts.setup_required().await?;
    Ok(Json(SetupStatus {
        required,
        expires_at: caller.console.accounts.setup_expires_at().filter(|_| required),
        console_fingerprint_sha256: caller.console.fingerprint.load().as_deref().cloned(),
        certificate_sign_in: caller.console.settings.client_certificates.is_some(),
    }))
}
