//! 389 Directory Server's console.

#![allow(clippy::disallowed_methods, reason = "the lines that are shown are tried in a shell")]

use std::process::Command;

use http::Method;
use serde_json::json;

use crate::confirmation::chain;
use crate::deck::Deck;

/// 389ds/389-ds-base#7263: pasted text became a part of `echo -e '…'` in a shell. Here text is only read, and the lines that are shown for
/// copying quote every name.
#[tokio::test(flavor = "multi_thread")]
async fn ds389_7263_pasted_text_and_nicknames_are_no_part_of_a_shells_text() {
    let room = tempfile::tempdir().unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let (database, root, _) = chain(&deck, &cookie, room.path()).await;
    let marker = room.path().join("marker");
    let evil = format!("'; touch {0}; echo '$(touch {0})`touch {0}`", marker.display());
    let pem = deck.get(&format!("{database}/certificates/{root}"), &[("cookie", &cookie), ("accept", "application/x-pem-file")]).await.text;
    assert!(pem.contains("BEGIN CERTIFICATE"), "{pem}");
    let headers = [("cookie", cookie.as_str()), ("origin", crate::deck::ORIGIN), ("content-type", "application/x-pem-file")];
    let text = format!("{evil}\n{pem}\n{evil}\n");
    let read = deck.call(Method::POST, &format!("{database}/certificates?preview=true"), &headers, text.into()).await;
    assert_eq!(read.status, 200, "{}", read.text);
    let named = json!({"nickname": evil});
    let renamed = deck.call_from_page(Method::PATCH, &format!("{database}/certificates/{root}"), &cookie, &named).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    let action = json!({"operation": "delete_certificate", "fingerprint": root, "with_key": false});
    let lines = deck.call_from_page(Method::POST, &format!("{database}/command-lines"), &cookie, &action).await.json();
    let all = ["commands", "msgcert", "rest"].map(|kind| lines[kind].as_array().cloned().unwrap_or_default()).concat();
    assert!(all.len() >= 2, "{lines}");
    for line in all {
        // Said instead of done: what is no word of its own would be done by the shell all the same.
        let line =
            format!("certutil() {{ :; }}; certdeck() {{ :; }}; msgcert() {{ :; }}; curl() {{ :; }}; {}", line["command"].as_str().unwrap());
        let output = Command::new("bash").args(["-c", &line]).env_clear().env("PATH", "/usr/bin:/bin").output().unwrap();
        assert!(!marker.exists(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    deck.console.databases.close().await;
}
