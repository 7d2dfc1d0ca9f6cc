//! How the command's calls travel: HTTPS, with an API token or a session cookie.

use certdeck_shared::api::client::{Request, Response, Transport};
use certdeck_shared::hex::unhex;
use zeroize::Zeroizing;

use super::{Failure, pinned};

/// Whom to believe.
pub(super) enum Trust {
    /// Whom the system believes.
    System,
    /// These certificates, PEM.
    Certificates(Vec<u8>),
    /// The certificate of this SHA-256 alone.
    Fingerprint(Vec<u8>),
}

impl Trust {
    /// A fingerprint as people write it: with or without colons, in either case.
    pub(super) fn fingerprint(text: &str) -> Result<Self, Failure> {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
        match unhex(&digits) {
            Some(octets) if octets.len() == 32 => Ok(Self::Fingerprint(octets)),
            _ => Err("--fingerprint takes a SHA-256: 64 hexadecimal digits, with or without colons".into()),
        }
    }
}

/// Calls to one console.
pub(super) struct Http {
    client: reqwest::Client,
    origin: String,
    secret: Option<Zeroizing<String>>,
}

impl Http {
    /// Calls to the console at a URL, with an API token or, where there is none, with the cookie of a session to come.
    pub(super) fn new(url: &str, trust: Trust, secret: Option<Zeroizing<String>>) -> Result<Self, Failure> {
        // A second installation of the same provider is refused and does not matter.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        let builder = match trust {
            Trust::System => builder,
            Trust::Certificates(pem) => builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(&pem)?),
            Trust::Fingerprint(sha256) => builder.tls_backend_preconfigured(pinned::configuration(sha256)?),
        };
        Ok(Self { client: builder.build()?, origin: url.trim_end_matches('/').to_owned(), secret })
    }
}

impl Transport for Http {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let method = match request.method.name() {
            "GET" => reqwest::Method::GET,
            "POST" => reqwest::Method::POST,
            "PUT" => reqwest::Method::PUT,
            "PATCH" => reqwest::Method::PATCH,
            _ => reqwest::Method::DELETE,
        };
        // The origin is what the console asks of callers with a cookie.
        let mut call = self.client.request(method, format!("{}{}", self.origin, request.target())).header("origin", &self.origin);
        if let Some(secret) = &self.secret {
            call = call.bearer_auth(secret.as_str());
        }
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        if let Some(content_type) = request.content_type {
            call = call.header("content-type", content_type);
        }
        if let Some(body) = request.body {
            call = call.body(body);
        }
        let answer = call.send().await.map_err(|error| crate::http::problem::chain(&error))?;
        let named = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = answer.headers().iter().map(named).collect();
        let status = answer.status().as_u16();
        Ok(Response { status, headers, body: answer.bytes().await.map_err(|error| error.to_string())?.to_vec() })
    }
}
