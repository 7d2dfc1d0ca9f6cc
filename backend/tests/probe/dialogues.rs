//! What is said before TLS, in good and bad words.

use std::time::Duration;

use certdeck_shared::api::probe::ProbeOutcome;
use certdeck_shared::api::service::{Protocol, TlsMode};

use crate::peer::Act::{Drip, Forever, Hear, Octets, Say, Slowly, Wait};
use crate::peer::{Act, probed};

/// Time enough for everything on this machine; what has to wait for its end has a shorter one.
const LIMIT: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(300);

async fn outcome(protocol: Protocol, script: Vec<Act>) -> (ProbeOutcome, String) {
    let report = probed(protocol, TlsMode::Starttls, LIMIT, script).await;
    (report.outcome, report.words)
}

/// LDAP's answer with this resultCode.
fn ldap(code: u8, words: &str) -> Act {
    let length = u8::try_from(words.len()).unwrap();
    let head = [0x30, 12 + length, 2, 1, 1, 0x78, 7 + length, 0x0a, 1, code, 4, 0, 4, length];
    Octets([&head[..], words.as_bytes()].concat())
}

#[tokio::test]
async fn each_protocol_comes_to_the_begin_of_tls() {
    // The peer closes when it has heard the ClientHello, whose first record has these octets.
    let hello = Hear("\u{16}\u{3}\u{1}");
    let smtp = |hear: &'static str| {
        vec![Say("220-a\r\n220 b\r\n"), Hear(hear), Drip("250-x\r\n250-starttls\r\n250 HELP\r\n"), Hear("STARTTLS\r\n"), Say("220 go\r\n")]
    };
    for (protocol, script) in [
        (Protocol::Smtp, smtp("EHLO [127.0.0.1]\r\n")),
        (Protocol::Lmtp, smtp("LHLO [127.0.0.1]\r\n")),
        (
            Protocol::Imap,
            vec![
                Say("* OK [ALERT] ready\r\n"),
                Hear("CAPABILITY\r\n"),
                Say("* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n"),
                Hear("a2 STARTTLS\r\n"),
                Drip("* STATUS x\r\na2 OK Begin\r\n"),
            ],
        ),
        (
            Protocol::Pop3,
            vec![Say("+OK\r\n"), Hear("CAPA\r\n"), Drip("+OK\r\nTOP\r\nSTLS\r\n.\r\n"), Hear("STLS\r\n"), Say("+OK Begin\r\n")],
        ),
        (Protocol::Pop3, vec![Say("+OK\n"), Hear("CAPA\r\n"), Say("-ERR what\n"), Hear("STLS\r\n"), Say("+OK Begin\n")]),
        (
            Protocol::Ftp,
            vec![Say("220-Welcome\r\n  220 is no end\r\n220-nor this\r\n220 End\r\n"), Hear("AUTH TLS\r\n"), Say("234 Proceed\r\n")],
        ),
        (
            Protocol::Sieve,
            vec![Say("\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n"), Hear("STARTTLS\r\n"), Say("OK \"Begin TLS\"\r\n")],
        ),
        (Protocol::Ldap, vec![Hear("1.3.6.1.4.1.1466.20037"), ldap(0, "")]),
    ] {
        let report = probed(protocol, TlsMode::Starttls, LIMIT, [script, vec![hello.clone()]].concat()).await;
        assert_eq!(report.outcome, ProbeOutcome::Closed, "{protocol:?} {report:?}");
        assert!(report.engine.is_some(), "it came to the handshake: {report:?}");
        assert!(report.transcript.len() >= 2, "{report:?}");
    }
}

#[tokio::test]
async fn no_starttls_is_not_the_same_as_one_that_is_broken() {
    use ProbeOutcome::{NotOffered, OfferedButBroken, TurnedAway};
    let ehlo = |capabilities| vec![Say("220 x\r\n"), Hear("EHLO"), Say(capabilities)];
    let broken_mail = [ehlo("250-STARTTLS\r\n250 OK\r\n"), vec![Hear("STARTTLS"), Say("454 4.7.0 TLS not available\r\n")]].concat();
    let imap = |then| {
        vec![Say("* OK\r\n"), Hear("a1"), Say("* CAPABILITY STARTTLS\r\na1 OK\r\n"), Hear("a2"), Say(then), Hear("\u{3}\u{1}"), Wait]
    };
    let stream = |then| vec![Hear("version='1.0'>"), Say("<?xml version='1.0'?><stream:stream id=\"a>b\">"), Say(then)];
    for (protocol, script, wanted, word) in [
        (Protocol::Smtp, ehlo("250-PIPELINING\r\n250 XSTARTTLS\r\n"), NotOffered, "not among"),
        (Protocol::Smtp, ehlo("502 what\r\n"), NotOffered, "502 what"),
        (Protocol::Smtp, vec![Say("554 no\r\n")], TurnedAway, "554 no"),
        (Protocol::Smtp, broken_mail, OfferedButBroken, "454 4.7.0 TLS not available"),
        (Protocol::Imap, vec![Say("* BYE busy\r\n")], TurnedAway, "busy"),
        (Protocol::Imap, vec![Say("* PREAUTH hello\r\n")], NotOffered, "PREAUTH"),
        (Protocol::Imap, vec![Say("* OK\r\n"), Hear("a1"), Say("* CAPABILITY IMAP4\r\na1 OK\r\n")], NotOffered, "not among"),
        (Protocol::Imap, imap("a2 NO not now\r\n"), OfferedButBroken, "not now"),
        // Dovecot with a key that does not fit.
        (Protocol::Imap, imap("a2 OK Begin TLS\r\n* BYE [UNAVAILABLE] TLS initialization failed.\r\n"), OfferedButBroken, "UNAVAILABLE"),
        (Protocol::Pop3, vec![Say("-ERR busy\r\n")], TurnedAway, "busy"),
        (Protocol::Pop3, vec![Say("+OK\r\n"), Hear("CAPA"), Say("+OK\r\nTOP\r\n.\r\n")], NotOffered, "not among"),
        (Protocol::Pop3, vec![Say("+OK\r\n"), Hear("CAPA"), Say("-ERR\r\n"), Hear("STLS"), Say("-ERR no\r\n")], NotOffered, "no"),
        (Protocol::Ftp, vec![Say("220 x\r\n"), Hear("AUTH"), Say("530 Please login\r\n")], NotOffered, "530"),
        (Protocol::Ftp, vec![Say("220 x\r\n"), Hear("AUTH"), Say("431 no key\r\n")], OfferedButBroken, "431"),
        (Protocol::Ftp, vec![Say("421 full\r\n")], TurnedAway, "421"),
        (Protocol::Sieve, vec![Say("\"SIEVE\" \"x\"\r\nOK\r\n")], NotOffered, "not among"),
        (Protocol::Sieve, vec![Say("BYE \"x\"\r\n")], TurnedAway, "BYE"),
        (Protocol::Sieve, vec![Say("\"STARTTLS\"\r\nOK\r\n"), Hear("STARTTLS"), Say("NO \"x\"\r\n")], OfferedButBroken, "NO"),
        (Protocol::Ldap, vec![Hear("1466"), ldap(2, "unsupported extended operation")], NotOffered, "unsupported extended"),
        (Protocol::Ldap, vec![Hear("1466"), ldap(52, "Could not initialize TLS")], OfferedButBroken, "Could not initialize TLS"),
        (Protocol::Xmpp, stream("<stream:features/>"), NotOffered, "not among"),
        (Protocol::Xmpp, stream("<stream:features><bind xmlns='x'/></stream:features>"), NotOffered, "STARTTLS"),
        (Protocol::Xmpp, stream("<stream:error><host-unknown xmlns='x'/></stream:error></stream:stream>"), TurnedAway, "host-unknown"),
        (
            Protocol::Xmpp,
            [
                stream("<stream:features><starttls/></stream:features>"),
                vec![Hear("<starttls"), Say("<failure xmlns='x'/></stream:stream>")],
            ]
            .concat(),
            OfferedButBroken,
            "failure",
        ),
        (Protocol::Postgresql, vec![Hear("\u{4}"), Say("N")], NotOffered, "no SSLRequest: it answers N"),
        (
            Protocol::Postgresql,
            vec![Hear("\u{4}"), Octets(b"E\0\0\0\x2cSFATAL\0C53300\0Msorry, too many clients\0\0".to_vec())],
            TurnedAway,
            "sorry, too many clients",
        ),
        (
            Protocol::Mysql,
            vec![Octets(b"\x1b\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xf7\xff\x02\0\xff".to_vec())],
            NotOffered,
            "CLIENT_SSL",
        ),
        (Protocol::Mysql, vec![Octets(b"\x17\0\0\0\xff\x10\x04Too many connections".to_vec())], TurnedAway, "Too many connections"),
    ] {
        let (outcome, words) = outcome(protocol, script).await;
        assert_eq!(outcome, wanted, "{protocol:?} {words}");
        assert!(words.contains(word), "{protocol:?} {words}");
    }
}

#[tokio::test]
async fn bad_peers_are_named_and_never_waited_for_beyond_the_limit() {
    use ProbeOutcome::{Closed, Silent, TimedOut, WrongProtocol};
    let text_protocols = [Protocol::Smtp, Protocol::Lmtp, Protocol::Imap, Protocol::Pop3, Protocol::Ftp, Protocol::Sieve];
    for protocol in text_protocols {
        for (script, wanted) in [
            (vec![Wait], Silent),
            (vec![], Closed),
            (vec![Say("SSH-2.0-OpenSSH\r\n"), Wait], WrongProtocol),
            (vec![Octets(vec![0, 255, 7, b'\n']), Wait], WrongProtocol),
            (vec![Forever("xxxxxxxxxxxxxxxx")], WrongProtocol),
            (vec![Slowly("220-")], TimedOut),
        ] {
            let shown = format!("{protocol:?} {script:?}");
            let report = probed(protocol, TlsMode::Starttls, SHORT, script).await;
            assert_eq!(report.outcome, wanted, "{shown} {report:?}");
            assert!(report.transcript.iter().all(|line| line.chars().count() < 210 && !line.contains(char::is_control)), "{report:?}");
        }
    }
    // Those without lines.
    for protocol in [Protocol::Xmpp, Protocol::Postgresql, Protocol::Mysql] {
        for (script, wanted) in [
            (vec![Wait], Silent),
            (vec![], Closed),
            (vec![Say("SSH-2.0-OpenSSH\r\n"), Wait], WrongProtocol),
            (vec![Octets(vec![0, 255, 7, b'\n', 9]), Wait], WrongProtocol),
            (vec![Forever("xxxxxxxxxxxxxxxx")], WrongProtocol),
        ] {
            let shown = format!("{protocol:?} {script:?}");
            let report = probed(protocol, TlsMode::Starttls, SHORT, script).await;
            assert_eq!(report.outcome, wanted, "{shown} {report:?}");
            assert!(report.transcript.iter().all(|line| line.chars().count() < 210 && !line.contains(char::is_control)), "{report:?}");
        }
    }
    for (protocol, script, wanted) in [
        (Protocol::Xmpp, vec![Forever("<a>")], WrongProtocol),
        (Protocol::Xmpp, vec![Say("<stream:stream><stream:features><!--"), Forever("xxxxxxxxxxxxxxxx")], WrongProtocol),
        (Protocol::Xmpp, vec![Say("<stream:stream>"), Slowly("<a>")], TimedOut),
        (Protocol::Postgresql, vec![Say("E\0\0\u{1}\0M"), Wait], TimedOut),
        (Protocol::Mysql, vec![Say("J\0\0\0\n8.0"), Wait], TimedOut),
    ] {
        let report = probed(protocol, TlsMode::Starttls, SHORT, script).await;
        assert_eq!(report.outcome, wanted, "{report:?}");
    }
    for protocol in [Protocol::Smtp, Protocol::Ftp] {
        let report = probed(protocol, TlsMode::Starttls, LIMIT, vec![Forever("220-and more\r\n")]).await;
        assert_eq!(report.outcome, WrongProtocol, "{report:?}");
    }
    let report = probed(Protocol::Ldap, TlsMode::Starttls, SHORT, vec![Wait]).await;
    assert_eq!(report.outcome, Silent);
    let report = probed(Protocol::Ldap, TlsMode::Starttls, SHORT, vec![Say("220 mail ESMTP\r\n"), Wait]).await;
    assert_eq!((report.outcome, report.words.contains("SMTP")), (WrongProtocol, true), "{report:?}");
}

#[tokio::test]
async fn plain_text_where_tls_should_begin_is_quoted_and_named() {
    for (first, name) in [("220 mail ESMTP\r\n", "SMTP"), ("* OK IMAP\r\n", "IMAP"), ("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP")] {
        let report = probed(Protocol::Http, TlsMode::Implicit, LIMIT, vec![Say(first), Wait]).await;
        assert_eq!(report.outcome, ProbeOutcome::WrongProtocol, "{report:?}");
        assert!(report.words.contains(name) && report.words.contains(first.trim_end()), "{report:?}");
    }
    let report = probed(Protocol::Http, TlsMode::Implicit, LIMIT, vec![]).await;
    assert_eq!(report.outcome, ProbeOutcome::Closed, "{report:?}");
    let report = probed(Protocol::Http, TlsMode::Implicit, SHORT, vec![Wait]).await;
    assert_eq!(report.outcome, ProbeOutcome::Silent, "{report:?}");
    let record = |rest: &[u8]| Octets([&[22, 3, 3, 0, 50][..], rest].concat());
    let report = probed(Protocol::Http, TlsMode::Implicit, SHORT, vec![record(&[]), Slowly("\u{2}")]).await;
    assert_eq!(report.outcome, ProbeOutcome::TimedOut, "{report:?}");
    let report = probed(Protocol::Http, TlsMode::Implicit, LIMIT, vec![record(&[7; 50]), Wait]).await;
    assert_eq!((report.outcome, report.alert), (ProbeOutcome::HandshakeFailed, None), "{}", report.words);
    let alert = vec![Octets(vec![21, 3, 3, 0, 2, 2, 40]), Wait];
    let report = probed(Protocol::Http, TlsMode::Implicit, LIMIT, alert).await;
    assert_eq!((report.outcome, report.alert.as_deref()), (ProbeOutcome::HandshakeFailed, Some("handshake_failure (40)")), "{report:?}");
}
