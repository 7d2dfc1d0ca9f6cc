//! A call that has begun is brought to its end, whether or not the caller is still there; a fault in it answers 500.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use certdeck_shared::api::problem::ProblemCode;

use super::observation;
use super::problem::HttpProblem;
use crate::domain::console::Console;

/// The longest a call may take. A stream of events is answered at once and goes on.
const LONGEST: Duration = Duration::from_secs(120);

/// Middleware. The call runs in a task of its own, which a broken connection does not
/// cut off between the write and the record of it, and which the end of the console waits for.
pub async fn complete(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let work = observation::carried(next.run(request));
    let finished = console.tasks.spawn(work);
    let finished = tokio::time::timeout(LONGEST, finished).await;
    match finished {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => HttpProblem::internal(fault).into_response(),
        Err(_) => HttpProblem::new(
            ProblemCode::Internal,
            format!("This took longer than {} s. It goes on; look at what is there before you try again.", LONGEST.as_secs()),
        )
        .into_response(),
    }
}
