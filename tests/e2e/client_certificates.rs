//! Signing in with a certificate that openssl made, shown by curl in a real handshake.

use std::path::Path;

use serde_json::Value;
use support::console::{Console, Options, USER_NAME};
use support::run::{ask, must};
use support::staff::{Authority, BY_UID};

/// What the console answers to a sign-in with this certificate: status and body.
fn sign_in(console: &Console, certificate: Option<&(String, String)>, more: &[&str]) -> (u16, Value) {
    let url = format!("{}/api/v1/session/certificate", console.origin);
    let base = ["--silent", "--show-error", "--insecure", "--write-out", "\n%{http_code}", "--header", "Content-Type: application/json"];
    let shown = certificate.map_or(vec![], |(certificate, key)| vec!["--cert", certificate, "--key", key]);
    let said = must("curl", &[&base[..], &shown, more, &["--data", "{}", &url]].concat());
    let (body, status) = said.rsplit_once('\n').unwrap();
    (status.trim().parse().unwrap(), serde_json::from_str(body).unwrap())
}

fn started(room: &Path, lines: &str) -> Console {
    Console::start(&Options::with_settings(room, lines))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_signs_in_whom_the_rules_say_and_nobody_else() {
    let room = tempfile::tempdir().unwrap();
    let authority = Authority::new(room.path());
    let (ada, eve) = (authority.issue("ada", &format!("/UID={USER_NAME}/CN=Ada")), authority.issue("eve", "/UID=eve/CN=Eve"));
    let list = authority.list();
    let settings = authority.settings("certmap default default\ncertmap staff CN=Staff CA\nstaff:FilterComps uid\n");
    let lines = format!("{settings}client-certificate-revocations = {list:?}\n");
    let console = started(room.path(), &lines);
    let client = console.set_up().await;
    assert!(client.setup_status().await.unwrap().certificate_sign_in);

    let (status, session) = sign_in(&console, Some(&ada), &[]);
    assert_eq!((status, session["user_name"].as_str()), (201, Some(USER_NAME)), "{session}");
    assert!(session["confirmed_until"].is_string(), "signing in confirms, by whatever it is done: {session}");
    for version in ["--tlsv1.3", "--http1.1"] {
        let more = if version == "--http1.1" { vec![version, "--tls-max", "1.2"] } else { vec![version] };
        assert_eq!(sign_in(&console, Some(&ada), &more).0, 201, "{more:?}");
    }
    let refused = |certificate: Option<&(String, String)>, more: &[&str], words: &str| {
        let (status, problem) = sign_in(&console, certificate, more);
        assert_eq!((status, problem["code"].as_str()), (401, Some("certificate-refused")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
    };
    refused(None, &[], "The connection has no certificate");
    let pem = std::fs::read_to_string(&ada.0).unwrap().replace('\n', "%0A");
    let header = format!("X-Client-Cert: {pem}");
    refused(
        None,
        &["--header", &header, "--header", "X-SSL-Client-Verify: SUCCESS", "--header", "X-SSL-Client-S-DN: UID=ada"],
        "no certificate",
    );
    refused(Some(&eve), &[], "the account \"eve\"");
    let stranger = (authority.file("stranger.pem"), authority.file("stranger.key"));
    let own = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/UID=ada/CN=Staff CA"];
    must("openssl", &[&own[..], &["-keyout", &stranger.1, "-out", &stranger.0]].concat());
    let (status, problem) = sign_in(&console, Some(&stranger), &[]);
    assert_eq!((status, problem["code"].as_str()), (401, Some("certificate-refused")), "{problem}");
    // Whoever has another's certificate has not its key.
    let stolen = ask("curl", &["--silent", "--insecure", "--cert", &ada.0, "--key", &eve.1, &format!("{}/healthz", console.origin)]);
    assert!(!stolen.success, "{stolen:?}");

    // What is revoked is refused from the next list on, without a new start.
    authority.revoke(&ada.0);
    authority.list();
    refused(Some(&ada), &[], "it is revoked");
    let page = ask("curl", &["--silent", "--insecure", "--cert", &ada.0, "--key", &ada.1, &format!("{}/healthz", console.origin)]);
    assert!(page.success && page.out.starts_with("ok"), "a certificate that is no good keeps nobody from the password: {page:?}");

    let entries = client.audit(&Default::default()).await.unwrap().entries;
    let begun = entries.iter().find(|entry| entry.action == "session.begin" && entry.outcome == "success").unwrap();
    let certificate = &begun.after.as_ref().unwrap()["certificate"];
    assert_eq!(certificate["serial_number"], "4d", "{certificate}");
    assert!(certificate["subject"].as_str().unwrap().contains("UID=ada") && certificate["issuer"] == "CN=Staff CA", "{certificate}");
    assert_eq!(begun.actor, USER_NAME);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_all_the_same() {
    let room = tempfile::tempdir().unwrap();
    let authority = Authority::new(room.path());
    let ada = authority.issue("ada", &format!("/UID={USER_NAME}"));
    let console = started(room.path(), &authority.settings(BY_UID));
    let client = console.set_up().await;
    let begun = client.begin_second_factor().await.unwrap();
    let one_time_code = must("oathtool", &["--totp", "--base32", &begun.secret]).trim().to_owned();
    let first = certdeck_shared::api::second_factor::SecondFactorActivation { one_time_code };
    client.activate_second_factor(&first).await.unwrap();
    let (status, problem) = sign_in(&console, Some(&ada), &[]);
    assert_eq!((status, problem["code"].as_str()), (401, Some("second-factor-required")), "{problem}");
    assert_eq!(problem["second_factor"]["one_time_code"], true, "{problem}");
}

#[test]
fn a_console_that_could_not_judge_certificates_does_not_start() {
    let room = tempfile::tempdir().unwrap();
    let none = room.path().join("none.pem");
    let settings = format!("client-certificate-authorities = {none:?}\nclient-certificate-map = {none:?}\n");
    let options = Options::with_settings(room.path(), &settings);
    for (http, words) in [(false, "none.pem"), (true, "certificates of clients need the console's own TLS")] {
        let said = Console::try_start(&Options { http, ..options.clone() }).err().unwrap();
        assert!(said.contains(words), "{said}");
    }
}
