//! A service whose certificate is named by its nickname in an NSS database.

#![allow(clippy::disallowed_methods, reason = "certutil makes the database")]

use std::path::Path;
use std::process::Command;

use http::Method;
use serde_json::{Value, json};

use crate::deck::Deck;

fn certutil(directory: &Path, arguments: &[&str]) {
    let noise = directory.join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let mut command = Command::new("certutil");
    command.args(arguments).arg("-d").arg(format!("sql:{}", directory.display()));
    if arguments.contains(&"-S") {
        command.arg("-z").arg(&noise);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_nickname_is_looked_up_in_the_registered_database_of_its_directory() {
    let room = tempfile::tempdir().unwrap();
    let directory = room.path().join("database");
    std::fs::create_dir(&directory).unwrap();
    certutil(&directory, &["-N", "--empty-password"]);
    let config = room.path().join("config");
    std::os::unix::fs::symlink("database", &config).unwrap();
    std::fs::write(directory.join("msg.conf"), "service.imap.enablesslport = yes\nlocal.imap.sslnicknames = Server-Cert\n").unwrap();
    let (deck, cookie) = Deck::set_up().await;
    let new = json!({"kind": "sun-messaging", "config": config.display().to_string()});
    let made = deck.call_from_page(Method::POST, "/api/v1/services", &cookie, &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let path = made.header("location").to_owned();
    let imaps = async |deck: &Deck| -> Value {
        let told = deck.get(&path, &[("cookie", &cookie)]).await.json();
        let endpoints = told["endpoints"].as_array().unwrap().clone();
        json!({"pair": endpoints.iter().find(|one| one["name"] == "imaps").unwrap()["pairs"][0], "service": told["service"], "files": told["files"]})
    };
    let before = imaps(&deck).await;
    assert!(before["pair"]["findings"][0].as_str().unwrap().contains("No registered database"), "{before:#}");
    assert_eq!((&before["files"], &before["pair"]["certificate"]["value"]), (&json!([]), &json!("Server-Cert")));

    let database = json!({"action": "register", "path": directory.display().to_string()});
    let registered = deck.call_from_page(Method::POST, "/api/v1/databases", &cookie, &database).await;
    assert_eq!(registered.status, 201, "{}", registered.text);
    let empty = imaps(&deck).await;
    assert!(empty["pair"]["findings"][0].as_str().unwrap().contains("no certificate called Server-Cert"), "{empty:#}");
    assert_eq!(empty["pair"]["database"]["database"], registered.json()["id"]);

    certutil(&directory, &["-S", "-x", "-n", "Server-Cert", "-s", "CN=mail.example.org", "-t", "u,u,u", "-k", "ec", "-q", "nistp256"]);
    let found = imaps(&deck).await;
    let pair = &found["pair"];
    assert_eq!((&pair["key_matches"], &pair["findings"]), (&json!(true), &json!([])), "{found:#}");
    assert_eq!(pair["database"]["certificate"]["subject"], "CN=mail.example.org");
    assert_eq!(pair["database"]["certificate"]["holders"][0]["nickname"], "Server-Cert");
    assert_eq!((found["service"]["endpoints"].as_u64(), found["service"]["findings"].as_u64()), (Some(1), Some(0)), "{found:#}");
    let listed = deck.get("/api/v1/services", &[("cookie", &cookie)]).await.json();
    assert_eq!(listed[0]["not_after"], pair["database"]["certificate"]["not_after"]);
    let terms = deck.get(&path, &[("cookie", &cookie)]).await.json()["terms"].clone();
    let term = terms.as_array().unwrap().iter().find(|term| term["name"] == "rsa_null_md5").unwrap().clone();
    assert_eq!((&term["obsolete"], &term["topic"]), (&json!(true), &json!("Cipher")));
}
