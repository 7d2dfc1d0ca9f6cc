//! The door to other hosts: one HTTP request, only where the administrator allowed it, with limits on time and size. Redirects are not
//! followed, because they would lead past the list.

use std::time::Duration;

use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

/// How long a whole exchange may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing was fetched.
#[derive(Debug, Error)]
pub enum FetchError {
    /// Not `http://` with a host. Revocation is fetched without TLS, because answers are signed and TLS would need them.
    #[error("it is not an http:// address, and the console fetches from no other")]
    Scheme,
    /// The settings do not name this host.
    #[error("the settings do not allow {host}; add it to revocation-hosts in the file of --config: revocation-hosts = [\"{host}\"]")]
    NotAllowed {
        /// Host, with the port where it is not 80.
        host: String,
    },
    /// No connection, or it broke.
    #[error("the host does not answer: {0}")]
    Connection(String),
    /// It took too long.
    #[error("no whole answer within {} s", PATIENCE.as_secs())]
    TooSlow,
    /// The answer is larger than it may be.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit, bytes.
        limit: usize,
    },
    /// Another status than 200.
    #[error("the host answered with status {0}")]
    Status(u16),
}

/// What is sent.
#[derive(Debug, Clone)]
pub enum Ask {
    /// GET.
    Get,
    /// POST with a body of this media type.
    Post {
        /// Media type.
        content_type: &'static str,
        /// Body.
        body: Vec<u8>,
    },
}

/// Fetches at most `limit` bytes from an address that `allowed` names: `host`, `host:port`, or `.domain` for all hosts below it.
///
/// # Errors
/// See [`FetchError`].
pub async fn fetch(address: &str, ask: Ask, limit: usize, allowed: &[String]) -> Result<Vec<u8>, FetchError> {
    let uri: Uri = address.parse().map_err(|_| FetchError::Scheme)?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(FetchError::Scheme)?.to_ascii_lowercase();
    if uri.scheme_str() != Some("http") || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(FetchError::Scheme);
    }
    let port = uri.port_u16().unwrap_or(80);
    let shown = if port == 80 { host.clone() } else { format!("{host}:{port}") };
    if !is_allowed(&host, port, allowed) {
        return Err(FetchError::NotAllowed { host: shown });
    }
    let exchange = exchange(&uri, (&host, port), &shown, ask, limit);
    tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| FetchError::TooSlow)?
}

fn is_allowed(host: &str, port: u16, allowed: &[String]) -> bool {
    allowed.iter().any(|entry| match entry.strip_prefix('.') {
        Some(domain) => port == 80 && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
        None => entry == &format!("{host}:{port}") || (port == 80 && entry == host),
    })
}

async fn exchange(uri: &Uri, to: (&str, u16), shown: &str, ask: Ask, limit: usize) -> Result<Vec<u8>, FetchError> {
    let broken = |error: &dyn std::fmt::Display| FetchError::Connection(error.to_string());
    let literal = to.0.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((literal, to.1)).await.map_err(|error| broken(&error))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    let connection = tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::builder().uri(path).header(header::HOST, shown).header(header::USER_AGENT, "certdeck");
    let request = match ask {
        Ask::Get => request.method(Method::GET).body(Full::new(Bytes::new())),
        Ask::Post { content_type, body } => {
            request.method(Method::POST).header(header::CONTENT_TYPE, content_type).body(Full::new(Bytes::from(body)))
        }
    };
    let request = request.map_err(|_| FetchError::Scheme)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| broken(&error))?;
        if response.status() != http::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), limit).collect().await;
        body.map(|body| body.to_bytes().to_vec())
            .map_err(|error| if error.is::<http_body_util::LengthLimitError>() { FetchError::TooLarge { limit } } else { broken(&error) })
    };
    let answer = answer.await;
    connection.abort();
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_hosts_are_allowed() {
        let allowed = ["crl.example.org".to_owned(), ".example.net".to_owned(), "127.0.0.1:8080".to_owned()];
        assert!(is_allowed("crl.example.org", 80, &allowed));
        assert!(is_allowed("a.b.example.net", 80, &allowed));
        assert!(is_allowed("127.0.0.1", 8080, &allowed));
        assert!(!is_allowed("example.net", 80, &allowed));
        assert!(!is_allowed("badexample.net", 80, &allowed));
        assert!(!is_allowed("crl.example.org", 22, &allowed));
        assert!(!is_allowed("127.0.0.1", 80, &allowed));
        assert!(!is_allowed("crl.example.org", 80, &[]));
    }

    #[tokio::test]
    async fn what_is_not_plain_http_is_refused() {
        for address in ["https://crl.example.org/", "ldap://x/", "http://", "file:///etc/passwd", "http://user@crl.example.org/"] {
            let answer = fetch(address, Ask::Get, 1, &["crl.example.org".to_owned()]).await;
            assert!(matches!(answer, Err(FetchError::Scheme)), "{address}");
        }
    }
}
