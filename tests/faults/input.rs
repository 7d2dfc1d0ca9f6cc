//! Input that is too much, too long, or not what it says.

use std::time::{Duration, Instant};

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::certificate::CertificateChange;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::request::{NewRequest, Tracking};
use certdeck_shared::api::role::{Grants, Role};
use certdeck_shared::request::RequestForm;
use reqwest::Method;
use support::certificates::{Authority, Template, to_pem};
use support::deck::{Deck, item, problem, refusal, unchanged};
use support::run;

/// Resident memory of a process, bytes.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_megabytes_are_refused_without_being_taken_in() {
    let deck = Deck::new().await;
    let token =
        NewApiToken { label: "curl".to_owned(), grants: Grants::everywhere(Role::Operator), expires_in_days: None, unattended: true };
    let authorization = format!("Authorization: Bearer {}", deck.client.create_api_token(&token).await.unwrap().secret);
    let address = format!("{}/api/v1/databases/{}/certificates", deck.console.origin, deck.id);
    let file = deck.room.path().join("large");
    std::fs::write(&file, vec![b'A'; 100 << 20]).unwrap();
    let body = format!("@{}", file.display());
    let before = memory(deck.console.pid());
    for content_type in ["Content-Type: application/x-pem-file", "Content-Type: application/json"] {
        // curl reads an answer that comes while it still sends; reqwest does not.
        let arguments = ["-sk", "-H", &authorization, "-H", content_type, "--data-binary", &body, &address];
        let said = unchanged(&deck.database, async { run::ask("curl", &arguments) }).await;
        let problem: Problem = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
        assert_eq!(problem.code, ProblemCode::BodyTooLarge);
        assert!(problem.detail.contains("32"), "the limit is named: {}", problem.detail);
    }
    let grown = memory(deck.console.pid()).saturating_sub(before);
    assert!(grown < 96 << 20, "the server grew by {grown} bytes");
    deck.import(vec![item(Authority::new("After").certificate, "after", ",,")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_ten_thousand_certificates_in_one_file_are_refused_with_the_limit_named() {
    let deck = Deck::new().await;
    let template = Template::new();
    let pem: String = (0..10_001).map(|number| to_pem(&template.numbered(number))).collect();
    let started = Instant::now();
    let work = deck.client.import_file(&deck.id, "application/x-pem-file", pem.into_bytes());
    let problem = problem(unchanged(&deck.database, work).await);
    assert!(matches!(problem.code, ProblemCode::InvalidInput | ProblemCode::BodyTooLarge), "{problem:?}");
    let words = serde_json::to_string(&problem).unwrap().replace([',', '\u{202f}', ' '], "");
    assert!(words.contains("10000"), "the limit is named: {problem:?}");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nickname_has_a_length_and_no_control_characters() {
    let deck = Deck::new().await;
    let ca = Authority::new("Nicknamed").certificate;
    deck.import(vec![item(ca, "there", "C,,")]).await;
    let there = deck.named("there").await.fingerprint_sha256;
    let other = Authority::new("Other").certificate;
    for wrong in [
        "x".repeat(5000),
        "ä".repeat(256),
        "line\nfeed".to_owned(),
        "nul\0".to_owned(),
        "escape \u{1b}[31m".to_owned(),
        "tab\there".to_owned(),
        String::new(),
    ] {
        let shown: String = wrong.chars().take(12).collect();
        unchanged(&deck.database, async {
            let imported = problem(deck.try_import(vec![item(other.clone(), &wrong, ",,")]).await);
            assert_eq!(
                (imported.code, imported.errors.is_empty()),
                (ProblemCode::InvalidInput, false),
                "import as {shown:?}: {imported:?}"
            );
            let change = CertificateChange { nickname: Some(wrong.clone()), trust: None };
            assert_eq!(
                refusal(deck.client.change_certificate(&deck.id, &there, &change, None).await),
                ProblemCode::InvalidInput,
                "rename to {shown:?}"
            );
            let form = RequestForm { common_name: "x.example".to_owned(), ..RequestForm::default() };
            let request = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named(wrong.clone()) };
            assert_eq!(refusal(deck.client.create_request(&deck.id, &request).await), ProblemCode::InvalidInput, "request for {shown:?}");
            if !wrong.is_empty() {
                let key = NewKey { algorithm: KeyAlgorithm::EcP256, label: Some(wrong.clone()) };
                assert_eq!(refusal(deck.client.create_key(&deck.id, &key).await), ProblemCode::InvalidInput, "key labelled {shown:?}");
            }
        })
        .await;
    }
    for good in ["ä".repeat(255), " inner  spaces ".trim().to_owned(), "数字証明書".to_owned(), "a:b,c=d/e'f\"g<h>i&j".to_owned()] {
        let change = CertificateChange { nickname: Some(good.clone()), trust: None };
        deck.client.change_certificate(&deck.id, &there, &change, None).await.unwrap_or_else(|error| panic!("{good}: {error:?}"));
        deck.certutil_agrees().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_input_is_answered_with_a_fault_of_the_console() {
    let deck = Deck::new().await;
    let deep = "[".repeat(10_000);
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"null".to_vec(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        deep.into_bytes(),
        br#"{"action":"create","path":"/\u0000","password":"\ud800"}"#.to_vec(),
        br#"{"action":"register","path":"/proc/self/mem"}"#.to_vec(),
        br#"{"action":"register","path":"/dev"}"#.to_vec(),
        br#"{"certificates":[{"der":"!!!"}]}"#.to_vec(),
        br#"{"certificates":[{"der":"MIIB","nickname":"x","trust":"CT,C,C"}]}"#.to_vec(),
        br#"{"changes":[{"fingerprint_sha256":"zz","trust":",,"}]}"#.to_vec(),
        br#"{"from":"form","key_algorithm":"rsa-1","form":{},"nickname":"x"}"#.to_vec(),
        br#"{"user_name":"","password":""}"#.to_vec(),
        br#"{"label":"","grants":[{"role":"administrator"}],"expires_in_days":0}"#.to_vec(),
        Authority::new("Truncated").certificate[..100].to_vec(),
    ];
    let database = format!("/api/v1/databases/{}", deck.id);
    let paths = [
        "/api/v1/setup".to_owned(),
        "/api/v1/users".to_owned(),
        "/api/v1/users/%00".to_owned(),
        "/api/v1/api-tokens".to_owned(),
        "/api/v1/databases".to_owned(),
        database.clone(),
        format!("{database}/certificates"),
        format!("{database}/certificates/%ff"),
        format!("{database}/trust"),
        format!("{database}/deletion"),
        format!("{database}/keys"),
        format!("{database}/keys/..%2f..%2fetc"),
        format!("{database}/requests"),
        format!("{database}/requests/x/reply"),
        format!("{database}/snapshots/..%2f..%2f..%2fetc/restoration"),
        format!("{database}/tokens/internal/login"),
        format!("{database}/pkcs12"),
        format!("{database}/certificates/{}/pkcs12", "0".repeat(64)),
        format!("{database}/certificates/x/keystore"),
        format!("{database}/certificates/%00/bundle"),
    ];
    unchanged(&deck.database, async {
        for path in &paths {
            for body in &bodies {
                for (method, content_type) in
                    [(Method::POST, "application/json"), (Method::POST, "application/x-pem-file"), (Method::PATCH, "application/json")]
                {
                    let request = deck.client.transport().raw(method.clone(), path).header("content-type", content_type).body(body.clone());
                    let answer = request.send().await.unwrap();
                    let status = answer.status();
                    assert!(
                        !status.is_success() || path == &database,
                        "{method} {path} took {:?}",
                        String::from_utf8_lossy(&body[..body.len().min(60)])
                    );
                    assert!(status.as_u16() < 500, "{method} {path}: {status} {}", answer.text().await.unwrap());
                }
            }
        }
    })
    .await;
    deck.client.session().await.unwrap();
}
