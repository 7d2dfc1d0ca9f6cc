//! The console's own certificate in a real NSS token, with a clock that the test turns; judged by certutil and openssl.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use certdeck::domain::console_certificate::{NICKNAME, ensure};
use certdeck::http::tls::CurrentCertificate;
use certdeck::token::{Secret, TokenHandle, WorkerOptions};
use certdeck_shared::api::database::DatabaseFormat;
use time::Duration;
use time::macros::datetime;

#[expect(clippy::disallowed_methods, reason = "foreign judges")]
fn says(program: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn nicknames(directory: &Path) -> usize {
    let listing = says("certutil", &["-L", "-d", &format!("sql:{}", directory.display())], b"");
    listing.lines().filter(|line| line.starts_with(NICKNAME)).count()
}

#[tokio::test]
async fn it_is_made_once_renewed_when_less_than_thirty_days_are_left_and_served() {
    let directory = tempfile::tempdir().unwrap();
    let token = TokenHandle::new(WorkerOptions::new(env!("CARGO_BIN_EXE_certdeck"), directory.path(), DatabaseFormat::Sql));
    token.create(&Secret::new("a password of the token")).await.unwrap();
    let start = datetime!(2026-11-21 12:00 UTC);

    let first = ensure(&token, start, "deck.example").await.unwrap();
    assert!(first.new);
    let text = says("openssl", &["x509", "-inform", "DER", "-noout", "-text"], &first.der);
    assert!(text.contains("DNS:localhost, DNS:deck.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"), "{text}");
    assert!(text.contains("TLS Web Server Authentication") && text.contains("CA:FALSE") && text.contains("prime256v1"), "{text}");
    CurrentCertificate::default().serve(&first).unwrap();

    // Cockpit made its own for a hundred years.
    assert_eq!(first.not_after, start + Duration::days(90), "cockpit_a_hundred_years");

    let same = ensure(&token, start + Duration::days(59), "deck.example").await.unwrap();
    assert!(!same.new && same.fingerprint == first.fingerprint);
    assert_eq!(same.key, first.key);

    let renewed = ensure(&token, start + Duration::days(61), "deck.example").await.unwrap();
    assert!(renewed.new && renewed.fingerprint != first.fingerprint && renewed.key != first.key);
    assert_eq!(renewed.not_after, start + Duration::days(151));
    CurrentCertificate::default().serve(&renewed).unwrap();
    assert_eq!(nicknames(directory.path()), 1, "the old one is gone");
    assert_eq!(token.list_keys().await.unwrap().len(), 1, "and its key");
    token.close().await.unwrap();
}
