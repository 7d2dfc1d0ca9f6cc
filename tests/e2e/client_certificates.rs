//! Signing in with a certificate that openssl made, shown by curl in a real handshake.

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::console::{Console, Options, USER_NAME};
use support::run::{ask, must};

/// A CA of openssl in a directory of its own.
struct Authority(PathBuf);

impl Authority {
    fn new(room: &Path) -> Self {
        let place = room.join("authority");
        std::fs::create_dir(&place).unwrap();
        let lines = format!(
            "[ca]\ndefault_ca=own\n[own]\ndatabase={0}/index.txt\nnew_certs_dir={0}\nserial={0}/serial\ncrlnumber={0}/number\n\
             default_md=sha256\ndefault_days=30\ndefault_crl_days=30\npolicy=any\nunique_subject=no\n\
             [any]\nUID=optional\ncommonName=optional\n[client]\nextendedKeyUsage=clientAuth\n",
            place.display()
        );
        for (name, text) in [("index.txt", ""), ("serial", "4D\n"), ("number", "01\n"), ("openssl.cnf", &lines)] {
            std::fs::write(place.join(name), text).unwrap();
        }
        let authority = Self(place);
        let (key, certificate) = (authority.file("ca.key"), authority.file("ca.pem"));
        let subject = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Staff CA"];
        must("openssl", &[&["req"][..], &subject, &["-keyout", &key, "-out", &certificate]].concat());
        authority
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Certificate and key for a subject.
    fn issue(&self, name: &str, subject: &str) -> (String, String) {
        let (request, key, certificate) =
            (self.file(&format!("{name}.csr")), self.file(&format!("{name}.key")), self.file(&format!("{name}.pem")));
        let new = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject];
        must("openssl", &[&new[..], &["-keyout", &key, "-out", &request]].concat());
        self.ca(&["-in", &request, "-out", &certificate, "-extensions", "client", "-notext"]);
        (certificate, key)
    }

    fn ca(&self, more: &[&str]) {
        let (config, certificate, key) = (self.file("openssl.cnf"), self.file("ca.pem"), self.file("ca.key"));
        must("openssl", &[&["ca", "-batch", "-config", &config, "-cert", &certificate, "-keyfile", &key], more].concat());
    }

    /// Writes the list of what is revoked by now.
    fn list(&self) -> String {
        let list = self.file("list.pem");
        self.ca(&["-gencrl", "-out", &list]);
        list
    }
}

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
    let config = room.join("certdeck.toml");
    std::fs::write(&config, lines).unwrap();
    let arguments = vec!["--config".to_owned(), config.display().to_string()];
    Console::start(&Options { arguments, ..Options::new(room.join("data")) })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_signs_in_whom_the_rules_say_and_nobody_else() {
    let room = tempfile::tempdir().unwrap();
    let authority = Authority::new(room.path());
    let (ada, eve) = (authority.issue("ada", &format!("/UID={USER_NAME}/CN=Ada")), authority.issue("eve", "/UID=eve/CN=Eve"));
    let map = room.path().join("certmap.conf");
    std::fs::write(&map, "certmap default default\ncertmap staff CN=Staff CA\nstaff:FilterComps uid\n").unwrap();
    let list = authority.list();
    let lines = format!(
        "client-certificate-authorities = {:?}\nclient-certificate-map = {map:?}\nclient-certificate-revocations = {list:?}\n",
        authority.file("ca.pem")
    );
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
    authority.ca(&["-revoke", &ada.0]);
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
    let map = room.path().join("certmap.conf");
    std::fs::write(&map, "certmap default default\ndefault:FilterComps uid\n").unwrap();
    let console = started(
        room.path(),
        &format!("client-certificate-authorities = {:?}\nclient-certificate-map = {map:?}\n", authority.file("ca.pem")),
    );
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
    let config = room.path().join("certdeck.toml");
    let none = room.path().join("none.pem");
    std::fs::write(&config, format!("client-certificate-authorities = {none:?}\nclient-certificate-map = {none:?}\n")).unwrap();
    let arguments = vec!["--config".to_owned(), config.display().to_string()];
    let options = Options { arguments, ..Options::new(room.path().join("data")) };
    for (http, words) in [(false, "none.pem"), (true, "certificates of clients need the console's own TLS")] {
        let said = Console::try_start(&Options { http, ..options.clone() }).err().unwrap();
        assert!(said.contains(words), "{said}");
    }
}
