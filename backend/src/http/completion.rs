//! A call that has begun is brought to its end, whether or not the caller is still there; a fault in it answers 500.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use certdeck_shared::api::problem::ProblemCode;
use futures::FutureExt as _;

use super::observation;
use super::problem::HttpProblem;
use crate::domain::tasks::Tasks;

/// The longest a call may take. A stream of events is answered at once and goes on.
const LONGEST: Duration = Duration::from_secs(120);

/// Around what answers. The call runs in a task of its own, which a broken connection does not
/// cut off between the write and the record of it, and which the end of the console waits for.
pub async fn complete(tasks: &Tasks, answer: impl Future<Output = Response> + Send + 'static) -> Response {
    answered_within(LONGEST, tasks, observation::carried(answer)).await
}

async fn answered_within(longest: Duration, tasks: &Tasks, work: impl Future<Output = Response> + Send + 'static) -> Response {
    let mut work = Box::pin(work);
    // What is answered without waiting cannot be cut off, and a task of its own would cost more than many a call.
    match AssertUnwindSafe(work.as_mut()).catch_unwind().now_or_never() {
        Some(Ok(response)) => return response,
        // What panicked says so in the log by itself.
        Some(Err(_)) => return HttpProblem::internal("a call panicked").into_response(),
        None => {}
    }
    match tokio::time::timeout(longest, tasks.spawn(work)).await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => HttpProblem::internal(fault).into_response(),
        // The task goes on when nobody waits for it any more: a write is not cut off.
        Err(_) => HttpProblem::new(
            ProblemCode::StillUnderWay,
            format!("This takes longer than {} s and goes on. Look at what is there before you try again.", longest.as_secs()),
        )
        .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_call_that_takes_too_long_is_told_so_and_goes_on() {
        let (tasks, (go, may_go), (done, is_done)) = (Tasks::default(), oneshot::channel::<()>(), oneshot::channel::<()>());
        let work = async move {
            may_go.await.unwrap();
            done.send(()).unwrap();
            "written".into_response()
        };
        let response = answered_within(Duration::from_millis(10), &tasks, work).await;
        assert_eq!(response.status(), 504);
        let body = to_bytes(response.into_body(), 1 << 16).await.unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["code"], "still-under-way");
        go.send(()).unwrap();
        is_done.await.unwrap();
    }

    #[tokio::test]
    async fn a_fault_is_answered_by_500() {
        let response = answered_within(LONGEST, &Tasks::default(), async { panic!("a fault") }).await;
        assert_eq!(response.status(), 500);
        let later = async {
            tokio::task::yield_now().await;
            panic!("a fault")
        };
        assert_eq!(answered_within(LONGEST, &Tasks::default(), later).await.status(), 500);
    }
}
