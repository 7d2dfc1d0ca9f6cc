//! What the client makes of answers.

use std::cell::RefCell;

use super::{Client, ClientError, ExportFormat, Imported, Request, Response, Transport};
use crate::api::import::Import;
use crate::api::problem::{Problem, ProblemCode};

/// Remembers the last request and answers with what it was given.
struct Scripted {
    status: u16,
    body: &'static str,
    seen: RefCell<Option<Request>>,
}

impl Scripted {
    fn new(status: u16, body: &'static str) -> Self {
        Self { status, body, seen: RefCell::new(None) }
    }
}

impl Transport for Scripted {
    async fn send(&self, request: Request) -> Result<Response, String> {
        *self.seen.borrow_mut() = Some(request);
        Ok(Response { status: self.status, headers: Vec::new(), body: self.body.as_bytes().to_vec() })
    }
}

/// The scripted transport is ready at once, so one poll is enough.
fn now<F: std::future::Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("a scripted transport does not wait"),
    }
}

#[test]
fn problems_keep_their_code_and_fields() {
    let body = serde_json::to_string(&Problem::new(ProblemCode::InvalidInput, "no").with_field("/path", "is relative")).unwrap();
    let client = Client::new(Scripted::new(400, body.leak()));
    let error = now(client.databases()).unwrap_err();
    assert_eq!(error.code(), Some(ProblemCode::InvalidInput));
    assert_eq!(error.problem().unwrap().errors[0].pointer, "/path");
}

#[test]
fn an_answer_of_a_proxy_is_told_as_such() {
    let client = Client::new(Scripted::new(502, "<html>bad gateway</html>"));
    assert!(matches!(now(client.users()), Err(ClientError::Answer { status: 502, .. })));
}

#[test]
fn a_large_import_answers_with_its_job() {
    let job = r#"{"id":"j","action":"certificate.import","database":"d","state":"running","done":0,"total":60,"message":"","cancellable":true,"actor":"ops","started_at":"2026-11-21T12:00:00Z"}"#;
    let client = Client::new(Scripted::new(202, job));
    assert!(matches!(now(client.import("d", &Import::default(), true)), Ok(Imported::Started(_))));
    let seen = client.transport().seen.borrow();
    assert_eq!(seen.as_ref().unwrap().headers, vec![("prefer", "respond-async".to_owned())]);
}

#[test]
fn paths_and_queries_are_encoded() {
    let client = Client::new(Scripted::new(200, ""));
    now(client.delete_request("a/b", "c d", true)).unwrap();
    let target = client.transport().seen.borrow().as_ref().unwrap().target();
    assert_eq!(target, "/api/v1/databases/a%2Fb/requests/c%20d?with_key=true");
}

#[test]
fn an_export_asks_for_its_media_type() {
    let client = Client::new(Scripted::new(200, "der"));
    assert_eq!(now(client.export_certificate("d", "00", ExportFormat::Der)).unwrap(), b"der");
}
