//! `certdeck doctor`: it finds what is broken on purpose, and nothing else.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{NewService, ServiceKind};
use serde_json::Value;
use support::console::program;
use support::deck::Deck;
use support::{older_state, run};

/// What is said of these depends on where the tests run.
const OF_THE_HOST: [&str; 2] = ["kernel", "time source"];

/// The findings that are not good, by what they are about.
fn amiss(data: &Path) -> (Option<i32>, Vec<(String, Value)>) {
    let output = run::with_input(program().to_str().unwrap(), &["doctor", "--json", "--data-dir", data.to_str().unwrap()], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    let found: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    for finding in &found {
        assert_eq!(finding["level"] == "good", finding["why"].is_null(), "what is amiss has a reason: {finding}");
    }
    let of_the_host = |finding: &Value| OF_THE_HOST.contains(&finding["subject"].as_str().unwrap());
    let bad = found.into_iter().filter(|finding| finding["level"] != "good" && !of_the_host(finding));
    (output.status.code(), bad.map(|finding| (finding["subject"].as_str().unwrap().to_owned(), finding)).collect())
}

/// Every file with its content, but for what SQLite keeps beside a state that somebody reads.
fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let listed = run::must("find", &[directory.to_str().unwrap(), "-type", "f"]);
    let kept = listed.lines().filter(|path| !path.ends_with("-shm") && !path.ends_with("-wal"));
    kept.map(|path| (PathBuf::from(path), std::fs::read(path).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_is_found_with_reason_and_cure_and_nothing_is_changed() {
    let mut deck = Deck::new().await;
    let data = deck.console.data_dir().to_owned();
    // The mark of the tests themselves.
    std::fs::set_permissions(data.join(".tests-set-up"), std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(amiss(&data).1, [], "all is well while it runs");
    let said = run::ask(program().to_str().unwrap(), &["doctor", "--data-dir", data.to_str().unwrap()]);
    let port = deck.console.origin.rsplit_once(':').unwrap().1;
    assert!(said.out.contains(&format!("answers on 127.0.0.1:{port}")), "{}", said.out);
    assert!(said.out.contains("audit log: ") && said.out.contains("intact"), "{}", said.out);

    // A service that does not run, and whose own check finds a fault.
    let config = deck.room.path().join("nginx.conf");
    let certificate = deck.room.path().join("absent.pem").display().to_string();
    let server = format!("server {{ listen 127.0.0.1:1 ssl; ssl_certificate {certificate}; ssl_certificate_key {certificate}; }}");
    std::fs::write(&config, format!("events {{}}\nhttp {{ {server} }}\n")).unwrap();
    deck.client.add_service(&NewService::new(ServiceKind::Nginx, config.display().to_string())).await.unwrap();
    deck.console.stop();
    let (status, found) = amiss(&data);
    let of_service: Vec<String> = found.iter().map(|(_, finding)| finding["what"].to_string()).collect();
    assert!(status == Some(1) && found.iter().all(|(subject, _)| subject.starts_with("service ")), "{found:?}");
    assert!(of_service.iter().any(|what| what.contains("does not run")), "{of_service:?}");
    assert!(of_service.iter().any(|what| what.contains("absent.pem")), "nginx's own words: {of_service:?}");

    // A file that is open to others, a database that is none any more.
    let state = data.join("state.sqlite");
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(deck.database.directory().join("cert9.db"), "no database any more").unwrap();
    let before = (contents(&data), contents(deck.database.directory()));
    let subjects: Vec<String> = amiss(&data).1.into_iter().map(|(subject, _)| subject).collect();
    assert!(subjects.contains(&"data directory".to_owned()), "{subjects:?}");
    assert!(subjects.contains(&format!("database {}", deck.database.path())), "{subjects:?}");
    assert!(before == (contents(&data), contents(deck.database.directory())), "nothing is changed");

    // An entry of the log that was moved into the future.
    let connection = rusqlite::Connection::open(&state).unwrap();
    connection.execute_batch("UPDATE audit SET at = at + 86400000 WHERE id = (SELECT max(id) FROM audit)").unwrap();
    drop(connection);
    let subjects: Vec<String> = amiss(&data).1.into_iter().map(|(subject, _)| subject).collect();
    assert!(["audit log", "clock"].iter().all(|wanted| subjects.iter().any(|subject| subject == wanted)), "{subjects:?}");

    let mut bytes = std::fs::read(&state).unwrap();
    bytes[8192..12288].fill(0x5a);
    std::fs::write(&state, bytes).unwrap();
    let _ = std::fs::remove_file(data.join("state.sqlite-wal"));
    let subjects: Vec<String> = amiss(&data).1.into_iter().map(|(subject, _)| subject).collect();
    assert!(subjects.iter().any(|subject| subject == "state"), "{subjects:?}");
}

#[test]
fn where_there_is_no_console_the_answer_is_neither_yes_nor_no() {
    let room = tempfile::tempdir().unwrap();
    let output = run::with_input(program().to_str().unwrap(), &["doctor", "--data-dir", room.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no data directory of Certdeck"));
    assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), 0);
}

#[test]
fn the_clock_is_what_the_kernel_says_of_it() {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    older_state::make(&data);
    let said = run::ask(program().to_str().unwrap(), &["doctor", "--data-dir", data.to_str().unwrap()]);
    // The status of `struct timex`, whose first six words are modes, offset, freq, maxerror, esterror and it; 0x40 is STA_UNSYNC.
    let status = "import ctypes; words = (ctypes.c_long * 64)(); ctypes.CDLL(None).adjtimex(words); print(words[5] & 0x40)";
    let unsynchronised = run::must("python3", &["-c", status]).trim() != "0";
    assert_eq!(said.out.contains("nothing tells the kernel that its clock is right"), unsynchronised, "{}{}", said.out, said.err);
    assert_eq!(said.out.contains("is kept right, within"), !unsynchronised, "{}{}", said.out, said.err);
}
