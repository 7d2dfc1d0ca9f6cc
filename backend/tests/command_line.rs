//! The program itself: its command line, its start and its end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

const PASSWORD: &str = "a quiet harbour 7";

#[expect(clippy::disallowed_methods, reason = "the program under test, and foreign judges")]
fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_remove("CERTDECK_DATA_DIR").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(program: &str, arguments: &[&str], input: &str) -> Output {
    let mut child = command(program, arguments).spawn().unwrap();
    // A program that refuses before it reads closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What `certdeck` says when it succeeds.
fn says(data_dir: &Path, arguments: &[&str], input: &str) -> String {
    let output = certdeck(data_dir, arguments, input);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What it says when it refuses: the last line, because the log may come before.
fn refuses(data_dir: &Path, arguments: &[&str], input: &str) -> String {
    let output = certdeck(data_dir, arguments, input);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap().lines().last().unwrap_or_default().to_owned()
}

fn certdeck(data_dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut all = arguments.to_vec();
    all.extend(["--data-dir", data_dir.to_str().unwrap()]);
    output(env!("CARGO_BIN_EXE_certdeck"), &all, input)
}

/// A directory for the data directory, which is not there yet.
fn place() -> (TempDir, std::path::PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let data_dir = parent.path().join("data");
    (parent, data_dir)
}

/// A console that runs.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    url: String,
    lines: Vec<String>,
}

impl Running {
    /// Starts one and reads its lines up to `listening on`, and the one after it if `first`.
    fn start(data_dir: &Path, arguments: &[&str], first: bool) -> Self {
        let mut all = vec!["serve", "--data-dir", data_dir.to_str().unwrap()];
        all.extend(arguments);
        let mut child = command(env!("CARGO_BIN_EXE_certdeck"), &all).stderr(Stdio::inherit()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, out, url: String::new(), lines: Vec::new() };
        while running.url.is_empty() {
            let line = running.line();
            running.url = line.strip_prefix("listening on ").unwrap_or_default().to_owned();
        }
        if first {
            running.line();
        }
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.out.read_line(&mut line).unwrap(), 0, "it ended after {:?}", self.lines);
        self.lines.push(line.trim_end().to_owned());
        line.trim_end().to_owned()
    }

    /// Ends it by a signal and gives what was still printed.
    fn end(mut self, signal: &str) -> String {
        let answer = output("kill", &[signal, &self.child.id().to_string()], "");
        assert!(answer.status.success());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status of a call, and what came.
fn curl(arguments: &[&str]) -> (String, String) {
    let mut all = vec!["-sS", "--max-time", "60", "-w", "\n%{http_code}"];
    all.extend(arguments);
    let output = output("curl", &all, "");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (body, status) = text.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

#[test]
fn accounts_are_kept_on_the_command_line() {
    let (_parent, data_dir) = place();
    assert_eq!(says(&data_dir, &["user", "add", "ada", "--grant", "administrator"], &format!("{PASSWORD}\n")), "");
    says(&data_dir, &["user", "add", "bob"], PASSWORD);
    assert_eq!(says(&data_dir, &["user", "list"], ""), "ada\tadministrator\nbob\tviewer\n");
    assert!(refuses(&data_dir, &["user", "add", "eve"], "changeit\n").starts_with("certdeck: the password is too weak"));
    assert!(refuses(&data_dir, &["user", "add", "ADA"], PASSWORD).contains("already"));
    says(&data_dir, &["user", "password", "bob"], "another quiet harbour 8\n");
    assert!(refuses(&data_dir, &["user", "password", "eve"], PASSWORD).contains("no such account"));
    says(&data_dir, &["user", "grant", "bob", "--grant", "operator", "--grant", "auditor"], "");
    assert_eq!(says(&data_dir, &["user", "list"], ""), "ada\tadministrator\nbob\toperator, auditor\n");
    assert!(
        refuses(&data_dir, &["user", "grant", "bob", "--grant", "operator@database:none"], "").contains("nothing that this console has")
    );
    assert!(refuses(&data_dir, &["user", "grant", "ada", "--grant", "viewer"], "").contains("last administrator"));
    says(&data_dir, &["user", "remove", "bob"], "");
    assert!(refuses(&data_dir, &["user", "remove", "ada"], "").contains("last administrator"));
    assert_eq!(says(&data_dir, &["user", "list"], ""), "ada\tadministrator\n");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&data_dir), mode(&data_dir.join("state.sqlite"))), (0o700, 0o600));
}

#[test]
fn a_password_typed_at_a_terminal_is_asked_for_and_not_shown() {
    let (_parent, data_dir) = place();
    let line = format!("{} user add ada --grant administrator --data-dir {}", env!("CARGO_BIN_EXE_certdeck"), data_dir.display());
    // script (util-linux) gives the program a terminal, passes on what we type, and prints what the terminal shows.
    let mut terminal = command("script", &["--quiet", "--return", "--command", &line, "/dev/null"]).spawn().unwrap();
    let mut keyboard = terminal.stdin.take().unwrap();
    let mut screen = terminal.stdout.take().unwrap();
    let mut shown = Vec::new();
    while !shown.ends_with(b"New password: ") {
        let mut letter = [0];
        assert_eq!(screen.read(&mut letter).unwrap(), 1, "no question: {}", String::from_utf8_lossy(&shown));
        shown.extend(letter);
    }
    keyboard.write_all(format!("{PASSWORD}\r").as_bytes()).unwrap();
    keyboard.flush().unwrap();
    screen.read_to_end(&mut shown).unwrap();
    assert!(terminal.wait().unwrap().success(), "{}", String::from_utf8_lossy(&shown));
    assert_eq!(String::from_utf8_lossy(&shown).trim(), "New password:", "the password does not appear");
    drop(keyboard);
    assert_eq!(says(&data_dir, &["user", "list"], ""), "ada\tadministrator\n");
    // It is the password that was typed, without the end of the line.
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], false);
    let body = format!("{{\"user_name\":\"ada\",\"password\":\"{PASSWORD}\"}}");
    let session = format!("{}/api/v1/session", running.url);
    assert_eq!(curl(&["-H", "Content-Type: application/json", "-d", &body, &session]).0, "201");
    running.end("-TERM");
}

#[test]
fn tokens_made_on_the_command_line_are_good_while_the_console_runs_until_revoked() {
    let (_parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], true);
    let secret = says(&data_dir, &["api-token", "create", "nightly", "--grant", "administrator", "--expires-in-days", "7"], "");
    assert!(secret.starts_with("cdk_"), "the secret and nothing else");
    let bearer = format!("Authorization: Bearer {}", secret.trim());
    let users = format!("{}/api/v1/users", running.url);
    assert_eq!(curl(&["-H", &bearer, &users]), ("200".to_owned(), "[]".to_owned()));
    let listing = says(&data_dir, &["api-token", "list"], "");
    let fields: Vec<&str> = listing.trim_end().split('\t').collect();
    assert_eq!((fields.len(), fields[1], fields[4]), (5, "administrator", "nightly"), "{listing}");
    says(&data_dir, &["api-token", "revoke", fields[0]], "");
    assert_eq!(curl(&["-H", &bearer, &users]).0, "401");
    assert!(refuses(&data_dir, &["api-token", "revoke", fields[0]], "").contains("no such API token"));
    running.end("-TERM");
}

#[test]
fn the_first_start_prints_a_setup_link_that_works_and_the_next_one_none() {
    let (_parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], true);
    let token = running.lines[1].strip_prefix(&format!("setup: {}/setup#", running.url)).expect("the link").to_owned();
    let body = format!("{{\"token\":\"{token}\",\"user_name\":\"ada\",\"password\":\"{PASSWORD}\"}}");
    let setup = format!("{}/api/v1/setup", running.url);
    assert_eq!(curl(&["-H", "Content-Type: application/json", "-d", &body, &setup]).0, "201");
    assert_eq!(running.end("-TERM"), "");
    let again = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], false);
    assert_eq!(again.end("-INT"), "", "nothing after the address: the console is set up");
}

#[test]
fn https_is_served_with_the_certificate_that_was_printed_and_kept() {
    let (parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--listen", "127.0.0.1:0"], true);
    let printed = running.lines[0].strip_prefix("certificate sha256: ").expect("the fingerprint").to_owned();
    let address = running.url.strip_prefix("https://").unwrap().to_owned();
    let seen = output("openssl", &["s_client", "-connect", &address, "-servername", "localhost"], "").stdout;
    let pem = parent.path().join("served.pem");
    std::fs::write(&pem, seen).unwrap();
    let pem = pem.to_str().unwrap();
    let judged = output("openssl", &["x509", "-in", pem, "-noout", "-fingerprint", "-sha256"], "").stdout;
    assert_eq!(String::from_utf8(judged).unwrap().trim().split('=').nth(1), Some(printed.as_str()));
    // The name is checked too: 127.0.0.1 is among the alternative names.
    let health = format!("{}/healthz", running.url);
    for version in ["--http1.1", "--http2"] {
        let (status, body) = curl(&["--cacert", pem, version, &health]);
        assert_eq!((status.as_str(), body.lines().next()), ("200", Some("ok")), "{version}");
    }
    running.end("-TERM");
    let again = Running::start(&data_dir, &["--listen", "127.0.0.1:0"], true);
    assert_eq!(again.lines[0], format!("certificate sha256: {printed}"), "it is kept");
    again.end("-TERM");
}

#[test]
fn the_audit_log_is_verified_beside_a_running_console_and_the_exit_status_tells() {
    let (_parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], true);
    for label in ["one", "two", "three"] {
        says(&data_dir, &["api-token", "create", label], "");
    }
    let said = says(&data_dir, &["audit", "verify"], "");
    let head = said.lines().find_map(|line| line.strip_prefix("head: ")).unwrap_or_else(|| panic!("{said}")).to_owned();
    assert!(said.starts_with("intact: entries 1 to "), "{said}");
    says(&data_dir, &["api-token", "create", "four"], "");
    assert!(says(&data_dir, &["audit", "verify", "--head", &head], "").contains("has the digest that was kept"));
    let found = |arguments: &[&str]| {
        let output = certdeck(&data_dir, arguments, "");
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(found(&["audit", "verify", "--head", &"0".repeat(64)]).0, Some(1));
    assert_eq!(found(&["audit", "verify", "--head", "abc"]).0, Some(2));
    let state = data_dir.join("state.sqlite");
    let tampered = output(
        "sqlite3",
        &[state.to_str().unwrap(), "UPDATE audit SET actor = 'nobody' WHERE subject = 'two'; SELECT id FROM audit WHERE subject = 'two'"],
        "",
    );
    let row = String::from_utf8(tampered.stdout).unwrap();
    let (status, said) = found(&["audit", "verify"]);
    assert_eq!((status, said.contains(&format!("not intact: Entry {} is not as it was written", row.trim()))), (Some(1), true), "{said}");
    assert!(found(&["audit", "verify", "--json"]).1.contains("\"kind\":\"changed\""));
    running.end("-TERM");
    assert_eq!(found(&["audit", "verify"]).0, Some(1), "the same when nothing runs");
    std::fs::remove_file(&state).unwrap();
    assert_eq!(found(&["audit", "verify"]).0, Some(2));
}

#[test]
fn the_end_waits_for_no_listener() {
    let (_parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], true);
    let secret = says(&data_dir, &["api-token", "create", "listener"], "");
    let bearer = format!("Authorization: Bearer {}", secret.trim());
    let events = format!("{}/api/v1/events", running.url);
    let mut listener = command("curl", &["-sS", "-N", "-D", "-", "-H", &bearer, &events]).spawn().unwrap();
    let mut head = String::new();
    BufReader::new(listener.stdout.take().unwrap()).read_line(&mut head).unwrap();
    assert!(head.contains(" 200 "), "{head}");
    running.end("-TERM");
    assert!(listener.wait().is_ok());
}

#[test]
fn a_second_console_and_a_taken_port_are_refused_in_words() {
    let (parent, data_dir) = place();
    let running = Running::start(&data_dir, &["--http", "--listen", "127.0.0.1:0"], true);
    let refusal = refuses(&data_dir, &["serve", "--http", "--listen", "127.0.0.1:0"], "");
    assert!(refusal.contains("another console runs on the data directory"), "{refusal}");
    running.end("-TERM");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = refuses(&parent.path().join("other"), &["serve", "--http", "--listen", &address], "");
    assert_eq!(refusal, format!("certdeck: {address} is in use by another program; stop that, or choose another --listen"));
}

#[test]
fn plain_http_stays_on_loopback_and_the_data_directory_private() {
    let (_parent, data_dir) = place();
    let refusal = refuses(&data_dir, &["serve", "--http", "--listen", "0.0.0.0:0"], "");
    assert!(refusal.contains("--http is for loopback only"), "{refusal}");
    assert!(!data_dir.exists(), "refused before anything was made");
    std::fs::create_dir(&data_dir).unwrap();
    std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o750)).unwrap();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["user", "list"]] {
        assert!(refuses(&data_dir, arguments, "").contains("chmod 0700"), "{arguments:?}");
    }
    let file = data_dir.join("file");
    std::fs::write(&file, "").unwrap();
    assert!(refuses(&file, &["user", "list"], "").contains("is not a directory"));
}

#[test]
fn settings_come_from_a_file_and_the_command_line_wins() {
    let (parent, data_dir) = place();
    let config = parent.path().join("certdeck.toml");
    let write = |text: &str| std::fs::write(&config, text).unwrap();
    let file = ["--config", config.to_str().unwrap()];
    write("listen = \"0.0.0.0:0\"\nhttp = true\n");
    assert!(refuses(&data_dir, &["serve", file[0], file[1]], "").contains("--http is for loopback only"), "the file counts");
    let running = Running::start(&data_dir, &[file[0], file[1], "--listen", "127.0.0.1:0"], true);
    assert!(running.url.starts_with("http://127.0.0.1:"), "{}", running.url);
    running.end("-TERM");
    write("sesion-idle-minutes = 5\n");
    let refusal = certdeck(&data_dir, &["serve", file[0], file[1]], "");
    let text = String::from_utf8(refusal.stderr).unwrap();
    assert!(
        !refusal.status.success() && text.contains("certdeck.toml is not understood") && text.contains("sesion-idle-minutes"),
        "{text}"
    );
}
