//! How it is told: again when it was not taken, and to the log of the host.

use std::time::Duration;

use certdeck_shared::api::notice::Message;
use http::Method;
use serde_json::{Value, json};
use time::Duration as Span;

use super::Scene;

#[tokio::test]
async fn a_message_that_is_not_taken_is_tried_again_and_keeps_its_identifier() {
    let scene = Scene::new().await;
    let (gate, file) = (scene.room.path().join("gate"), scene.room.path().join("messages"));
    let script = format!("cat >> {0}; echo >> {0}; test -e {1} || {{ echo no gate; exit 3; }}", file.display(), gate.display());
    let new = json!({"label": "Gate", "target": {"kind": "command", "arguments": ["/bin/sh", "-c", script], "seconds": 20}});
    let channel = scene.ok(Method::POST, "/api/v1/notices/channels", &new).await["channel"]["id"].as_str().unwrap().to_owned();
    scene.open_the_password_file().await;
    let tries = async |expected: usize| {
        for _ in 0..2_000 {
            scene.deck.console.notices.look().await.unwrap();
            let deliveries = scene.ok(Method::GET, "/api/v1/notices/deliveries", &Value::Null).await;
            if deliveries[0]["tries"].as_array().is_some_and(|tries| tries.len() >= expected) {
                return deliveries[0].clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no try {expected}");
    };
    let first = tries(1).await;
    assert_eq!((first["state"].as_str(), first["tries"][0]["taken"].as_bool()), (Some("waiting"), Some(false)));
    assert!(first["tries"][0]["answer"].as_str().unwrap().contains("exit status: 3: no gate"), "{first}");
    let shown = scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await;
    assert_eq!((shown[0]["waiting"].as_u64(), shown[0]["trouble"].as_str().is_some()), (Some(1), true));
    scene.deck.clock.advance(Span::seconds(5));
    tries(2).await;
    std::fs::write(&gate, "").unwrap();
    scene.deck.clock.advance(Span::seconds(10));
    let last = tries(3).await;
    assert_eq!((last["state"].as_str(), last["tries"].as_array().unwrap().len()), (Some("delivered"), 3));
    let text = std::fs::read_to_string(&file).unwrap();
    let ids: Vec<String> = text.lines().map(|line| serde_json::from_str::<Message>(line).unwrap().id).collect();
    assert_eq!((ids.len(), ids.iter().all(|id| *id == ids[0])), (3, true));

    std::fs::remove_file(&gate).unwrap();
    let tested = scene.ok(Method::POST, &format!("/api/v1/notices/channels/{channel}/test"), &Value::Null).await;
    assert_eq!((tested["state"].as_str(), tested["next_try_at"].is_null()), (Some("given-up"), true), "a test is tried once");
    assert_eq!(scene.call(Method::DELETE, &format!("/api/v1/notices/channels/{channel}"), &Value::Null).await.status, 204);
    assert_eq!(scene.call(Method::POST, &format!("/api/v1/notices/channels/{channel}/test"), &Value::Null).await.code(), "not-found");
}

#[tokio::test]
async fn the_log_of_the_host_gets_lines_of_rfc_5424_or_fields_of_the_journal() {
    let scene = Scene::new().await;
    let socket = scene.room.path().join("log");
    let log = std::os::unix::net::UnixDatagram::bind(&socket).unwrap();
    log.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let next = || {
        let mut buffer = [0; 4096];
        let length = log.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    for way in ["rfc5424", "journal"] {
        let new = json!({"label": way, "target": {"kind": "syslog", "way": way, "socket": socket}});
        let made = scene.ok(Method::POST, "/api/v1/notices/channels", &new).await;
        let path = format!("/api/v1/notices/channels/{}/test", made["channel"]["id"].as_str().unwrap());
        assert_eq!(scene.ok(Method::POST, &path, &Value::Null).await["state"], "delivered");
        next();
    }
    scene.open_the_password_file().await;
    scene.told().await;
    let both = [next(), next()];
    let line = both.iter().find(|text| text.starts_with('<')).unwrap();
    // RFC 5424 section 6: priority and version, time, host, program, process, kind, no structured data, then text with its mark.
    let (header, text) = line.split_once(" - \u{feff}").unwrap();
    let fields: Vec<&str> = header.split(' ').collect();
    assert_eq!((fields.len(), fields[0], fields[3], fields[5]), (6, "<26>1", "certdeck", "password-file-open"), "{line}");
    assert!(time::OffsetDateTime::parse(fields[1], &time::format_description::well_known::Rfc3339).is_ok(), "{line}");
    assert!(text.starts_with("password.txt of Mail is open to everybody on this host: The file ") && !text.contains('\n'), "{text}");
    let fields = both.iter().find(|text| text.starts_with("MESSAGE=")).unwrap();
    for field in
        ["\nPRIORITY=2\n", "\nSYSLOG_IDENTIFIER=certdeck\n", "\nCERTDECK_KIND=password-file-open\n", "\nCERTDECK_STAGE=everybody\n"]
    {
        assert!(fields.contains(field), "{fields}");
    }
    drop(log);
    std::fs::remove_file(&socket).unwrap();
    let all = scene.ok(Method::GET, "/api/v1/notices/channels", &Value::Null).await;
    let path = format!("/api/v1/notices/channels/{}/test", all[0]["id"].as_str().unwrap());
    let tried = scene.ok(Method::POST, &path, &Value::Null).await;
    assert!(tried["tries"][0]["answer"].as_str().unwrap().contains("No such file"), "{tried}");
}
