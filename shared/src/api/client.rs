//! One method per operation, generic over how bytes travel: `fetch` in the page, a native client in tests.
//!
//! The methods live beside this file, one file an area; here is the one call that all of them share. It is written so that little of it
//! is generic: the page pays for each instantiation in bytes.

mod accounts;
mod approvals;
mod certificate_maps;
mod certificates;
mod databases;
mod deployments;
mod endpoints;
mod issuing;
mod keystores;
mod notices;
mod probes;
mod requests;
mod services;
#[cfg(test)]
mod tests;
mod tokens;
mod validation;

pub use accounts::AuditQuery;
pub use certificates::{ExportFormat, Imported};
pub use validation::ValidationQuery;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Problem, ProblemCode};

/// HTTP method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or starts.
    Post,
    /// Changes a part.
    Patch,
    /// Replaces.
    Put,
    /// Takes away.
    Delete,
}

impl Method {
    /// As it stands in the request line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What a transport sends.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path, percent-encoded, without origin and query.
    pub path: String,
    /// Query parameters, not yet encoded.
    pub query: Vec<(&'static str, String)>,
    /// Header fields beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Option<Vec<u8>>,
    /// Content type of the body.
    pub content_type: Option<&'static str>,
}

impl Request {
    /// A call without query, headers and body.
    #[must_use]
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), query: Vec::new(), headers: Vec::new(), body: None, content_type: None }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets the body to this value as JSON.
    #[must_use]
    pub fn json<B: Serialize>(mut self, body: &B) -> Self {
        // Our own types have string keys only and no failing serializers; an empty body would be refused by the server anyway.
        self.body = Some(serde_json::to_vec(body).unwrap_or_default());
        self.content_type = Some("application/json");
        self
    }

    /// Sets the body to these bytes.
    #[must_use]
    pub fn bytes(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.content_type = Some(content_type);
        self
    }

    /// Path with the encoded query, as a transport puts it behind the origin.
    #[must_use]
    pub fn target(&self) -> String {
        let mut target = self.path.clone();
        for (position, (name, value)) in self.query.iter().enumerate() {
            target.push(if position == 0 { '?' } else { '&' });
            target.push_str(name);
            target.push('=');
            target.push_str(&super::paths::segment(value));
        }
        target
    }
}

/// What a transport brings back.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Header fields; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header field; the name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// How bytes travel to the console and back.
#[expect(async_fn_in_trait, reason = "the page has one thread, and native callers know their transport's type, so Send follows from it")]
pub trait Transport {
    /// Sends one request and waits for the answer. The error says in words why there was none.
    async fn send(&self, request: Request) -> Result<Response, String>;
}

impl<T: Transport> Transport for &T {
    async fn send(&self, request: Request) -> Result<Response, String> {
        (*self).send(request).await
    }
}

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The console refused and said why.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// No answer came.
    #[error("The console does not answer: {0}")]
    Transport(String),
    /// An answer came that is not one of this interface.
    #[error("The answer {status} of the console could not be read: {reason}")]
    Answer {
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

impl ClientError {
    /// The problem, if the console named one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Transport(_) | Self::Answer { .. } => None,
        }
    }

    /// The code of the problem, if the console named one.
    #[must_use]
    pub fn code(&self) -> Option<ProblemCode> {
        self.problem().map(|problem| problem.code)
    }
}

impl From<Problem> for ClientError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// The REST interface as methods.
#[derive(Debug, Clone, Default)]
pub struct Client<T> {
    transport: T,
}

impl<T: Transport> Client<T> {
    /// A client that sends through `transport`.
    pub fn new(transport: T) -> Self {
        Self { transport }
    }

    /// The transport, for what is not JSON.
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Sends a request; anything but success becomes an error.
    pub async fn call(&self, request: Request) -> Result<Response, ClientError> {
        checked(self.transport.send(request).await)
    }

    /// Sends a request whose answer is JSON.
    async fn value<R: DeserializeOwned>(&self, request: Request) -> Result<R, ClientError> {
        decode(&self.call(request).await?)
    }

    /// Sends a request whose answer does not matter.
    async fn done(&self, request: Request) -> Result<(), ClientError> {
        self.call(request).await.map(drop)
    }

    async fn get<R: DeserializeOwned>(&self, path: impl Into<String>) -> Result<R, ClientError> {
        self.value(Request::new(Method::Get, path)).await
    }
}

/// Turns a refusal into its problem; also those that a proxy wrote in its own words.
fn checked(answer: Result<Response, String>) -> Result<Response, ClientError> {
    let response = answer.map_err(ClientError::Transport)?;
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    match serde_json::from_slice::<Problem>(&response.body) {
        Ok(mut problem) => {
            problem.retry_after = problem.retry_after.or_else(|| response.header("retry-after")?.parse().ok());
            Err(problem.into())
        }
        Err(error) => Err(ClientError::Answer { status: response.status, reason: error.to_string() }),
    }
}

fn decode<R: DeserializeOwned>(response: &Response) -> Result<R, ClientError> {
    serde_json::from_slice(&response.body).map_err(|error| ClientError::Answer { status: response.status, reason: error.to_string() })
}
