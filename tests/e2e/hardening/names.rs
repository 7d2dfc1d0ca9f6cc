//! Nicknames that others wrote into a database, on their way into headers and into the log.

use reqwest::Method;
use support::certificates::Authority;
use support::deck::Deck;

#[tokio::test(flavor = "multi_thread")]
async fn a_nickname_breaks_no_header_and_no_line_of_the_log() {
    let deck = Deck::new().await;
    let names = [
        "quote\" ; filename=\"evil.html",
        "line\r\nSet-Cookie: certdeck=evil\r\n\r\n<script>",
        "log\n2026-01-01T00:00:00.000000Z ERROR certdeck: all is lost",
        "..\\../../etc/passwd",
        "colour \u{1b}[31m\u{7}",
        "right\u{202e}fdp.exe",
    ];
    for (number, name) in names.iter().enumerate() {
        deck.database.add(name, "CT,,", &Authority::new(&format!("Named {number}")).certificate);
    }
    let listed = deck.listed().await;
    assert_eq!(listed.len(), names.len());
    for entry in &listed {
        let path = format!("/api/v1/databases/{}/certificates/{}", deck.id, entry.fingerprint_sha256);
        for accepted in ["application/x-pem-file", "application/pkix-cert", "application/json"] {
            let answer = deck.client.transport().raw(Method::GET, &path).header("accept", accepted).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{:?} as {accepted}", entry.nickname);
            assert!(!answer.headers().contains_key("set-cookie"), "{:?}", answer.headers());
            let Some(disposition) = answer.headers().get("content-disposition") else { continue };
            let text = disposition.to_str().expect("a header is ASCII");
            // RFC 6266: one name in quotes that holds neither quotes nor separators, and one in percent signs.
            let quoted = text.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            assert!(!quoted.contains(['/', '\\', ';', '%']) && quoted.chars().all(|letter| !letter.is_control()), "{text}");
            assert_eq!(text.matches('"').count() % 2, 0, "{text}");
            assert!(!text.contains("evil.html\"") || !text.contains("; filename=\"evil"), "{text}");
        }
        // A change of it is in the log and in the audit log, each in a line of its own.
        deck.client.delete_certificate(&deck.id, &entry.fingerprint_sha256, false).await.unwrap();
    }
    let log = deck.console.log();
    assert!(log.lines().all(|line| !line.starts_with("2026-01-01") && !line.contains('\u{1b}')), "{log}");
    let exported = String::from_utf8(deck.client.export_audit(None).await.unwrap()).unwrap();
    assert!(exported.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{exported}");
}
