//! The native transport of `shared::api::client`: reqwest with a cookie jar, as a browser would hold it.

use std::sync::Arc;

use certdeck_shared::api::client::{Method, Request, Response, Transport};

/// Sends over HTTPS (or HTTP), trusting the console's own certificate, with a session cookie or a bearer token.
#[derive(Clone)]
pub struct Native {
    client: reqwest::Client,
    cookies: Arc<reqwest::cookie::Jar>,
    origin: String,
    bearer: Option<String>,
}

impl Native {
    /// A transport with an empty cookie jar for the console at this origin.
    pub fn new(origin: &str) -> Self {
        // A second installation of the same provider is refused and does not matter.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self::holding(Arc::default(), origin)
    }

    fn holding(cookies: Arc<reqwest::cookie::Jar>, origin: &str) -> Self {
        let builder = reqwest::Client::builder().cookie_provider(Arc::clone(&cookies)).tls_danger_accept_invalid_certs(true);
        Self { client: builder.build().unwrap(), cookies, origin: origin.to_owned(), bearer: None }
    }

    /// The same caller over new connections: a console that was started again at its port has closed those of before, and a request
    /// that is sent before that is noticed would be lost.
    pub fn reconnected(&self) -> Self {
        Self { bearer: self.bearer.clone(), ..Self::holding(Arc::clone(&self.cookies), &self.origin) }
    }

    /// The same with an API token and no cookies.
    pub fn with_token(origin: &str, secret: &str) -> Self {
        Self { bearer: Some(secret.to_owned()), ..Self::new(origin) }
    }

    /// The client, for requests that are wrong on purpose.
    pub fn raw(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let builder = self.client.request(method, format!("{}{path}", self.origin)).header("origin", &self.origin);
        match &self.bearer {
            Some(secret) => builder.bearer_auth(secret),
            None => builder,
        }
    }

    /// Sends a request that was built and changed by hand.
    pub async fn execute(&self, request: reqwest::Request) -> reqwest::Response {
        self.client.execute(request).await.unwrap()
    }
}

impl Transport for Native {
    async fn send(&self, request: Request) -> Result<Response, String> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.raw(method, &request.target());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Some(content_type) = request.content_type {
            builder = builder.header("content-type", content_type);
        }
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let answer = builder.send().await.map_err(|error| format!("{error:?}"))?;
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Ok(Response { status: answer.status().as_u16(), headers, body: answer.bytes().await.map_err(|error| error.to_string())?.to_vec() })
    }
}
