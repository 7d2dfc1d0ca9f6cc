//! `PUT /notices/policy`

use axum::Json;
use certdeck_shared::api::notice::{ExpiryPolicy, PolicyPreview};
use certdeck_shared::api::problem::Problem;
use serde::{Deserialize, Serialize};

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemJson, ProblemQuery};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    preview: bool,
}

/// The policy that was set, or what it would mean.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum PolicyAnswer {
    Set(ExpiryPolicy),
    Preview(PolicyPreview),
}

/// Sets when certificates are due, whole. It counts at once: what is due by it is told. With `preview=true` nothing is set, and the answer
/// says what it would mean for the certificates of the databases: rules by tag are for endpoints, and are not in it.
#[utoipa::path(put, path = "/notices/policy", tag = "notices", params(
        ("preview" = Option<bool>, Query, description = "Only tell what it would mean"),
    ), request_body = ExpiryPolicy, responses(
        (status = 200, body = PolicyAnswer),
        (status = 400, body = Problem, description = "invalid-input: a lead out of range, or stages in another order"),
    ))]
pub async fn set_expiry_policy(
    caller: Caller,
    ProblemQuery(asked): ProblemQuery<Asked>,
    ProblemJson(policy): ProblemJson<ExpiryPolicy>,
) -> Result<Json<PolicyAnswer>, HttpProblem> {
    let notices = &caller.console.notices;
    Ok(Json(match asked.preview {
        true => PolicyAnswer::Preview(notices.preview_policy(&policy).await?),
        false => PolicyAnswer::Set(notices.set_policy(&caller.actor, policy).await?),
    }))
}
