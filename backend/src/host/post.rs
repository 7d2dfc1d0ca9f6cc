//! The door to receivers of webhooks: one POST over HTTPS, with a limit on time. Redirects are not followed, and a proxy is not asked: both
//! would lead past what is known of the address.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Url, header};
use thiserror::Error;

use super::authorities::{AuthoritiesError, client_configuration};
use super::networks::is_private;

/// What is kept of an answer.
const KEPT: usize = 500;

/// Why nothing was posted.
#[derive(Debug, Error)]
pub enum PostError {
    /// Not `https://` with a host.
    #[error("it is no https:// address")]
    Address,
    /// It leads to this host or into a network of one's own.
    #[error("the address leads to this host or into a private network, which this channel does not allow")]
    Private,
    /// The certificates that count cannot be used.
    #[error(transparent)]
    Authorities(#[from] AuthoritiesError),
    /// No connection, or it broke.
    #[error("{0}")]
    Connection(String),
    /// It took too long.
    #[error("no whole answer within {} s", .0.as_secs())]
    TooSlow(Duration),
}

/// What is posted.
#[derive(Debug)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a str,
    /// Header fields beside the content type, which is JSON.
    pub headers: &'a [(&'static str, String)],
    /// JSON.
    pub body: Vec<u8>,
    /// PEM of the CA certificates that count; those of the system when absent.
    pub ca: Option<&'a str>,
    /// Whether it may lead to this host or into a private network.
    pub allow_private: bool,
    /// How long it may take.
    pub limit: Duration,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The beginning of the body as text.
    pub text: String,
}

/// Whether an address can be posted to: `https://` with a host and without a password, and not a private address by its number.
///
/// # Errors
/// `Address`, `Private`.
pub fn check(url: &str, allow_private: bool) -> Result<(), PostError> {
    let url = Url::parse(url).map_err(|_| PostError::Address)?;
    let host = url.host_str().filter(|host| !host.is_empty()).ok_or(PostError::Address)?;
    if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
        return Err(PostError::Address);
    }
    let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if !allow_private && number.is_ok_and(is_private) { Err(PostError::Private) } else { Ok(()) }
}

/// Posts once. A status of any kind is an answer.
///
/// # Errors
/// See [`PostError`].
pub async fn post(post: Post<'_>) -> Result<Answer, PostError> {
    check(post.url, post.allow_private)?;
    let limit = post.limit;
    tokio::time::timeout(limit, exchange(post)).await.map_err(|_| PostError::TooSlow(limit))?
}

async fn exchange(post: Post<'_>) -> Result<Answer, PostError> {
    let broken = |error: reqwest::Error| {
        let text = causes(&error.without_url());
        if text.contains(REFUSED) { PostError::Private } else { PostError::Connection(text) }
    };
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(client_configuration(post.ca)?)
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Careful { allow_private: post.allow_private })
        .user_agent("certdeck")
        .build()
        .map_err(broken)?;
    let mut request = client.post(post.url).header(header::CONTENT_TYPE, "application/json").body(post.body);
    for (name, value) in post.headers {
        request = request.header(*name, value);
    }
    let mut response = request.send().await.map_err(broken)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    // The status has been said; a body that breaks off changes nothing about it.
    while let Ok(Some(part)) = response.chunk().await {
        body.extend_from_slice(&part);
        if body.len() >= KEPT {
            break;
        }
    }
    body.truncate(KEPT);
    Ok(Answer { status, text: String::from_utf8_lossy(&body).trim().to_owned() })
}

const REFUSED: &str = "the name leads into a private network";

/// Names as the system knows them; private addresses are not told unless they are allowed, so that what was looked at is what is used.
struct Careful {
    allow_private: bool,
}

impl Resolve for Careful {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.iter().copied().filter(|address| allow_private || !is_private(address.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(REFUSED.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// An error with those behind it, none twice.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_with_a_host_and_without_a_password() {
        for url in ["http://example.org/", "https://", "https://user@example.org/", "https://u:p@example.org/", "ftp://x/", "x", ""] {
            assert!(matches!(check(url, true), Err(PostError::Address)), "{url}");
        }
        assert!(check("https://example.org:8443/hook?x=1", false).is_ok());
    }

    #[tokio::test]
    async fn private_addresses_are_refused_by_number_and_by_name() {
        // The parser of addresses knows the other spellings: 0x7f.1 is 127.0.0.1.
        for url in
            ["https://127.0.0.1/", "https://[::1]/", "https://0x7f.1/", "https://2130706433/", "https://localhost/", "https://10.0.0.1/"]
        {
            let post = Post { url, headers: &[], body: Vec::new(), ca: None, allow_private: false, limit: Duration::from_secs(5) };
            assert!(matches!(super::post(post).await, Err(PostError::Private)), "{url}");
        }
    }
}
