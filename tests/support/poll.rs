//! Waiting for a state by asking for it, never by sleeping and hoping.

use std::time::{Duration, Instant};

/// Asks until there is an answer. Ends the test, naming what was awaited, when there is none in time.
pub async fn until<T>(what: &str, limit: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < limit, "waited {limit:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// The same for a yes or no.
pub async fn until_true(what: &str, limit: Duration, mut ask: impl AsyncFnMut() -> bool) {
    until(what, limit, async || ask().await.then_some(())).await;
}

/// Waits until the clock has left a second, given since the epoch: revocation lists have whole seconds, and the later of two must be newer.
#[expect(clippy::disallowed_methods, reason = "the clock of the programs under test, which is the system's")]
pub async fn second_is_over(second: i64) {
    let over = async || time::OffsetDateTime::now_utc().unix_timestamp() > second;
    until_true("the next second", Duration::from_secs(30), over).await;
}

/// The same for the second that runs now.
#[expect(clippy::disallowed_methods, reason = "the clock of the programs under test, which is the system's")]
pub async fn this_second_is_over() {
    second_is_over(time::OffsetDateTime::now_utc().unix_timestamp()).await;
}
