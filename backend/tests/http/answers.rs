//! Headers, problems, jobs.

use std::num::NonZeroU16;

use axum::body::Body;
use certdeck::http::router::api;
use certdeck::http::security::CONTENT_SECURITY_POLICY;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::role::Role;
use http::Method;
use serde_json::json;

use crate::deck::Deck;

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let deck = Deck::new().await;
    for path in ["/", "/healthz", "/api/v1/setup", "/api/v1/nothing", "/databases/x/certificates"] {
        let answer = deck.get(path, &[]).await;
        assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("cache-control") == "no-store", path.starts_with("/api/"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let deck = Deck::new().await;
    let answer = deck.get("/api/v1/nothing", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not-found"));
    let answer = deck.call(Method::PUT, "/api/v1/setup", &[], Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (405, "method-not-allowed"));
    assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_wrong_body_is_a_problem_that_names_what_is_wrong() {
    let deck = Deck::new().await;
    let send = |content_type: &'static str, body: Vec<u8>| {
        let deck = &deck;
        async move { deck.call(Method::POST, "/api/v1/session", &[("content-type", content_type)], Body::from(body)).await }
    };
    assert_eq!(send("text/plain", b"{}".to_vec()).await.code(), "unsupported-media-type");
    assert_eq!(send("application/json", b"{".to_vec()).await.code(), "malformed-body");
    assert_eq!(send("application/json", vec![b' '; 1024 * 1024 + 1]).await.code(), "body-too-large");
    let missing = send("application/json; charset=utf-8", b"{\"user_name\":\"a\"}".to_vec()).await;
    assert_eq!((missing.code().as_str(), missing.json()["errors"][0]["pointer"].as_str()), ("invalid-input", Some("/password")));
}

#[tokio::test]
async fn a_wrong_query_is_a_problem_that_names_the_parameter() {
    let (deck, cookie) = Deck::set_up().await;
    for path in ["/api/v1/audit?limit=0", "/api/v1/audit?limit=x"] {
        let answer = deck.get(path, &[("cookie", &cookie)]).await;
        assert_eq!((answer.code().as_str(), answer.json()["errors"][0]["pointer"].as_str()), ("invalid-input", Some("?limit")), "{path}");
    }
}

#[tokio::test]
async fn a_client_that_runs_away_is_told_to_wait_and_leaves_nothing_in_the_log() {
    let (deck, cookie) = Deck::set_up_with(|settings| settings.requests_per_second = NonZeroU16::new(3)).await;
    let ask = async || deck.get("/api/v1/session", &[("cookie", &cookie)]).await;
    let before = deck.actions().await.len();
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(ask().await);
    }
    let refused = answers.iter().find(|answer| answer.status != 200).unwrap();
    assert_eq!((refused.code().as_str(), refused.header("retry-after")), ("too-many-requests", "1"));
    assert!(refused.headers.contains_key("content-security-policy") && refused.headers.contains_key("x-request-id"));
    let written = deck.call_from_page(Method::POST, "/api/v1/api-tokens", &cookie, &json!({"label": "b"})).await;
    assert_eq!((written.status.as_u16(), deck.actions().await.len()), (429, before));
    deck.clock.advance(time::Duration::seconds(1));
    assert_eq!(ask().await.status, 200);
}

#[tokio::test]
async fn a_job_can_be_followed_and_keeps_its_answer() {
    let (deck, cookie) = Deck::set_up().await;
    let console = &deck.console;
    let job = console.jobs.start("ada", "test.run", None, 2, false, |_| async { Ok(json!({"written": 2})) }).await.unwrap();
    console.tasks.end();
    console.tasks.finished().await;
    let answer = deck.get(&format!("/api/v1/jobs/{}", job.id), &[("cookie", &cookie)]).await.json();
    assert_eq!((answer["state"].as_str(), &answer["result"]), (Some("succeeded"), &json!({"written": 2})));
    assert_eq!(deck.get("/api/v1/jobs/none", &[("cookie", &cookie)]).await.code(), "not-found");
}

#[tokio::test]
async fn a_job_is_asked_to_stop_by_delete() {
    let (deck, _) = Deck::set_up().await;
    let bearer = format!("Bearer {}", deck.token(Role::Operator).await);
    let work = |progress: certdeck::domain::jobs::Progress| async move {
        while !progress.cancelled() {
            tokio::task::yield_now().await;
        }
        Err(Problem::new(ProblemCode::Internal, "stopped"))
    };
    let anothers = deck.console.jobs.start("ada", "test.run", None, 2, true, work).await.unwrap();
    let refused = deck.call(Method::DELETE, &format!("/api/v1/jobs/{}", anothers.id), &[("authorization", &bearer)], Body::empty()).await;
    assert_eq!(refused.code(), "scope-insufficient", "whoever began a job stops it");
    assert!(deck.console.jobs.cancel(&anothers.id));
    let job = deck.console.jobs.start("token:test", "test.run", None, 2, true, work).await.unwrap();
    let path = format!("/api/v1/jobs/{}", job.id);
    let answer = deck.call(Method::DELETE, &path, &[("authorization", &bearer)], Body::empty()).await;
    assert_eq!(answer.status, 202);
    deck.console.tasks.end();
    deck.console.tasks.finished().await;
    assert_eq!(deck.get(&path, &[("authorization", &bearer)]).await.json()["state"], "cancelled");
}

/// Operations by POST that need nothing said.
const BODYLESS: &[&str] = &[
    "/api/v1/databases/{database}/snapshots/{snapshot}/restoration",
    "/api/v1/plans/{plan}/application",
    "/api/v1/deployments/{deployment}/rollback",
    "/api/v1/endpoints/probes",
    "/api/v1/endpoints/{endpoint}/probes",
    "/api/v1/notices/channels/{channel}/test",
    "/api/v1/notices/calendar",
    "/api/v1/session/second-factor",
    "/api/v1/session/second-factor/recovery-codes",
    "/api/v1/session/second-factor/passkey-creation",
];

#[tokio::test]
async fn a_long_answer_is_compressed_for_who_takes_it_and_a_short_one_is_not() {
    let deck = Deck::new().await;
    for (path, accepted, coding) in [
        ("/api/v1/openapi.json", "br, gzip", "br"),
        ("/api/v1/openapi.json", "gzip", "gzip"),
        ("/api/v1/openapi.json", "identity", ""),
        ("/api/v1/setup", "br, gzip", ""),
    ] {
        let answer = deck.get(path, &[("accept-encoding", accepted)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-encoding")), (200, coding), "{path} {accepted}");
    }
}

#[test]
fn the_document_says_what_each_operation_asks_of_its_caller() {
    let (_, document) = api();
    let document = serde_json::to_value(&document).unwrap();
    assert_eq!(document["paths"]["/api/v1/users"]["get"]["security"][0]["bearer"], json!(["administrate"]));
    assert_eq!(document["paths"]["/api/v1/setup"]["post"]["security"], json!([{}]));
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(operation["summary"].as_str().is_some_and(|summary| summary.ends_with('.')), "{name} has no summary");
            assert!(operation["security"].is_array(), "{name} does not say who may");
            assert_eq!(
                operation["requestBody"].is_object(),
                ["put", "patch"].contains(&method.as_str()) || method == "post" && !BODYLESS.contains(&path.as_str()),
                "{name}"
            );
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in responses {
                let types: Vec<&String> = response["content"].as_object().into_iter().flat_map(|content| content.keys()).collect();
                match status.as_str() {
                    "204" | "304" => assert!(types.is_empty(), "{name} {status}"),
                    success if success.starts_with('2') => {
                        assert!(
                            response["content"].as_object().is_some_and(|content| content.values().all(|body| !body["schema"].is_null())),
                            "{name} {status}"
                        );
                    }
                    _ => assert_eq!(types, ["application/problem+json"], "{name} {status}"),
                }
            }
            assert!(responses.keys().any(|status| status.starts_with('2')) && responses.contains_key("default"), "{name}");
        }
    }
    // Whether serde_json keeps the order of members depends on what else is built in the same run.
    let mut document = document;
    document.sort_all_objects();
    insta::assert_json_snapshot!("openapi", document);
}
