//! Bodies that are too large are read to their end before they are refused: a client that still sends while the answer comes mostly sees a
//! broken connection instead of the answer. Nothing of what is read so is kept.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt as _;
use futures::stream::poll_fn;
use http::StatusCode;

/// More than this is not read: whoever sends a gigabyte may see a broken connection.
const MOST: usize = 512 * 1024 * 1024;
/// Nor for longer than this.
const LONGEST: Duration = Duration::from_secs(60);

/// Middleware: after a refusal for size, reads what is left of the body.
pub async fn read_to_the_end(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let stream = Arc::new(Mutex::new(body.into_data_stream()));
    let lent = Arc::clone(&stream);
    let body = Body::from_stream(poll_fn(move |context| next_chunk(&lent, context)));
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        // Whether it ended, was too long or took too long: the answer is the same.
        let _ = tokio::time::timeout(LONGEST, discard(&stream)).await;
    }
    response
}

async fn discard(stream: &Mutex<BodyDataStream>) {
    let mut read = 0;
    let mut rest = poll_fn(|context| next_chunk(stream, context));
    while read < MOST
        && let Some(Ok(chunk)) = rest.next().await
    {
        read += chunk.len();
    }
}

fn next_chunk(
    stream: &Mutex<BodyDataStream>,
    context: &mut std::task::Context<'_>,
) -> std::task::Poll<Option<Result<axum::body::Bytes, axum::Error>>> {
    stream.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(context)
}
