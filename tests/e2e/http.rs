//! What every answer owes: headers, problems, limits, the document.

use certdeck_shared::api::problem::{Problem, ProblemCode};
use reqwest::{Method, StatusCode};
use support::console::{Console, Options};
use support::deck::{Deck, empty};
use support::run;

async fn problem(answer: reqwest::Response) -> Problem {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("x-request-id"), "an occurrence can be found in the log");
    let status = answer.status().as_u16();
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!((problem.status, problem.code.status()), (status, status));
    problem
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_served_with_a_policy_that_lets_nothing_else_in() {
    let (_room, _console, client) = empty().await;
    let page = client.transport().raw(Method::GET, "/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval'") && !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'")
    );
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    let deep = client.transport().raw(Method::GET, "/databases/x/certificates").send().await.unwrap();
    assert_eq!(deep.status(), StatusCode::OK);
    assert_eq!(deep.text().await.unwrap(), page.text().await.unwrap(), "deep links open the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_listing_is_not_sent_again() {
    let deck = Deck::new().await;
    let path = format!("/api/v1/databases/{}/certificates", deck.id);
    let first = deck.client.transport().raw(Method::GET, &path).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let second = deck.client.transport().raw(Method::GET, &path).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    deck.database.add("changed", ",,", &support::certificates::Authority::new("Changed").certificate);
    let third = deck.client.transport().raw(Method::GET, &path).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(third.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_origin_cannot_use_the_cookie() {
    let (_room, console, client) = empty().await;
    let mut forged = client.transport().raw(Method::DELETE, "/api/v1/session").build().unwrap();
    forged.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    let refused = client.transport().execute(forged).await;
    assert_eq!(problem(refused).await.code, ProblemCode::OriginRefused);
    client.session().await.unwrap();
    let signed_in = client.transport().raw(Method::POST, "/api/v1/session");
    let body = serde_json::json!({ "user_name": support::console::USER_NAME, "password": support::console::PASSWORD });
    let answer = signed_in.json(&body).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute} is not in {cookie}");
    }
    drop(console);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_get_problems_that_name_what_is_wrong() {
    let deck = Deck::new().await;
    let raw = |method: Method, path: &str| deck.client.transport().raw(method, path);
    let certificates = format!("/api/v1/databases/{}/certificates", deck.id);
    let cases = [
        (raw(Method::GET, "/api/v1/nothing"), ProblemCode::NotFound),
        (raw(Method::PUT, "/api/v1/databases"), ProblemCode::MethodNotAllowed),
        (raw(Method::GET, "/api/v1/databases/none/certificates"), ProblemCode::NotFound),
        (raw(Method::GET, &format!("{certificates}/nonsense")), ProblemCode::NotFound),
        (raw(Method::GET, &format!("{certificates}/{}", "0".repeat(64))), ProblemCode::NotFound),
        (raw(Method::POST, "/api/v1/databases").header("content-type", "application/json").body("{"), ProblemCode::MalformedBody),
        (raw(Method::POST, "/api/v1/databases").header("content-type", "text/html").body("x"), ProblemCode::UnsupportedMediaType),
        (raw(Method::POST, &certificates).header("content-type", "application/zip").body("PK"), ProblemCode::UnsupportedMediaType),
        (raw(Method::POST, &certificates).header("content-type", "application/x-pem-file").body("nothing"), ProblemCode::Unreadable),
    ];
    for (request, code) in cases {
        let answer = request.send().await.unwrap();
        let address = answer.url().clone();
        assert_eq!(problem(answer).await.code, code, "{address}");
    }
    let query = raw(Method::GET, &format!("{certificates}?representation=xml")).send().await.unwrap();
    let problem = problem(query).await;
    assert!(matches!(problem.code, ProblemCode::InvalidInput | ProblemCode::NotAcceptable), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_describes_the_operations_and_health_is_told_without_a_session() {
    let (_room, console, _client) = empty().await;
    let stranger = support::transport::Native::new(&console.origin);
    let document: serde_json::Value = stranger.raw(Method::GET, "/api/v1/openapi.json").send().await.unwrap().json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    for path in [
        "/api/v1/setup",
        "/api/v1/session",
        "/api/v1/databases/{database}/certificates",
        "/api/v1/databases/{database}/requests/{request}/reply",
    ] {
        assert!(document["paths"].get(path).is_some(), "{path} is not among {:?}", document["paths"].as_object().unwrap().keys());
    }
    assert_eq!(stranger.raw(Method::GET, "/healthz").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_for_the_loopback_interface_only() {
    let room = tempfile::tempdir().unwrap();
    let loopback = Console::start(&Options { http: true, ..Options::new(room.path().join("loopback")) });
    assert!(loopback.origin.starts_with("http://127.0.0.1:"));
    loopback.set_up().await;
    let anywhere =
        Console::try_start(&Options { http: true, listen: "0.0.0.0:0".to_owned(), ..Options::new(room.path().join("anywhere")) });
    let Err(said) = anywhere else { panic!("it started") };
    assert!(said.contains("--http"), "{said}");
    let help = run::must(support::console::program().to_str().unwrap(), &["serve", "--help"]);
    for option in ["--data-dir", "--listen", "--http", "--config"] {
        assert!(help.contains(option));
    }
}
