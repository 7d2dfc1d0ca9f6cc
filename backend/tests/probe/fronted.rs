//! `openssl s_server` behind a peer that says first what a service says before TLS. That the peer speaks as the service does is shown by
//! `openssl s_client`, which knows these protocols by itself.

use std::net::SocketAddr;
use std::process::Stdio;

use certdeck::probe::probe;
use certdeck_shared::api::probe::{NewProbe, ProbeOutcome};
use certdeck_shared::api::service::{Protocol, TlsMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{LIMIT, Room};

/// What is said, and heard after it; the last is heard to its end before TLS begins.
type Dialogue = &'static [(&'static [u8], &'static str)];

const FEATURES: &[u8] =
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' \
    from='chat.example.org' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
const PROCEED: &[u8] = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
/// As MySQL 8.0 greets: version, number of the connection, salt, capabilities with CLIENT_SSL, utf8mb4, status, the rest of the salt, method.
const GREETING: &[u8] = b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0\
    caching_sha2_password\0";

/// A peer that speaks before it hands a connection to a server.
async fn fronted(dialogue: Dialogue, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut heard = Vec::new();
                for (say, hear) in dialogue {
                    while !String::from_utf8_lossy(&heard).contains(hear) {
                        if client.read_buf(&mut heard).await.unwrap() == 0 {
                            return;
                        }
                    }
                    heard.clear();
                    client.write_all(say).await.unwrap();
                }
                // MySQL's request comes before the ClientHello and is no part of it: a head of four octets, and what that says.
                if dialogue.iter().any(|(say, _)| *say == GREETING) {
                    let mut request = [0; 36];
                    client.read_exact(&mut request).await.unwrap();
                    assert_eq!(&request[..4], [32, 0, 0, 1]);
                    assert_eq!(request[5] & 0x08, 0x08, "CLIENT_SSL");
                }
                let mut server = TcpStream::connect(server).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

/// SHA-256 of the leaf as `openssl s_client -starttls` gets it.
async fn oracle(address: SocketAddr, starttls: &str) -> String {
    let line =
        format!("openssl s_client -connect {address} -starttls {starttls} </dev/null 2>&1 | openssl x509 -noout -fingerprint -sha256");
    let output = tokio::process::Command::new("sh").args(["-c", &line]).stdin(Stdio::null()).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_talks_before_tls_in_its_own_way_is_asked_in_it() {
    let room = Room::new();
    room.ec("fronted");
    let server = room.serve("fronted", &[]);
    let cases: [(Protocol, &str, Dialogue); 3] = [
        (Protocol::Xmpp, "xmpp", &[(FEATURES, "version='1.0'>"), (PROCEED, "<starttls")]),
        (Protocol::Postgresql, "postgres", &[(b"S", "\u{4}")]),
        (Protocol::Mysql, "mysql", &[(GREETING, "")]),
    ];
    for (protocol, starttls, dialogue) in cases {
        let address = fronted(dialogue, server.address).await;
        assert_eq!(oracle(address, starttls).await, room.fingerprint("fronted"), "{protocol:?}: the peer speaks otherwise");
        let report = probe(&NewProbe::at(address, protocol, TlsMode::Starttls), LIMIT).await;
        assert_eq!(report.outcome, ProbeOutcome::Served, "{protocol:?} {report:?}");
        assert_eq!(report.leaf().unwrap().fingerprint_sha256, room.fingerprint("fronted"), "{protocol:?}");
        assert!(report.transcript.len() >= 2, "{report:?}");
    }
}
