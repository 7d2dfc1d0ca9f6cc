//! `GET /notices/deliveries`

use axum::Json;
use certdeck_shared::api::notice::Delivery;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::context::Caller;
use crate::http::problem::{HttpProblem, ProblemQuery};

/// Query of `GET /notices/deliveries`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// Identifier of a channel.
    channel: Option<String>,
}

/// The last 500 messages, the newest first, each with its tries and what the other side answered.
#[utoipa::path(get, path = "/notices/deliveries", tag = "notices", params(DeliveriesQuery), responses((status = 200, body = Vec<Delivery>)))]
pub async fn list_deliveries(
    caller: Caller,
    ProblemQuery(query): ProblemQuery<DeliveriesQuery>,
) -> Result<Json<Vec<Delivery>>, HttpProblem> {
    Ok(Json(caller.console.notices.deliveries(query.channel).await?))
}
