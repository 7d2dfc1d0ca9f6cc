//! `POST /probes/inventory`

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use certdeck_shared::api::inventory::{Inventory, NewInventory};
use certdeck_shared::api::job::Job;
use certdeck_shared::api::paths;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use http::{HeaderMap, StatusCode, header};

use crate::domain::inventories::STEPS;
use crate::domain::jobs::Progress;
use crate::http::context::Caller;
use crate::http::preference::respond_async;
use crate::http::problem::{HttpProblem, ProblemJson};

/// Finds out which versions of TLS, cipher suites, groups and certificates an endpoint takes and serves, by some dozens of connections from the
/// console's host, at most eight at a time and for at most a minute; compares that with a recommendation of Mozilla's and, when it is an
/// endpoint of a registered service, with its configuration; and grades it. A port that does not answer is an answer as well: `outcome` and
/// `words` say which. `Prefer: respond-async` answers 202 with a job, which can be cancelled. Only administrators may do it, because the host
/// may reach what the caller cannot; and beside this host itself only those of the list in the settings of watching are asked.
#[utoipa::path(post, path = "/probes/inventory", tag = "probes", params(
        ("Prefer" = Option<String>, Header, description = "`respond-async` for a job"),
    ), request_body = NewInventory, responses(
        (status = 200, body = Inventory, description = "What was found"),
        (status = 202, body = Job, description = "Started; Location is the job, whose result becomes the inventory"),
        (status = 400, body = Problem, description = "invalid-input: no host, no port, nothing to begin TLS with, or a host that is not on the list"),
    ))]
pub async fn create_inventory(
    caller: Caller,
    headers: HeaderMap,
    ProblemJson(new): ProblemJson<NewInventory>,
) -> Result<Response, HttpProblem> {
    let inventories = &caller.console.inventories;
    if !respond_async(&headers) {
        return Ok(Json(inventories.make(&caller.actor, new, &()).await?).into_response());
    }
    // Refused now rather than in a job that nobody reads.
    inventories.check(&caller.actor, &new).await?;
    let (inventories, actor) = (inventories.clone(), caller.actor.clone());
    let work = move |progress: Progress| async move {
        let made = inventories.make(&actor, new, &progress).await.map_err(Problem::from)?;
        serde_json::to_value(made).map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
    };
    let job = caller.console.jobs.start(&caller.actor, "inventory.create", None, STEPS, true, work).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, paths::job(&job.id))], Json(job)).into_response())
}
