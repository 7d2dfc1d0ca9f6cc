//! `certdeck msgcert`: every procedure of the Messaging Server's manual, with certutil as the judge.

use std::process::{Command, Stdio};

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::role::{Grants, Role};
use support::certificates::{Authority, from_pem, to_pem};
use support::console::{Console, program};
use support::database::{Database, PASSWORD};
use support::deck::Deck;
use support::run::{self, Said, openssl};

/// A console, and the command on it.
struct Msgcert {
    deck: Deck,
    token_file: String,
    fingerprint: String,
}

impl Msgcert {
    async fn new() -> Self {
        let deck = Deck::new().await;
        let new = NewApiToken {
            label: "msgcert".to_owned(),
            grants: Grants::everywhere(Role::Administrator),
            expires_in_days: Some(1),
            unattended: true,
        };
        let secret = deck.client.create_api_token(&new).await.unwrap().secret;
        let token_file = deck.room.path().join("token");
        std::fs::write(&token_file, format!("{secret}\n")).unwrap();
        // As whoever has just been asked for the password.
        deck.client.lock(&deck.id, "internal").await.unwrap();
        let fingerprint = printed_fingerprint(&deck.console);
        Self { token_file: token_file.display().to_string(), fingerprint, deck }
    }

    fn path(&self, name: &str) -> String {
        self.deck.room.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn command(&self) -> Command {
        let mut command = run::command(program());
        command.arg("msgcert").env("CERTDECK_URL", &self.deck.console.origin).env("CERTDECK_TOKEN_FILE", &self.token_file);
        command.env("CERTDECK_FINGERPRINT", &self.fingerprint).env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// What it says with `-W` and the password file of certutil.
    fn says(&self, arguments: &[&str]) -> Said {
        let (subcommand, rest) = arguments.split_first().unwrap();
        let password_file = self.deck.database.password_file();
        let output = self.command().arg(subcommand).arg("-W").arg(password_file).args(rest).output().unwrap();
        said(&output)
    }

    /// The same, and it must succeed.
    fn must(&self, arguments: &[&str]) -> String {
        let said = self.says(arguments);
        assert!(said.success, "msgcert {arguments:?}: {}{}\n{}", said.out, said.err, self.deck.console.log());
        said.out
    }

    /// The same, and it must be refused, in words.
    fn refused(&self, arguments: &[&str]) -> String {
        let said = self.says(arguments);
        assert!(!said.success && said.err.contains("certdeck: "), "msgcert {arguments:?}: {}{}", said.out, said.err);
        said.err
    }

    /// With someone at the keyboard, who types these lines at its prompts.
    fn typed(&self, arguments: &[&str], lines: &str) -> Said {
        use std::io::Write as _;
        let mut child = self.command().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        said(&child.wait_with_output().unwrap())
    }
}

fn said(output: &std::process::Output) -> Said {
    Said {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn printed_fingerprint(console: &Console) -> String {
    let line = console.printed.iter().find_map(|line| line.strip_prefix("certificate sha256: "));
    line.expect("the console prints the fingerprint of its certificate").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_signed_server_certificate_is_requested_installed_listed_and_renewed() {
    let messaging = Msgcert::new().await;
    let database = &messaging.deck.database;
    let authority = Authority::new("Siroe CA");
    let request = messaging.path("my_casigned_request_cert");
    messaging.must(&[
        "request-cert",
        "--name",
        "aqua.siroe.com",
        "--org",
        "siroe",
        "--org-unit",
        "Messaging",
        "--city",
        "SantaClara",
        "--state",
        "ca",
        "--country",
        "us",
        "-F",
        "ascii",
        "-o",
        &request,
    ]);
    let pem = std::fs::read_to_string(&request).unwrap();
    let subject = openssl(&["req", "-in", &request, "-noout", "-verify", "-subject", "-nameopt", "RFC2253"], b"");
    assert!(String::from_utf8_lossy(&subject).contains("CN=aqua.siroe.com,OU=Messaging,O=siroe,L=SantaClara,ST=ca,C=US"), "{subject:?}");
    assert_eq!(database.keys().len(), 1);
    let answer = authority.sign(&pem);
    let file = messaging.write("server-cert-file", format!("Dear customer,\n\n{answer}\nYours, the CA\n").as_bytes());
    messaging.must(&["add-cert", "Aqua-Cert", &file]);
    assert_eq!(database.trust()["Aqua-Cert"], "u,u,u");
    let ca_file = messaging.write("ca-cert-file", to_pem(&authority.certificate).as_bytes());
    messaging.must(&["add-cert", "-C", "CA-cert", &ca_file]);
    assert_eq!(database.trust()["CA-cert"], "CT,,");
    let valid = database.certutil(&["-V", "-n", "Aqua-Cert", "-u", "V"]);
    assert!(valid.success && valid.out.contains("valid"), "{}{}", valid.out, valid.err);
    let requests = messaging.deck.client.requests(&messaging.deck.id).await.unwrap();
    assert!(requests.iter().all(|one| one.certificate_fingerprint_sha256.is_some()), "the console knows that it was answered");

    let listed = messaging.must(&["list-certs"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        lines[0].split("  ").filter(|part| !part.is_empty()).map(str::trim).collect::<Vec<_>>(),
        ["Alias", "Valid from", "Expires on", "Self-", "Issued by", "Issued to"]
    );
    assert!(lines[2].starts_with("Aqua-Cert  ") && lines[2].contains("    n    CN=Siroe CA,O=Certdeck tests"), "{listed}");
    assert_eq!(lines[3], "1 certificate found");
    let listed = messaging.must(&["list-certs", "-C"]);
    assert!(listed.contains("CA-cert") && listed.contains("Same as issuer") && listed.ends_with("1 certificate found\n"), "{listed}");

    let renewed = authority.sign(&pem);
    assert_ne!(from_pem(&renewed), from_pem(&answer));
    let file = messaging.write("renewed", renewed.as_bytes());
    messaging.must(&["renew-cert", "Aqua-Cert", &file]);
    assert_eq!(database.listing().iter().filter(|one| one.nickname == "Aqua-Cert").count(), 2, "old and new side by side");
    messaging.must(&["remove-cert", "Aqua-Cert"]);
    assert_eq!(database.der("Aqua-Cert"), from_pem(&renewed)[0], "the old one goes first");
    messaging.must(&["remove-cert", "Aqua-Cert"]);
    assert!(!database.trust().contains_key("Aqua-Cert"));
    assert_eq!(database.keys().len(), 1, "its key stays");
    messaging.deck.certutil_agrees().await;
    assert!(!messaging.deck.client.database(&messaging.deck.id).await.unwrap().token.unlocked, "each command locks what it unlocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_binary_unless_ascii_is_asked_for_and_takes_a_whole_name() {
    let messaging = Msgcert::new().await;
    let name = "CN=hostname.sesta.com, OU=hostname/ SSL Web Server, O=Sesta, C=US";
    let request = messaging.path("request");
    messaging.must(&["request-cert", "-S", name, "-o", &request]);
    let printed = openssl(&["req", "-inform", "DER", "-in", &request, "-noout", "-verify", "-text", "-nameopt", "RFC2253"], b"");
    let printed = String::from_utf8_lossy(&printed);
    assert!(printed.contains("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US"), "{printed}");
    assert!(printed.contains("DNS:hostname.sesta.com") && printed.contains("Public-Key: (2048 bit)"), "{printed}");
    let output = messaging.must(&["request-cert", "--name", "aqua", "-F", "ASCII"]);
    assert!(output.starts_with("-----BEGIN "), "{output}");
    let printed = String::from_utf8(openssl(&["req", "-noout", "-verify", "-subject"], output.as_bytes())).unwrap();
    assert!(printed.contains("CN = aqua"), "{printed}");
    for wrong in [&["request-cert"][..], &["request-cert", "--org", "x"], &["request-cert", "-S", "CN=a", "--name", "b"]] {
        assert!(!messaging.says(wrong).success, "{wrong:?}");
    }
    assert!(messaging.refused(&["request-cert", "--name", "x", "--country", "usa"]).contains("two letters"));
    assert_eq!(messaging.deck.database.keys().len(), 2, "what is refused makes no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_shown_with_the_lines_that_certutil_prints() {
    let messaging = Msgcert::new().await;
    let database = &messaging.deck.database;
    let noise = messaging.write("noise", &[7; 64]);
    for (alias, key) in [("rsa", &["-k", "rsa", "-g", "2048"]), ("ec", &["-k", "ec", "-q", "nistp256"])] {
        let subject = format!("CN={alias}.siroe.com,O=siroe");
        let line = [
            "-S",
            "-n",
            alias,
            "-s",
            &subject,
            "-x",
            "-t",
            "CT,c,P",
            "-z",
            &noise,
            "-8",
            "a.siroe.com",
            "--keyUsage",
            "critical,certSigning",
        ];
        database.certutil_must(&[&line[..], &key[..]].concat());
        let ours = messaging.must(&["show-cert", alias]);
        let theirs = run::must("certutil", &["-L", "-d", &format!("sql:{}", database.path()), "-n", alias]);
        let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let (ours, theirs) = (lines(&ours), lines(&theirs));
        // Extensions and curves have other words; certutil no longer prints MD5.
        let from = |lines: &[String], start: &str| lines[lines.iter().position(|line| line.starts_with(start)).unwrap()..].to_vec();
        assert_eq!(
            ours[..ours.iter().position(|line| line.starts_with("Subject Public Key Info")).unwrap() + 1],
            theirs[..theirs.iter().position(|line| line.starts_with("Subject Public Key Info")).unwrap() + 1]
        );
        assert_eq!(from(&ours, "Certificate Trust Flags"), from(&theirs, "Certificate Trust Flags"));
        let missing: Vec<_> = theirs.iter().filter(|line| !ours.contains(line)).collect();
        let known = [
            "Args:",
            "06:08:2a:86:48:ce:3d",
            "Curve:",
            "Name:",
            "Usages:",
            "Data:",
            "Critical:",
            "DNS name:",
            "Certificate Signing",
            "Mozilla-CA-Policy",
            "Public Key Algorithm: X9.62",
        ];
        assert!(missing.iter().all(|line| known.iter().any(|known| line.starts_with(known))), "{missing:#?}");
    }
    assert!(messaging.refused(&["show-cert", "nobody"]).contains("no certificate with the alias nobody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_asked_for_and_wrong_ones_change_nothing() {
    let messaging = Msgcert::new().await;
    let authority = Authority::new("Asked CA");
    messaging.deck.database.add("Asked CA", "CT,C,C", &authority.certificate);
    let said = messaging.typed(&["list-certs", "-C"], &format!("{PASSWORD}\n"));
    assert!(said.success && said.out.contains("1 certificate found"), "{}{}", said.out, said.err);
    let said = messaging.typed(&["remove-cert", "Asked CA"], "wrong\n");
    assert!(!said.success && said.err.contains("password is wrong"), "{}", said.err);
    assert_eq!(messaging.deck.database.listing().len(), 1);
    // The servers' own file is a password file, too.
    let file = messaging.deck.database.directory().join("sslpassword.conf");
    let output = messaging.command().args(["list-certs", "-C", "-W"]).arg(&file).output().unwrap();
    assert!(said_success(&output), "{output:?}");
    let stranger = messaging.command().env("CERTDECK_FINGERPRINT", "00".repeat(32)).args(["list-certs"]).output().unwrap();
    assert!(!stranger.status.success(), "another certificate than the one that was named");
    let nobody = messaging.command().env_remove("CERTDECK_TOKEN_FILE").args(["list-certs"]).output().unwrap();
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("who are you?"), "{nobody:?}");
}

fn said_success(output: &std::process::Output) -> bool {
    output.status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_begins_with_a_self_signed_certificate_and_more_are_made_and_renewed() {
    let messaging = Msgcert::new().await;
    let directory = messaging.path("config");
    let password_file = messaging.write("certdbpwd", format!("{PASSWORD}\n").as_bytes());
    let of = |arguments: &[&str]| {
        let mut command = messaging.command();
        command.args(["--database", &directory]).args(arguments).args(["-W", &password_file]);
        let output = said(&command.output().unwrap());
        assert!(output.success, "{arguments:?}: {}{}\n{}", output.out, output.err, messaging.deck.console.log());
        output.out
    };
    of(&["generate-certDB", "--name", "perseids.siroe.com"]);
    let database = Database::at(std::path::Path::new(&directory), PASSWORD, messaging.deck.room.path());
    let lines = std::fs::read_to_string(format!("{directory}/sslpassword.conf")).unwrap();
    assert_eq!(lines, format!("Internal (Software) Token:{PASSWORD}\n"));
    assert_eq!(database.keys().len(), 1);
    let listed = of(&["list-certs"]);
    assert!(listed.contains("Server-Cert") && listed.contains("CN=perseids.siroe.com") && listed.contains("Same as issuer"), "{listed}");

    let name = ["--name", "siroe", "--org", "comms", "--org-unit", "Messaging", "--city", "SantaClara", "--state", "ca", "--country", "us"];
    of(&[&["add-selfsign-cert"][..], &name[..], &["MySelfSigned-Cert"]].concat());
    let listed = of(&["list-certs"]);
    assert!(listed.contains("MySelfSigned-Cert") && listed.ends_with("2 certificates found\n"), "{listed}");
    let shown = of(&["show-cert", "MySelfSigned-Cert"]);
    assert!(shown.contains("Subject: \"CN=siroe,OU=Messaging,O=comms,L=SantaClara,ST=ca,C=US\""), "{shown}");
    let made = database.der("MySelfSigned-Cert");
    let printed = openssl(&["x509", "-inform", "DER", "-noout", "-startdate", "-enddate", "-dateopt", "iso_8601"], &made);
    let printed = String::from_utf8(printed).unwrap();
    let days: Vec<_> = printed.lines().map(|line| days(line.split_once('=').unwrap().1)).collect();
    assert!((88..=93).contains(&(days[1] - days[0])), "three months: {printed}");

    of(&["renew-selfsign-cert", "MySelfSigned-Cert"]);
    assert_eq!(database.listing().iter().filter(|one| one.nickname == "MySelfSigned-Cert").count(), 2);
    of(&["remove-cert", "MySelfSigned-Cert"]);
    let renewed = database.der("MySelfSigned-Cert");
    assert_ne!(renewed, made);
    let key = |der: &[u8]| openssl(&["x509", "-inform", "DER", "-noout", "-pubkey"], der);
    assert_eq!(key(&renewed), key(&made), "the key is kept");
    assert_eq!(database.keys().len(), 2);
    let again = messaging.command().args(["--database", &directory, "generate-certDB", "-W", &password_file]).output().unwrap();
    assert!(!again.status.success(), "an existing database is never overwritten");
}

/// Days since some day long ago of a moment that begins with YYYY-MM-DD.
fn days(moment: &str) -> i64 {
    let part = |range: std::ops::Range<usize>| moment[range].parse::<i32>().unwrap();
    let month = u8::try_from(part(5..7)).unwrap().try_into().unwrap();
    i64::from(time::Date::from_calendar_date(part(0..4), month, u8::try_from(part(8..10)).unwrap()).unwrap().to_julian_day())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_moves_to_another_host_with_its_key() {
    let messaging = Msgcert::new().await;
    let name = ["--name", "first.siroe.com", "First Certificate"];
    messaging.must(&[&["add-selfsign-cert"][..], &name[..]].concat());
    let file = messaging.path("first-certificate");
    let said = messaging.typed(&["export-cert", "-o", &file, "First Certificate"], &format!("{PASSWORD}\nfile password\nother\n"));
    assert!(!said.success && said.err.contains("not the same"), "{}", said.err);
    assert!(!std::path::Path::new(&file).exists());
    let said = messaging.typed(&["export-cert", "-o", &file, "First Certificate"], &format!("{PASSWORD}\nfile password\nfile password\n"));
    assert!(said.success, "{}", said.err);
    let listed = openssl(&["pkcs12", "-in", &file, "-passin", "pass:file password", "-nodes"], b"");
    let listed = String::from_utf8_lossy(&listed);
    assert!(listed.contains("friendlyName: First Certificate") && listed.contains("PRIVATE KEY"), "{listed}");

    let other = Msgcert::new().await;
    let said = other.typed(&["import-cert", &file], &format!("{PASSWORD}\nwrong\n"));
    assert!(!said.success && other.deck.database.listing().is_empty(), "{}", said.err);
    let said = other.typed(&["import-cert", &file], &format!("{PASSWORD}\nfile password\n"));
    assert!(said.success, "{}", said.err);
    assert!(other.deck.database.trust()["First Certificate"].ends_with("u,u"), "{:?}", other.deck.database.trust());
    assert_eq!(other.deck.database.keys().len(), 1);
    let file_password = other.write("file-password", b"file password\n");
    other.must(&["import-selfsign-cert", "--file-password-file", &file_password, &file]);
    assert_eq!((other.deck.database.listing().len(), other.deck.database.keys().len()), (1, 1), "what is there already is left alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_that_of_the_manual() {
    let messaging = Msgcert::new().await;
    for arguments in [&["--help"][..], &["-?"]] {
        let output = messaging.command().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.starts_with("Manages the Messaging Servers Certificate Database"), "{text}");
        for subcommand in SUBCOMMANDS {
            assert!(text.lines().any(|line| line.starts_with(subcommand)), "{subcommand} in\n{text}");
        }
    }
    for subcommand in SUBCOMMANDS {
        for help in ["--help", "-?"] {
            let output = messaging.command().args([subcommand, help]).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success() && text.contains("CERT_PW_FILE") && text.contains("-W"), "{subcommand} {help}: {text}");
        }
    }
    let elsewhere = Database::made_by_certutil();
    let output =
        messaging.command().args(["--database", &elsewhere.path(), "list-certs", "-W"]).arg(elsewhere.password_file()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("the console has no database"), "{output:?}");
}

const SUBCOMMANDS: [&str; 12] = [
    "add-cert",
    "add-selfsign-cert",
    "export-cert",
    "generate-certDB",
    "import-cert",
    "import-selfsign-cert",
    "list-certs",
    "remove-cert",
    "renew-cert",
    "renew-selfsign-cert",
    "request-cert",
    "show-cert",
];
