//! The lines of the glass box, run as they stand there: certutil's, msgcert's and curl's do the same thing.

use certdeck_shared::api::account::{NewApiToken, Scope};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::glass::{Action, CommandLine, CommandLines, NamedCertificate, TrustStep};
use support::certificates::{Authority, to_pem};
use support::console::program;
use support::deck::{Deck, item};
use support::run;

/// A console and a shell that knows it as the lines expect.
struct Shell {
    deck: Deck,
    token: String,
}

impl Shell {
    async fn new() -> Self {
        let deck = Deck::new().await;
        let new = NewApiToken { label: "glass".to_owned(), scope: Scope::Admin, expires_in_days: Some(1) };
        let token = deck.client.create_api_token(&new).await.unwrap().secret;
        let write = |name: &str, text: &str| std::fs::write(deck.room.path().join(name), text).unwrap();
        write("file-password", "a password for files\n");
        let origin = deck.console.origin.trim_start_matches("https://").to_owned();
        let served = run::openssl(&["s_client", "-connect", &origin], b"");
        std::fs::write(deck.room.path().join("console.pem"), run::openssl(&["x509"], &served)).unwrap();
        let directory = program().parent().unwrap().display().to_string();
        write("path", &directory);
        Self { deck, token }
    }

    async fn lines(&self, action: &Action) -> CommandLines {
        self.deck.client.command_lines(&self.deck.id, action).await.unwrap()
    }

    /// Runs lines one after the other; each must succeed. What they print.
    fn run(&self, lines: &[CommandLine]) -> String {
        let room = self.deck.room.path();
        let path = std::fs::read_to_string(room.join("path")).unwrap();
        let script = lines.iter().map(|line| line.command.clone()).collect::<Vec<_>>().join("\n");
        let output = run::command("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(room)
            .env("PATH", format!("{path}:{}", std::env::var("PATH").unwrap()))
            .env("CERT_PW_FILE", self.deck.database.password_file())
            .env("FILE_PW_FILE", room.join("file-password"))
            .env("SOURCE_PW_FILE", self.deck.database.password_file())
            .env("CERTDECK_URL", &self.deck.console.origin)
            .env("CERTDECK_TOKEN", &self.token)
            .env("CERTDECK_CACERT", room.join("console.pem"))
            .env("CURL_CA_BUNDLE", room.join("console.pem"))
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{script}\n{text}{}\n{}", String::from_utf8_lossy(&output.stderr), self.deck.console.log());
        text
    }

    async fn named(&self, nickname: &str) -> NamedCertificate {
        let entry = self.deck.named(nickname).await;
        NamedCertificate { fingerprint_sha256: entry.fingerprint_sha256, nickname: nickname.to_owned() }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_and_changing_certificates_is_the_same_by_each_line() {
    let shell = Shell::new().await;
    let authority = Authority::new("It's a CA");
    std::fs::write(shell.deck.room.path().join("ca file.pem"), to_pem(&authority.certificate)).unwrap();
    let import = Action::Import { file: "ca file.pem".to_owned(), nickname: "It's a CA".to_owned(), trust: "CT,,".to_owned() };
    let lines = shell.lines(&import).await;
    for (kind, lines) in [("certutil", &lines.commands), ("msgcert", &lines.msgcert), ("curl", &lines.rest)] {
        shell.deck.unlock().await;
        shell.run(lines);
        assert_eq!(shell.deck.database.trust()["It's a CA"], "CT,,", "{kind}");
        shell.deck.unlock().await;
        let delete = Action::Delete { certificates: vec![shell.named("It's a CA").await], with_keys: false };
        let lines = shell.lines(&delete).await;
        shell.run(match kind {
            "certutil" => &lines.commands,
            "msgcert" => &lines.msgcert,
            _ => &lines.rest,
        });
        assert!(shell.deck.database.trust().is_empty(), "{kind}");
    }
    shell.deck.unlock().await;
    shell.deck.import(vec![item(authority.certificate.clone(), "It's a CA", "C,,")]).await;
    let certificate = shell.named("It's a CA").await;
    let listed = shell.lines(&Action::List).await;
    for lines in [&listed.commands, &listed.msgcert, &listed.rest] {
        assert!(shell.run(lines).contains("It's a CA"), "{lines:?}");
    }
    shell.deck.unlock().await;
    let shown = shell.lines(&Action::Show { certificate: certificate.clone() }).await;
    for lines in [&shown.commands, &shown.msgcert, &shown.rest] {
        assert!(shell.run(lines).contains("Certdeck tests"), "{lines:?}");
    }
    shell.deck.unlock().await;
    let valid = shell.lines(&Action::Validate { certificate: certificate.clone(), usage: 'L' }).await;
    assert!(shell.run(&valid.commands).contains("certificate is valid"));
    shell.run(&valid.rest);
    for take in [|lines: CommandLines| lines.commands, |lines: CommandLines| lines.rest] {
        let step = |before: &str, trust: &str| TrustStep {
            fingerprint_sha256: certificate.fingerprint_sha256.clone(),
            nickname: certificate.nickname.clone(),
            before: before.to_owned(),
            trust: trust.to_owned(),
        };
        for (before, trust) in [("C,,", "P,p,c"), ("P,p,c", "C,,")] {
            let lines = shell.lines(&Action::Trust { changes: vec![step(before, trust)] }).await;
            shell.run(&take(lines));
            assert_eq!(shell.deck.database.trust()["It's a CA"], trust);
        }
        let there = Action::Rename { certificate: certificate.clone(), new_nickname: "other $name".to_owned() };
        shell.run(&take(shell.lines(&there).await));
        assert_eq!(shell.deck.database.trust()["other $name"], "C,,");
        let back = Action::Rename { certificate: shell.named("other $name").await, new_nickname: "It's a CA".to_owned() };
        shell.run(&take(shell.lines(&back).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_requests_and_files_with_keys_are_the_same_by_each_line() {
    let shell = Shell::new().await;
    let certificates = |shell: &Shell| shell.deck.database.listing().len();
    let names = vec!["www.example.org".to_owned(), "example.org".to_owned()];
    let request = Action::Request {
        subject: "CN=www.example.org,O=O'Brien & Söhne".to_owned(),
        dns_names: names.clone(),
        algorithm: KeyAlgorithm::Rsa2048,
        nickname: "www".to_owned(),
        file: "request.pem".to_owned(),
    };
    let self_signed = |nickname: &str| Action::SelfSigned {
        nickname: nickname.to_owned(),
        subject: format!("CN={nickname}.example.org"),
        dns_names: vec![format!("{nickname}.example.org")],
        algorithm: KeyAlgorithm::Rsa2048,
        months: 3,
    };
    for (number, kind) in ["commands", "msgcert", "rest"].into_iter().enumerate() {
        let of = |lines: CommandLines| match kind {
            "commands" => lines.commands,
            "msgcert" => lines.msgcert,
            _ => lines.rest,
        };
        shell.deck.unlock().await;
        let keys = shell.deck.database.keys().len();
        shell.run(&of(shell.lines(&request).await));
        let file = shell.deck.room.path().join("request.pem");
        let printed = run::must(
            "openssl",
            &["req", "-in", file.to_str().unwrap(), "-noout", "-verify", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"],
        );
        assert!(printed.contains("CN=www.example.org,O=O'Brien & Söhne") && printed.contains("DNS:www.example.org"), "{kind}: {printed}");
        std::fs::remove_file(file).unwrap();
        assert_eq!(shell.deck.database.keys().len(), keys + 1, "{kind}");
        let nickname = format!("self{number}");
        shell.run(&of(shell.lines(&self_signed(&nickname)).await));
        assert!(shell.deck.database.trust()[&nickname].contains('u'), "{kind}");
        shell.deck.unlock().await;
        let certificate = shell.named(&nickname).await;
        let export = Action::ExportPkcs12 { certificate: certificate.clone(), file: "one.p12".to_owned() };
        shell.run(&of(shell.lines(&export).await));
        shell.deck.unlock().await;
        let delete = Action::Delete { certificates: vec![certificate], with_keys: true };
        shell.run(&shell.lines(&delete).await.commands);
        let before = certificates(&shell);
        shell.run(&of(shell.lines(&Action::ImportPkcs12 { file: "one.p12".to_owned() }).await));
        assert_eq!(certificates(&shell), before + 1, "{kind}");
        std::fs::remove_file(shell.deck.room.path().join("one.p12")).unwrap();
    }
    for algorithm in [KeyAlgorithm::EcP256, KeyAlgorithm::EcP384, KeyAlgorithm::EcP521] {
        let lines = shell.lines(&Action::GenerateKey { algorithm }).await;
        shell.deck.unlock().await;
        let before = shell.deck.database.keys().len();
        shell.run(&lines.commands);
        shell.run(&lines.rest);
        assert_eq!(shell.deck.database.keys().len(), before + 2, "{algorithm:?}");
    }
    let keys = shell.lines(&Action::Keys).await;
    let ids: Vec<String> = shell.deck.database.keys().into_keys().collect();
    for lines in [&keys.commands, &keys.rest] {
        let said = shell.run(lines);
        assert!(ids.iter().all(|id| said.contains(id)), "{said}");
    }
    shell.run(&shell.lines(&Action::Modules).await.commands);
}
