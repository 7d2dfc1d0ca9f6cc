//! How many connections one client may hold open: one that opens thousands leaves no place for others.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum_server::Server;
use axum_server::accept::Accept;
use tokio::net::TcpStream;
use tower::Service;

use crate::host::networks;

/// The open connections of each client.
#[derive(Debug)]
pub struct Connections {
    most: usize,
    /// Proxies speak for many.
    unlimited: Vec<IpAddr>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

impl Connections {
    /// At most so many for each client but these.
    #[must_use]
    pub fn new(most: usize, unlimited: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self { most, unlimited, open: Mutex::default() })
    }

    /// Counts the connections of a server.
    pub fn count<A>(self: Arc<Self>, server: Server<SocketAddr, A>) -> Server<SocketAddr, Counting<A>> {
        server.map(|inner| Counting { inner, connections: self })
    }

    fn place(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let client = networks::client(peer);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(client).or_default();
        if *count >= self.most && !self.unlimited.contains(&peer.to_canonical()) {
            return None;
        }
        *count += 1;
        Some(Place { client, connections: Arc::clone(self) })
    }
}

/// A connection that is counted for as long as this lives.
#[derive(Debug)]
struct Place {
    client: IpAddr,
    connections: Arc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.client);
            }
        }
    }
}

/// An acceptor that turns away a client's connections beyond those it may have.
#[derive(Debug, Clone)]
pub struct Counting<A> {
    inner: A,
    connections: Arc<Connections>,
}

impl<A, S> Accept<TcpStream, S> for Counting<A>
where
    A: Accept<TcpStream, S>,
    A::Future: Send + 'static,
{
    type Stream = A::Stream;
    type Service = Counted<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.connections.place(peer.ip()));
        // Events are short, and none waits until the one before is acknowledged.
        let _ = stream.set_nodelay(true);
        // Before the handshake, which is what costs.
        let accepting = matches!(place, Ok(Some(_))).then(|| self.inner.accept(stream, service));
        Box::pin(async move {
            let (Some(accepting), Some(place)) = (accepting, place?) else { return Err(io::ErrorKind::QuotaExceeded.into()) };
            let (stream, service) = accepting.await?;
            Ok((stream, Counted { service, _place: Arc::new(place) }))
        })
    }
}

/// What answers on a counted connection; it lives as long as that.
#[derive(Debug, Clone)]
pub struct Counted<S> {
    service: S,
    _place: Arc<Place>,
}

impl<S: Service<R>, R> Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        self.service.call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn ask(stream: &mut TcpStream) -> String {
        let mut answer = vec![0; 512];
        // A connection that was turned away may be a reset to whoever writes.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut answer)).await.expect("the server is silent");
        String::from_utf8_lossy(&answer[..read.unwrap_or_default()]).into_owned()
    }

    async fn server(most: usize, unlimited: Vec<IpAddr>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let server = Connections::new(most, unlimited).count(axum_server::from_tcp(listener).unwrap());
        tokio::spawn(server.serve(Router::new().route("/", get(|| async { "hello" })).into_make_service()));
        address
    }

    #[tokio::test]
    async fn one_too_many_is_turned_away_and_a_place_that_is_left_is_free() {
        let address = server(2, vec![]).await;
        let (mut first, mut second) = (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
        assert!(ask(&mut first).await.ends_with("hello") && ask(&mut second).await.ends_with("hello"));
        assert_eq!(ask(&mut TcpStream::connect(address).await.unwrap()).await, "");
        drop(first);
        for _ in 0..200 {
            if ask(&mut TcpStream::connect(address).await.unwrap()).await.ends_with("hello") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the place stays taken");
    }

    #[tokio::test]
    async fn a_proxy_has_as_many_as_it_needs() {
        let address = server(1, vec![[127, 0, 0, 1].into()]).await;
        let mut open = Vec::new();
        for _ in 0..5 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            assert!(ask(&mut stream).await.ends_with("hello"));
            open.push(stream);
        }
    }
}
