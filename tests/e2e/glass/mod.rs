//! The lines of the glass box, run as they stand there: those of NSS's tools on a copy of the database, curl's on the console; then both have
//! done the same.

mod certificates;
mod console;
mod databases;
mod deployments;
mod endpoints;
mod issuing;
mod keys;
mod keystores;
mod notices;
mod probes;
mod requests;
mod stored_lists;
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use certdeck_shared::api::account::NewApiToken;
use certdeck_shared::api::role::{Grants, Role};
use certdeck_shared::glass::{Action, CommandLine, CommandLines};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use support::console::program;
use support::database::{Database, PASSWORD, run_number};
use support::deck::Deck;
use support::run;

/// A console and a shell that knows it as the lines expect.
struct Shell {
    deck: Deck,
    token: String,
    /// The directory of the program, for `certdeck msgcert`.
    program: PathBuf,
    /// What goes into the environment beside that.
    environment: Vec<(String, String)>,
}

/// The database as it was before, for the tools of NSS, in a room of its own.
struct Copy {
    database: Database,
    room: PathBuf,
}

impl Shell {
    async fn new() -> Self {
        Self::around(Deck::new().await).await
    }

    async fn around(deck: Deck) -> Self {
        let new = NewApiToken {
            label: "glass".to_owned(),
            grants: Grants::everywhere(Role::Administrator),
            expires_in_days: Some(30),
            unattended: true,
        };
        let token = deck.client.create_api_token(&new).await.unwrap().secret;
        let write = |name: &str, text: &str| std::fs::write(deck.room.path().join(name), text).unwrap();
        write("file-password", "a password for files\n");
        write("new-password", "a long walk by the sea, 1851\n");
        write("user-password", "first compiler, 1952\n");
        let origin = deck.console.origin.trim_start_matches("https://").to_owned();
        let served = run::openssl(&["s_client", "-connect", &origin], b"");
        std::fs::write(deck.room.path().join("console.pem"), run::openssl(&["x509"], &served)).unwrap();
        let program = program().parent().unwrap().to_owned();
        Self { deck, token, program, environment: Vec::new() }
    }

    async fn lines(&self, action: &Action) -> CommandLines {
        let lines = self.deck.client.command_lines(&self.deck.id, action).await.unwrap();
        assert!(!serde_json::to_string(&lines).unwrap().contains(PASSWORD), "a secret stands in {lines:?}");
        lines
    }

    /// Runs lines one after the other in a directory; each must succeed. What they print.
    fn run_in(&self, room: &Path, lines: &[CommandLine]) -> String {
        let files = self.deck.room.path();
        let script = lines.iter().map(|line| line.command.clone()).collect::<Vec<_>>().join("\n");
        let path = format!("{}:{}", self.program.display(), std::env::var("PATH").unwrap());
        let output = run::command("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(room)
            .env("PATH", path)
            .env("CERT_PW_FILE", self.deck.database.password_file())
            .env("SOURCE_PW_FILE", self.deck.database.password_file())
            .env("FILE_PW_FILE", files.join("file-password"))
            .env("NEW_PW_FILE", files.join("new-password"))
            .env("USER_PW_FILE", files.join("user-password"))
            .env("TOKEN_PIN_FILE", files.join("token-pin"))
            .env("TOKEN_PW_FILE", files.join("token-passwords"))
            .env("CERTDECK_URL", &self.deck.console.origin)
            .env("CERTDECK_TOKEN", &self.token)
            .env("CERTDECK_CACERT", files.join("console.pem"))
            .env("CURL_CA_BUNDLE", files.join("console.pem"))
            .env("CERTDECK_DATA_DIR", self.deck.console.data_dir())
            .envs(self.environment.iter().cloned())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{script}\n{text}{}\n{}", String::from_utf8_lossy(&output.stderr), self.deck.console.log());
        text
    }

    /// The same in the directory of the test.
    fn run(&self, lines: &[CommandLine]) -> String {
        self.run_in(self.deck.room.path(), lines)
    }

    /// A copy of the database as it is now, with the files that the test has made.
    fn copy(&self) -> Copy {
        let room = self.deck.room.path().join(format!("copy-{}", run_number()));
        run::must("cp", &["-rp", &self.deck.database.path(), room.to_str().unwrap()]);
        let nss = room.join("nss");
        std::fs::create_dir(&nss).unwrap();
        for file in std::fs::read_dir(&room).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            std::fs::rename(&file, nss.join(file.file_name().unwrap())).unwrap();
        }
        for file in std::fs::read_dir(self.deck.room.path()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            std::fs::copy(&file, room.join(file.file_name().unwrap())).unwrap();
        }
        Copy { database: Database::at(&nss, PASSWORD, &room), room }
    }

    /// Runs the lines of NSS's tools on a copy, and those of curl on the console. The copy, and what both printed.
    async fn both(&self, action: &Action) -> (Copy, String, String) {
        let lines = self.lines(action).await;
        let copy = self.copy();
        let tools = self.run_in(&copy.room, &elsewhere(&lines.commands, &self.deck.database.path(), &copy.database.path()));
        self.deck.unlock().await;
        let rest = self.run(&lines.rest);
        (copy, tools, rest)
    }

    /// The address of the certificate with this nickname.
    async fn address(&self, nickname: &str) -> String {
        self.deck.named(nickname).await.fingerprint_sha256
    }
}

/// The same lines for another directory.
fn elsewhere(lines: &[CommandLine], from: &str, to: &str) -> Vec<CommandLine> {
    let moved = |line: &CommandLine| CommandLine { command: line.command.replace(from, to), remark: line.remark.clone() };
    lines.iter().map(moved).collect()
}

/// What both ways to make a certificate must agree on.
#[derive(Debug, PartialEq)]
struct Says {
    subject: String,
    issuer: String,
    names: Vec<String>,
    key_usage: Vec<String>,
    extended_key_usage: Vec<String>,
    constraints: Option<(bool, Option<u32>)>,
    key: String,
    months: i64,
}

fn says(view: &CertificateView) -> Says {
    let words = |list: &Option<Vec<std::borrow::Cow<'static, str>>>| list.iter().flatten().map(ToString::to_string).collect();
    let mut names: Vec<String> = view.subject_alternative_names.iter().map(|name| name.text()).collect();
    names.sort();
    Says {
        subject: view.subject.to_string(),
        issuer: view.issuer.to_string(),
        names,
        key_usage: words(&view.key_usage),
        extended_key_usage: words(&view.extended_key_usage),
        constraints: view.basic_constraints.as_ref().map(|own| (own.ca, own.path_length)),
        key: view.public_key.short(),
        months: ((view.not_after - view.not_before).whole_days() + 5) / 30,
    }
}

/// What a certificate of a database says, by the bytes that certutil gives.
fn certificate(database: &Database, nickname: &str) -> Says {
    says(&parse::certificate(&database.der(nickname)).unwrap())
}

/// Every variant of `Action` is run by a test of this folder.
#[test]
fn every_operation_with_lines_is_run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/glass");
    let tests: String = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let actions = include_str!("../../../shared/src/glass/action.rs");
    let variants = actions.lines().skip_while(|line| !line.starts_with("pub enum Action")).skip(1).take_while(|line| *line != "}");
    let named: BTreeMap<&str, bool> = variants
        .map(str::trim)
        .filter(|line| line.starts_with(char::is_uppercase))
        .map(|line| line.split([' ', ',', '{']).next().unwrap())
        .map(|name| (name, [" ", ",", ")", ";", "\n", "]"].iter().any(|end| tests.contains(&format!("Action::{name}{end}")))))
        .collect();
    assert!(named.len() > 70, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|(_, run)| !**run).map(|(name, _)| name).collect();
    assert!(missing.is_empty(), "no test runs the lines of {missing:?}");
}
