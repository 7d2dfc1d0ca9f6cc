//! More than there should be: of a body, of headers, of an address; and addresses that lead elsewhere.

use super::{call, head, plain, said};

#[test]
fn a_body_without_length_ends_at_the_limit() {
    let (_room, console) = plain();
    // Two megabytes in chunks; the limit of a call is one.
    let chunk = [b"8000\r\n".as_slice(), &[b' '; 0x8000], b"\r\n"].concat();
    let mut octets = call("POST", "/api/v1/session", "content-type: application/json\r\ntransfer-encoding: chunked\r\n");
    (0..64).for_each(|_| octets.extend_from_slice(&chunk));
    octets.extend_from_slice(b"0\r\n\r\n");
    let answer = said(&console, &octets);
    assert_eq!(head(&answer).0, 413, "{answer}");
    // Two lengths, or a length and chunks, are how calls are smuggled past a proxy.
    for both in ["content-length: 2\r\ncontent-length: 3\r\n", "content-length: 2\r\ntransfer-encoding: chunked\r\n"] {
        let mut octets = call("POST", "/api/v1/session", both);
        octets.extend_from_slice(b"{}GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let answer = said(&console, &octets);
        assert!(!answer.contains("200 OK"), "{both}: {answer}");
    }
}

#[test]
fn a_flood_of_headers_and_an_endless_address_are_refused_and_cost_nobody_else_anything() {
    let (_room, console) = plain();
    let many: String = (0..2_000).map(|number| format!("x-{number}: {number}\r\n")).collect();
    let large = format!("x-large: {}\r\n", "a".repeat(2_000_000));
    let cookies = format!("cookie: {}\r\n", "certdeck=a; ".repeat(100_000));
    for more in [many, large, cookies] {
        let (status, _) = head(&said(&console, &call("GET", "/api/v1/session", &more)));
        // Refused by its number, or by the end of a connection whose client still sends.
        assert!(matches!(status, 431 | 0), "{status}");
    }
    let (status, _) = head(&said(&console, &call("GET", &format!("/{}", "a".repeat(1_000_000)), "")));
    assert!(matches!(status, 414 | 431 | 0), "{status}");
    assert_eq!(head(&said(&console, &call("GET", "/healthz", ""))).0, 200);
}

#[test]
fn no_address_leads_to_a_file_of_the_host() {
    let (_room, console) = plain();
    let up = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "....//", "%252e%252e%252f", "..%c0%af", "..;/", "/"];
    for step in up {
        for (before, file) in
            [("/", "etc/passwd"), ("/assets/", "etc/passwd"), ("/api/v1/../../", "etc/passwd"), ("/", "proc/self/environ")]
        {
            let answer = said(&console, &call("GET", &format!("{before}{}{file}", step.repeat(8)), ""));
            assert!(!answer.contains("root:x:0:0") && !answer.contains("PATH="), "{before}{step}{file}: {answer}");
        }
    }
    for target in ["http://elsewhere.example/etc/passwd", "*", "localhost:22", "/%00", "//etc/passwd", "/\u{7f}"] {
        let (status, _) = head(&said(&console, &call("GET", target, "")));
        assert!(status < 500, "{target}: {status}");
    }
}
