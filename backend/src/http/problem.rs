//! Every refusal as `application/problem+json` (RFC 9457), the extractors' included.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::BytesRejection};
use axum::response::{IntoResponse, Response};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::de::DeserializeOwned;

use super::observation;
use crate::domain::accounts::AccountError;
use crate::domain::approvals::ApprovalError;
use crate::state::StateError;

/// A problem on its way out, with its cause for the log.
#[derive(Debug, Clone)]
pub struct HttpProblem {
    problem: Box<Problem>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl HttpProblem {
    /// A problem of this code.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// There is nothing of this name.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("There is no such {what}."))
    }

    /// A fault of the console; the log gets the cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = "The console could not do this. The log has more, under the identifier of this call.";
        Self { problem: Box::new(Problem::new(ProblemCode::Internal, detail)), cause: Some(Arc::from(cause.into())) }
    }

    /// Adds the cause, which only the log gets.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl From<Problem> for HttpProblem {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None }
    }
}

impl From<StateError> for HttpProblem {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Exists => Self::new(ProblemCode::AlreadyExists, "It is there already."),
            StateError::DiskFull => {
                Self::new(ProblemCode::DiskFull, "No space is left for the console's state. Make room in the data directory.")
            }
            other => Self::internal(other),
        }
    }
}

impl From<ApprovalError> for HttpProblem {
    fn from(error: ApprovalError) -> Self {
        match error {
            ApprovalError::State(error) => error.into(),
            other => other.problem().into(),
        }
    }
}

impl From<AccountError> for HttpProblem {
    fn from(error: AccountError) -> Self {
        let code = error.code();
        let problem = Problem::new(code, sentence(&error.to_string()));
        match error {
            AccountError::Invalid { pointer, message } => problem.with_field(pointer, message).into(),
            AccountError::PasswordWeak(weakness) => {
                let mut problem = problem.with_field("/password", weakness.to_string());
                problem.detail = weakness.to_string();
                problem.into()
            }
            AccountError::TooManyAttempts { wait } => {
                let mut problem = problem;
                // Rounded up: who waits as told is let in.
                problem.retry_after = u32::try_from(wait.whole_seconds() + i64::from(wait.subsec_nanoseconds() > 0)).ok();
                problem.into()
            }
            AccountError::SecondFactorRequired(offer) => {
                let mut problem = problem;
                problem.second_factor = Some(offer);
                problem.into()
            }
            AccountError::State(error) => error.into(),
            error @ (AccountError::Hashing(_) | AccountError::Code(_) | AccountError::QrCode(_)) => Self::internal(error),
            AccountError::CredentialsIncorrect
            | AccountError::PasswordIncorrect
            | AccountError::CertificateRefused(_)
            | AccountError::PasskeyRefused(_)
            | AccountError::PasskeysUnavailable(_)
            | AccountError::PasskeyPresent
            | AccountError::PasskeysFull(_)
            | AccountError::LastSecondFactor
            | AccountError::SecondFactorMissing
            | AccountError::CodeIncorrect
            | AccountError::SecondFactorPresent
            | AccountError::SecondFactorAbsent
            | AccountError::ConfirmationRequired(_)
            | AccountError::SetupTokenIncorrect
            | AccountError::SetupDone
            | AccountError::Exists
            | AccountError::NotFound(_)
            | AccountError::LastAdministrator
            | AccountError::ScopeInsufficient(_) => problem.into(),
        }
    }
}

impl IntoResponse for HttpProblem {
    fn into_response(self) -> Response {
        let mut problem = *self.problem;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        problem.instance = Some(format!("urn:certdeck:request:{}", observation::request_id()));
        if status.is_server_error() {
            let cause = self.cause.as_deref().map(|cause| chain(cause)).unwrap_or_default();
            tracing::error!(problem.code = problem.code.name(), cause, "{}", problem.detail);
        }
        let mut response = (status, serde_json::to_string(&problem).unwrap_or_default()).into_response();
        // For whoever records the refusal.
        response.extensions_mut().insert(problem.code);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        } else if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if problem.code == ProblemCode::NotSignedIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"certdeck\""));
        }
        response
    }
}

/// An error and its causes, each after the other.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).chain(['.']).collect()).unwrap_or_default()
}

/// A JSON body. What is wrong with it is a problem that names the field.
pub struct ProblemJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ProblemJson<T> {
    type Rejection = HttpProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" {
            let detail = format!("The body has the type '{essence}'; send application/json.");
            return Err(HttpProblem::new(ProblemCode::UnsupportedMediaType, detail));
        }
        let body = body(request, state).await?;
        from_json(&body).map(Self)
    }
}

/// The whole body, up to the limit of the route.
pub async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, HttpProblem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(inner) if inner.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            HttpProblem::new(ProblemCode::BodyTooLarge, "The body is larger than this call takes: 1 MB, and 32 MB for certificates.")
        }
        other => HttpProblem::new(ProblemCode::MalformedBody, "The body did not arrive whole.").caused_by(other),
    })
}

/// A value from JSON text; what is wrong is told by JSON pointer (RFC 6901).
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, HttpProblem> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let inner = error.into_inner();
        let message = inner.to_string();
        match inner.classify() {
            serde_json::error::Category::Data => {
                // A missing field is reported at the object that lacks it; its name is in the words.
                let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
                let pointer = missing.map_or(pointer.clone(), |field| format!("{pointer}/{field}"));
                let words = message.split(" at line ").next().unwrap_or(&message).to_owned();
                Problem::new(ProblemCode::InvalidInput, "A field of the body is missing or not valid.").with_field(pointer, words).into()
            }
            _ => HttpProblem::new(ProblemCode::MalformedBody, format!("The body is not JSON: {message}.")),
        }
    })?;
    deserializer.end().map_err(|error| HttpProblem::new(ProblemCode::MalformedBody, format!("The body is not JSON: {error}.")))?;
    Ok(value)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Parts of the path.
pub struct ProblemPath<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for ProblemPath<T> {
    type Rejection = HttpProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(HttpProblem::new(ProblemCode::NotFound, format!("The path is not understood: {rejection}"))),
        }
    }
}

/// The query.
pub struct ProblemQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ProblemQuery<T> {
    type Rejection = HttpProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let words = std::error::Error::source(&rejection).map_or_else(|| rejection.to_string(), ToString::to_string);
                let name = words.split(':').next().filter(|name| !name.contains(' ')).unwrap_or_default().to_owned();
                Err(Problem::new(ProblemCode::InvalidInput, "A query parameter is not valid.").with_field(format!("?{name}"), words).into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use certdeck_shared::api::account::NewUser;

    use super::*;

    fn refusal(body: &str) -> Problem {
        match from_json::<NewUser>(body.as_bytes()) {
            Ok(_) => panic!("taken"),
            Err(problem) => problem.problem().clone(),
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let problem = refusal("{\"user_name\":\"a\",\"grants\":[{\"role\":\"viewer\"}]}");
        assert_eq!((problem.code, problem.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/password"));
    }

    #[test]
    fn a_wrong_value_is_named() {
        let problem = refusal("{\"user_name\":\"a\",\"password\":\"b\",\"grants\":[{\"role\":\"god\"}]}");
        assert_eq!((problem.code, problem.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/grants/0/role"));
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        assert_eq!(refusal("{").code, ProblemCode::MalformedBody);
    }
}
