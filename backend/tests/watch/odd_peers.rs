//! Peers that are slow, silent, close at once or never end: named for what they are, in time.

use certdeck::host::Clock;
use certdeck_shared::api::endpoint::{EndpointState, RungKind, RungState};
use certdeck_shared::api::service::{Protocol, TlsMode};

use crate::deck::{broken, console, endpoint, judged, rung};
use crate::peer::Act::{self, Forever, Hear, Octets, Say, Slowly, Wait};
use crate::peer::peer;

/// What a peer is, how it is asked, what it does, and how it is judged.
type Case = (&'static str, Protocol, TlsMode, Vec<Act>, EndpointState, RungKind);

#[tokio::test(flavor = "multi_thread")]
async fn odd_peers_are_broken_where_they_are_and_never_waited_for() {
    use EndpointState::{Broken, Down};
    use RungKind::{Handshake, Starttls};
    let smtp = |then: Act| vec![Say("220 x\r\n"), Hear("EHLO"), Say("250 STARTTLS\r\n"), Hear("STARTTLS"), then];
    let (after, first) = (TlsMode::Starttls, TlsMode::Implicit);
    let cases: Vec<Case> = vec![
        ("closes at once", Protocol::Smtp, after, vec![], Broken, Starttls),
        ("silent", Protocol::Smtp, after, vec![Wait], Down, Starttls),
        ("an endless banner", Protocol::Smtp, after, vec![Forever("220-and more\r\n")], Broken, Starttls),
        ("an endless line", Protocol::Imap, after, vec![Forever("xxxxxxxxxxxxxxxx")], Broken, Starttls),
        ("a slow banner", Protocol::Smtp, after, vec![Slowly("220-")], Down, Starttls),
        ("garbage", Protocol::Pop3, after, vec![Octets(vec![0, 255, 7, b'\n']), Wait], Broken, Starttls),
        ("another protocol", Protocol::Imap, after, vec![Say("SSH-2.0-OpenSSH\r\n"), Wait], Broken, Starttls),
        ("no STARTTLS", Protocol::Smtp, after, vec![Say("220 x\r\n"), Hear("EHLO"), Say("250 HELP\r\n"), Wait], Broken, Starttls),
        ("a key that cannot be read", Protocol::Smtp, after, smtp(Say("454 4.7.0 TLS not available\r\n")), Broken, Starttls),
        ("goes after STARTTLS", Protocol::Smtp, after, smtp(Say("220 go\r\n")), Broken, Handshake),
        ("nothing after STARTTLS", Protocol::Smtp, after, [smtp(Say("220 go\r\n")), vec![Wait]].concat(), Down, Handshake),
        ("closes at once, implicit", Protocol::Http, first, vec![], Broken, Handshake),
        ("silent, implicit", Protocol::Http, first, vec![Wait], Down, Handshake),
        ("plain text", Protocol::Http, first, vec![Say("HTTP/1.1 400 Bad Request\r\n\r\n"), Wait], Broken, Handshake),
        ("a slow handshake", Protocol::Http, first, vec![Octets(vec![22, 3, 3, 64, 0]), Slowly("\u{2}")], Down, Handshake),
        ("endless alerts", Protocol::Http, first, vec![Forever("\x15\x03\x03\0\x02\x01\x5a")], Broken, Handshake),
        ("endless requests for a hello", Protocol::Http, first, vec![Forever("\x16\x03\x03\0\x04\0\0\0\0")], Broken, Handshake),
        (
            "an endless message",
            Protocol::Http,
            first,
            vec![Octets(vec![22, 3, 3, 64, 0, 11, 255, 255, 255]), Forever("xxxx")],
            Broken,
            Handshake,
        ),
        ("garbage in a record", Protocol::Http, first, vec![Octets([&[22, 3, 3, 0, 50][..], &[7; 50]].concat()), Wait], Broken, Handshake),
    ];
    let (console, _room) = console(Clock::system()).await;
    // All at the same time: some take as long as they may.
    let mut looked = Vec::new();
    for (name, protocol, tls, script, state, kind) in cases {
        let (console, address) = (console.clone(), peer(script).await);
        looked.push(tokio::spawn(async move {
            let detail = judged(&console, endpoint(address, protocol, tls, None)).await;
            assert_eq!((detail.endpoint.state, broken(&detail)), (state, Some(kind)), "{name} {detail:#?}");
            let found = rung(&detail, kind);
            assert!(!found.words.is_empty() && found.words.ends_with(['.', '?']), "{name}: {found:?}");
            assert_eq!(rung(&detail, RungKind::Expected).state, RungState::Skipped, "{name}");
        }));
    }
    for one in looked {
        one.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_where_nobody_listens_is_down_at_the_ground() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (console, _room) = console(Clock::system()).await;
    let detail = judged(&console, endpoint(free, Protocol::Http, TlsMode::Implicit, None)).await;
    assert_eq!((detail.endpoint.state, broken(&detail)), (EndpointState::Down, Some(RungKind::Listening)), "{detail:#?}");
}
