//! Headers of every kind of answer, and the policy as a browser understands it.

use std::collections::BTreeMap;

use reqwest::Method;
use support::console::{Console, Options};
use support::deck::empty;
use support::transport::Native;

use super::{call, head, plain, said};

/// What each answer has.
const ALWAYS: [&str; 8] = [
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "x-frame-options",
    "permissions-policy",
    "x-request-id",
];

#[test]
fn every_kind_of_answer_has_the_headers_and_none_opens_the_console_to_other_origins() {
    let (_room, console) = plain();
    let long = format!("/api/v1/{}", "a".repeat(4_000));
    let foreign = "origin: https://elsewhere.example\r\n";
    let preflight = format!("{foreign}access-control-request-method: DELETE\r\naccess-control-request-headers: authorization\r\n");
    for (method, target, more, status) in [
        ("GET", "/", foreign, 200),
        ("HEAD", "/", foreign, 200),
        ("GET", "/absent.js", "", 404),
        ("GET", "/", "if-none-match: *\r\n", 304),
        ("POST", "/", "", 405),
        ("GET", "/healthz", foreign, 200),
        ("GET", "/metrics", foreign, 401),
        ("GET", "/api/v1/setup", foreign, 200),
        ("GET", "/api/v1/openapi.json", "accept-encoding: br\r\n", 200),
        ("GET", "/api/v1/users", foreign, 401),
        ("GET", "/api/v1/events", foreign, 401),
        ("GET", &long, foreign, 404),
        ("PUT", "/api/v1/setup", foreign, 405),
        ("OPTIONS", "/api/v1/users", &preflight, 405),
        ("OPTIONS", "/", &preflight, 405),
        ("TRACE", "/api/v1/users", foreign, 405),
        ("POST", "/api/v1/session", "content-type: text/plain\r\ncontent-length: 2\r\n", 415),
        ("POST", "/api/v1/session", &format!("{foreign}content-type: application/json\r\ncontent-length: 2\r\n"), 403),
    ] {
        let mut octets = call(method, target, more);
        octets.extend_from_slice(b"{}");
        let answer = said(&console, &octets);
        let (found, fields) = head(&answer);
        assert_eq!(found, status, "{method} {target}: {answer}");
        for name in ALWAYS {
            assert_eq!(fields.iter().filter(|(field, _)| field == name).count(), 1, "{name} of {method} {target}: {fields:?}");
        }
        assert!(!fields.iter().any(|(name, _)| name.starts_with("access-control-")), "{method} {target}: {fields:?}");
        let names_software = ["server", "x-powered-by", "via"];
        assert!(!fields.iter().any(|(name, _)| names_software.contains(&name.as_str())), "{method} {target}: {fields:?}");
        let kept = fields.iter().any(|(name, value)| name == "cache-control" && value == "no-store");
        assert_eq!(kept, target.starts_with("/api/"), "{method} {target}: {fields:?}");
        // A name that is looked up at another host answers nothing: no page elsewhere reads by DNS rebinding.
        let rebound = String::from_utf8(octets).unwrap().replace("host: localhost", "host: elsewhere.example");
        let (found, fields) = head(&said(&console, rebound.as_bytes()));
        assert_eq!((found, fields.iter().any(|(name, _)| name == "content-security-policy")), (403, true), "{method} {target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_and_refusals_of_a_session_have_them_as_well() {
    let (_room, _console, client) = empty().await;
    for path in ["/api/v1/events", "/api/v1/databases/none", "/api/v1/audit/export"] {
        let answer = client.transport().raw(Method::GET, path).send().await.unwrap();
        for name in ALWAYS {
            assert!(answer.headers().contains_key(name), "{name} of {path}");
        }
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
    }
}

/// A browser that is told once to insist on a trusted certificate is not told otherwise by a reinstallation: it is only said where it was wanted.
#[tokio::test(flavor = "multi_thread")]
async fn browsers_insist_on_tls_only_where_a_setting_wants_it_and_never_over_plain_http() {
    let told = async |settings: &str, http: bool| {
        let room = tempfile::tempdir().unwrap();
        let console = Console::start(&Options { http, ..Options::with_settings(room.path(), settings) });
        let mut told = Vec::new();
        for path in ["/", "/absent.js", "/api/v1/users", "/api/v1/setup"] {
            let answer = Native::new(&console.origin).raw(Method::GET, path).send().await.unwrap();
            told.push(answer.headers().get("strict-transport-security").map(|value| value.to_str().unwrap().to_owned()));
        }
        told.dedup();
        assert_eq!(told.len(), 1, "on every answer or on none: {told:?}");
        told.remove(0)
    };
    assert_eq!(told("", false).await, None);
    assert_eq!(told("strict-transport-days = 30\n", false).await.as_deref(), Some("max-age=2592000"));
    assert_eq!(told("strict-transport-days = 30\n", true).await, None);
}

/// Content Security Policy Level 3, evaluated: what a directive that is missing falls back to, and what each lets in.
#[test]
fn the_policy_lets_in_what_is_ours_and_no_script_that_is_written_into_the_page() {
    let (_room, console) = plain();
    let (_, fields) = head(&said(&console, &call("GET", "/", "")));
    let policy = &fields.iter().find(|(name, _)| name == "content-security-policy").unwrap().1;
    let directives: BTreeMap<&str, Vec<&str>> = policy
        .split(';')
        .map(|directive| {
            let mut words = directive.split_whitespace();
            (words.next().unwrap(), words.collect())
        })
        .collect();
    let of = |name: &str| directives.get(name).unwrap_or(&directives["default-src"]).clone();
    assert_eq!(of("script-src"), ["'self'", "'wasm-unsafe-eval'"]);
    assert_eq!((of("script-src-attr"), of("object-src"), of("worker-src")), (vec!["'none'"], vec!["'none'"], vec!["'none'"]));
    for name in ["style-src", "connect-src", "font-src", "manifest-src"] {
        assert_eq!(of(name), ["'self'"], "{name}");
    }
    assert_eq!(of("img-src"), ["'self'", "data:"]);
    // These have no fallback: without them anything goes.
    for name in ["base-uri", "form-action", "frame-ancestors"] {
        assert_eq!(directives[name], ["'none'"], "{name}");
    }
    let everything = directives.values().flatten();
    assert!(everything.clone().all(|source| !source.contains('*') && !source.starts_with("http")), "{policy}");
    assert!(everything.clone().all(|source| *source != "'unsafe-inline'" && *source != "'unsafe-eval'"), "{policy}");
    // And the page needs no more: nothing in it is a script or a style of its own.
    let page = said(&console, &call("GET", "/", ""));
    for tag in page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("style")) {
        assert!(tag.split_once('>').is_some_and(|(head, body)| head.contains("src=") && body.trim().is_empty()), "<{tag}");
    }
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{page}");
}
