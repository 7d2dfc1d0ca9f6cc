//! Clients that take their time, many of them, hold no one else up.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use super::{call, connected, head, plain, said};

/// Less than one client may hold open, which is 300.
const SLOW: usize = 280;
/// How long another call may take meanwhile: the machine may have other work.
const PROMPT: Duration = Duration::from_secs(10);

#[test]
fn slow_headers_bodies_and_readers_hold_nobody_up() {
    let (_room, console) = plain();
    let mut held = Vec::new();
    for number in 0..SLOW {
        let mut stream = connected(&console);
        match number % 3 {
            // Half a header (slowloris).
            0 => stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ").unwrap(),
            // A body that does not come (R.U.D.Y.).
            1 => stream.write_all(&call("POST", "/api/v1/session", "content-type: application/json\r\ncontent-length: 1000\r\n")).unwrap(),
            // Many answers that nobody reads.
            _ => (0..8).for_each(|_| drop(stream.write_all(b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n"))),
        }
        held.push(stream);
    }
    for target in ["/", "/healthz", "/api/v1/setup", "/api/v1/openapi.json"] {
        let began = Instant::now();
        let (status, _) = head(&said(&console, &call("GET", target, "")));
        assert_eq!(status, 200, "{target}");
        assert!(began.elapsed() < PROMPT, "{target} took {:?}", began.elapsed());
    }
    // Those that said half a header are let go by themselves.
    let mut rest = Vec::new();
    let began = Instant::now();
    held[0].set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let _ = held[0].read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(50), "a half header is waited for");
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}
