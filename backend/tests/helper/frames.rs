//! Who may ask, and what is a request.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::scene::{CALLER, Scene};

/// A frame with these lengths.
fn frame(head: &[u8], lengths: (u32, u32)) -> Vec<u8> {
    [lengths.0.to_be_bytes().as_slice(), &lengths.1.to_be_bytes(), head].concat()
}

fn whole(head: &str) -> Vec<u8> {
    frame(head.as_bytes(), (u32::try_from(head.len()).unwrap(), 0))
}

const STATUS: &str = r#"{"protocol":1,"begin-by":9999999999999,"verb":{"status":{}}}"#;

/// Everything that is answered until the connection ends.
fn answer(mut connection: UnixStream, request: &[u8]) -> String {
    connection.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // One that is not listened to may be closed already.
    let _ = connection.write_all(request);
    let mut said = Vec::new();
    let _ = connection.read_to_end(&mut said);
    String::from_utf8_lossy(said.get(8..).unwrap_or_default()).into_owned()
}

#[test]
fn only_the_consoles_user_is_answered() {
    let scene = Scene::new();
    assert!(answer(scene.connected(CALLER), &whole(STATUS)).contains("vsftpd"));
    for other in [0, 33, 12345] {
        assert_eq!(answer(scene.connected(other), &whole(STATUS)), "", "user {other}");
    }
}

#[test]
fn what_is_no_request_is_refused_and_nothing_follows() {
    let scene = Scene::new();
    for wrong in [
        r#"{"protocol":1,"begin-by":9999999999999,"verb":{"shell":{"line":"id"}}}"#,
        r#"{"protocol":1,"begin-by":9999999999999,"verb":{"run":{"service":{"kind":"vsftpd","config":"/x"},"program":"check","arguments":["/bin/sh"]}}}"#,
        r#"{"protocol":1,"begin-by":9999999999999,"verb":{"status":{}},"as":0}"#,
        "not even JSON",
        "",
    ] {
        assert!(answer(scene.connected(CALLER), &whole(wrong)).contains("not-understood"), "{wrong}");
    }
    let other = STATUS.replace('1', "2");
    assert!(answer(scene.connected(CALLER), &whole(&other)).contains("protocol 2"));
    for (head, content) in [(u32::MAX, 0), (0, u32::MAX), ((256 << 10) + 1, 0), (2, (4 << 20) + 1)] {
        assert!(answer(scene.connected(CALLER), &frame(b"{}", (head, content))).contains("longer than any"), "{head} {content}");
    }
    assert!(answer(scene.connected(CALLER), &whole(STATUS)).contains("vsftpd"), "it is still there");
}

#[test]
fn what_waited_longer_than_whoever_asked_is_not_begun() {
    let scene = Scene::new();
    let late = STATUS.replace("9999999999999", "1");
    assert!(answer(scene.connected(CALLER), &whole(&late)).contains("too late"));
}

#[test]
fn half_frames_and_slow_clients_hold_nobody_up_and_are_sent_away() {
    let scene = Scene::new();
    for half in [&b""[..], &whole(STATUS)[..3], &whole(STATUS)[..20]] {
        let mut connection = scene.connected(CALLER);
        connection.write_all(half).unwrap();
        connection.shutdown(std::net::Shutdown::Write).unwrap();
        assert!(!answer(connection, b"").contains("vsftpd"));
    }
    let started = Instant::now();
    let mut slow: Vec<UnixStream> = (0..8).map(|_| scene.connected(CALLER)).collect();
    for connection in &mut slow {
        connection.write_all(&whole(STATUS)[..5]).unwrap();
    }
    assert!(answer(scene.connected(CALLER), &whole(STATUS)).contains("vsftpd"));
    assert!(started.elapsed() < Duration::from_secs(9), "nobody waited for the slow ones");
    for connection in slow {
        assert_eq!(answer(connection, b""), "");
    }
    assert!(started.elapsed() < Duration::from_secs(25));
}
