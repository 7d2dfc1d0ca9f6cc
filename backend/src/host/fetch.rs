//! The door to other hosts: one HTTP request, only where the administrator allowed it, with limits on time and size. Redirects are not
//! followed, because they would lead past the list. A name is looked up once, and what was looked at is what is connected to: one that is
//! allowed by its domain alone leads into no private network, and only an address itself leads to the metadata of a cloud's machines.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;

use super::networks::{is_metadata, is_private};

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
    /// The name leads where the settings do not let it.
    #[error(
        "{host} leads to an address of this host, of a private network or of the machine's own metadata; revocation-hosts has to name the host itself, or that address"
    )]
    Private {
        /// Host.
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
    let Some(reach) = reach(&host, port, allowed) else { return Err(FetchError::NotAllowed { host: shown }) };
    let exchange = async {
        let address = looked_up(&host, port, reach).await?;
        exchange(&uri, address, &shown, ask, limit).await
    };
    tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| FetchError::TooSlow)?
}

/// Which addresses a name may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// It is named itself: everywhere but to metadata.
    Named,
    /// Its domain is named: not into private networks.
    Below,
}

fn reach(host: &str, port: u16, allowed: &[String]) -> Option<Reach> {
    let named = |entry: &&String| !entry.starts_with('.') && (**entry == format!("{host}:{port}") || (port == 80 && *entry == host));
    let below = |entry: &String| {
        let domain = entry.strip_prefix('.');
        port == 80 && domain.is_some_and(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
    };
    match allowed.iter().find(named) {
        Some(_) => Some(Reach::Named),
        None => allowed.iter().any(below).then_some(Reach::Below),
    }
}

/// The address to connect to.
async fn looked_up(host: &str, port: u16, reach: Reach) -> Result<SocketAddr, FetchError> {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = literal.parse() {
        return Ok(SocketAddr::new(address, port));
    }
    let broken = |error: std::io::Error| FetchError::Connection(error.to_string());
    let found: Vec<SocketAddr> = tokio::net::lookup_host((literal, port)).await.map_err(broken)?.collect();
    let none = || {
        if found.is_empty() {
            FetchError::Connection("the name has no address".to_owned())
        } else {
            FetchError::Private { host: host.to_owned() }
        }
    };
    found.iter().copied().find(|address| leads(address.ip(), reach)).ok_or_else(none)
}

fn leads(address: IpAddr, reach: Reach) -> bool {
    match reach {
        Reach::Named => !is_metadata(address),
        Reach::Below => !is_private(address),
    }
}

async fn exchange(uri: &Uri, to: SocketAddr, shown: &str, ask: Ask, limit: usize) -> Result<Vec<u8>, FetchError> {
    let broken = |error: &dyn std::fmt::Display| FetchError::Connection(error.to_string());
    let stream = TcpStream::connect(to).await.map_err(|error| broken(&error))?;
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
        assert_eq!(reach("crl.example.org", 80, &allowed), Some(Reach::Named));
        assert_eq!(reach("a.b.example.net", 80, &allowed), Some(Reach::Below));
        assert_eq!(reach("127.0.0.1", 8080, &allowed), Some(Reach::Named));
        for (host, port) in [("example.net", 80), ("badexample.net", 80), ("crl.example.org", 22), ("127.0.0.1", 80)] {
            assert_eq!(reach(host, port, &allowed), None, "{host}:{port}");
        }
        assert_eq!(reach("crl.example.org", 80, &[]), None);
    }

    /// Lemur, GHSA-xpmj-wjcp-6pww: an address that somebody else chose led to hosts inside. What a name leads to is judged once, by the address
    /// that is then connected to, whatever the name says a moment later.
    #[tokio::test]
    async fn lemur_ghsa_xpmj_wjcp_6pww_a_name_leads_only_where_it_may() {
        let leads_to = |address: &str, reach| leads(address.parse().unwrap(), reach);
        for metadata in ["169.254.169.254", "fe80::1", "fd00:ec2::254", "::ffff:169.254.169.254"] {
            assert!(!leads_to(metadata, Reach::Named) && !leads_to(metadata, Reach::Below), "{metadata}");
        }
        for inside in ["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::1"] {
            assert!(leads_to(inside, Reach::Named) && !leads_to(inside, Reach::Below), "{inside}");
        }
        assert!(leads_to("93.184.216.34", Reach::Below));
        let found = looked_up("localhost", 80, Reach::Below).await;
        assert!(matches!(found, Err(FetchError::Private { .. })), "{found:?}");
        assert!(looked_up("localhost", 80, Reach::Named).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_not_plain_http_is_refused() {
        for address in ["https://crl.example.org/", "ldap://x/", "http://", "file:///etc/passwd", "http://user@crl.example.org/"] {
            let answer = fetch(address, Ask::Get, 1, &["crl.example.org".to_owned()]).await;
            assert!(matches!(answer, Err(FetchError::Scheme)), "{address}");
        }
    }
}
