//! Certimate, and the hooks of CertMate.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use http::Method;
use serde_json::json;

use crate::deck::Deck;

/// The key was written by `os.Create`, which leaves it 0644 under the usual umask.
#[tokio::test(flavor = "multi_thread")]
async fn certimate_no_key_is_for_everybody() {
    fn look(directory: &Path, seen: &mut usize) {
        for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", entry.path().display());
            *seen += 1;
            if entry.path().is_dir() {
                look(&entry.path(), seen);
            }
        }
    }
    let (deck, cookie) = Deck::set_up().await;
    let database = deck.console.databases.ensure_embedded().await.unwrap();
    let made = json!({"nickname": "own", "form": {"common_name": "own.example.org"}});
    let made = deck.call_from_page(Method::POST, &format!("/api/v1/databases/{}/self-signed", database.id), &cookie, &made).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let mut seen = 0;
    look(&database.path, &mut seen);
    look(&deck.console.settings.data_dir, &mut seen);
    assert!(seen >= 8, "{seen}: the keys, their password, and the snapshot before");
    deck.console.databases.close().await;
}

/// Everybody who read the README could sign in.
#[tokio::test]
async fn certimate_there_is_no_login_that_comes_with_it() {
    let deck = Deck::new().await;
    assert_eq!(deck.get("/api/v1/setup", &[]).await.json()["required"], true);
    for (name, password) in
        [("admin", "admin"), ("admin@certimate.fun", "1234567890"), ("root", "root"), ("certdeck", "certdeck"), ("admin", ""), ("", "")]
    {
        assert!(deck.sign_in(name, password).await.status.is_client_error(), "{name}");
        deck.clock.advance(time::Duration::hours(1));
    }
    let guessed = json!({"token": "", "user_name": "eve", "password": "a quiet harbour 7"});
    assert_eq!(deck.post("/api/v1/setup", &guessed).await.code(), "setup-token-incorrect");
}

/// Certimate put secrets and names into the text of a shell, and CertMate's check of hooks let `${…}` through: a program gets its arguments as
/// they are, and there is no shell that could make anything of them.
#[tokio::test(flavor = "multi_thread")]
async fn certimate_and_certmate_no_shell_expands_what_a_program_is_given() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let marker = room.path().join("marker");
    let evil = [
        format!("$(touch {})", marker.display()).replace('/', "%"),
        "${IFS}x".to_owned(),
        "`id`".to_owned(),
        "a;b|c&d>e".to_owned(),
        "${PATH:0:1}".to_owned(),
        "it's \"quoted\" \\n".to_owned(),
    ];
    for name in &evil {
        let file = room.path().join(name);
        let channel = json!({"label": "Touch", "target": {"kind": "command", "arguments": ["/usr/bin/touch", file], "seconds": 10}});
        let made = deck.call_from_page(Method::POST, "/api/v1/notices/channels", &cookie, &channel).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let test = format!("/api/v1/notices/channels/{}/test", made.json()["channel"]["id"].as_str().unwrap());
        let tried = deck.call_from_page(Method::POST, &test, &cookie, &json!(null)).await;
        assert_eq!(tried.json()["state"], "delivered", "{}", tried.text);
        assert!(file.exists(), "{name}");
    }
    assert_eq!(std::fs::read_dir(room.path()).unwrap().count(), evil.len(), "those files, and none besides");
    for shell in [json!(["sh", "-c", "id"]), json!(["touch", "x"])] {
        let channel = json!({"label": "Shell", "target": {"kind": "command", "arguments": shell, "seconds": 10}});
        let refused = deck.call_from_page(Method::POST, "/api/v1/notices/channels", &cookie, &channel).await;
        assert_eq!(refused.code(), "invalid-input", "a program is named by its path: {shell}");
    }
}
