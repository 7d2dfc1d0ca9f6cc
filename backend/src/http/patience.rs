//! Slow clients: a connection on which nothing useful arrives holds its place only for a while.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::Server;
use axum_server::accept::Accept;
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// The octets by which HTTP/2 begins (RFC 9113 section 3.4). Until it is clear whether they come, hyper waits without any limit.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the end of the handshake until it is clear which HTTP is spoken.
    pub first_octets: Duration,
    /// For the headers of a call in HTTP/1, and between two calls.
    pub headers: Duration,
    /// Between two parts of a body.
    pub body: Duration,
    /// Without any sign of life in HTTP/2; then it is pinged, and has half as long to answer.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { first_octets: seconds(10), headers: seconds(30), body: seconds(30), silence: seconds(30) }
    }
}

impl Patience {
    /// Sets the limits on a server.
    pub fn apply<A>(self, mut server: Server<SocketAddr, A>) -> Server<SocketAddr, Patient<A>> {
        let builder = server.http_builder();
        builder.http1().timer(TokioTimer::new()).header_read_timeout(self.headers);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(self.silence).keep_alive_timeout(self.silence / 2);
        server.map(|inner| Patient { inner, first_octets: self.first_octets })
    }
}

/// An acceptor whose streams end when their first octets take too long.
#[derive(Debug, Clone)]
pub struct Patient<A> {
    inner: A,
    first_octets: Duration,
}

impl<A, I, S> Accept<I, S> for Patient<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
{
    type Stream = Awaited<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepting, first_octets) = (self.inner.accept(stream, service), self.first_octets);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            Ok((Awaited { stream, seen: 0, deadline: Some(Box::pin(tokio::time::sleep(first_octets))) }, service))
        })
    }
}

/// A stream with a deadline for its first octets.
#[derive(Debug)]
pub struct Awaited<T> {
    stream: T,
    seen: usize,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl<T> Awaited<T> {
    fn note(&mut self, octets: &[u8]) {
        self.seen += octets.len();
        let undecided = self.seen < PREFACE.len() && PREFACE[..self.seen].ends_with(octets);
        if !undecided {
            self.deadline = None;
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Awaited<T> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if let Some(deadline) = this.deadline.as_mut() {
            if read.is_ready() {
                this.note(&buffer.filled()[before..]);
            } else if deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Awaited<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// A server that is patient for a tenth of a second with the first octets and the headers.
    async fn connection() -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let short = Duration::from_millis(100);
        let server =
            Patience { first_octets: short, headers: short, ..Patience::default() }.apply(axum_server::from_tcp(listener).unwrap());
        // Answers only after the deadline of the first octets.
        let slow = get(|| async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "done"
        });
        tokio::spawn(server.serve(Router::new().route("/slow", slow).into_make_service()));
        TcpStream::connect(address).await.unwrap()
    }

    async fn answer_to(octets: &[u8]) -> String {
        let mut stream = connection().await;
        stream.write_all(octets).await.unwrap();
        let mut answer = Vec::new();
        // Whether the end comes as a close or as a reset is not ours to say.
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("the server waits for ever");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_let_go() {
        assert_eq!(answer_to(b"").await, "");
    }

    #[tokio::test]
    async fn half_a_greeting_of_http_2_is_not_waited_for() {
        assert_eq!(answer_to(b"PRI * HTT").await, "");
    }

    #[tokio::test]
    async fn half_a_header_is_not_waited_for() {
        let answer = answer_to(b"GET /slow HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
        assert!(!answer.contains("done"), "{answer}");
    }

    #[tokio::test]
    async fn a_call_that_came_whole_may_be_answered_late() {
        assert!(answer_to(b"GET /slow HTTP/1.0\r\n\r\n").await.ends_with("done"));
    }
}
