//! Servers that no library is: of versions that OpenSSL gave up, and such as do not do what they should. None of them keeps an inventory longer
//! than its limit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use certdeck::probe::anywhere;
use certdeck::probe::inventory::{Course, Limits, inventory};
use certdeck_shared::api::inventory::{ComparedProfile, Inventory, NewInventory, Offered, Preference, ProtocolVersion};
use certdeck_shared::api::probe::{NewProbe, ProbeOutcome};
use certdeck_shared::api::service::{Protocol, TlsMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{codes, suites};

const SHORT: Limits = Limits { time: Duration::from_secs(3), patience: Duration::from_millis(200), connections: 8 };

/// What a server does with a hello, given by its octets; it closes afterwards.
type Manner = Arc<dyn Fn(Vec<u8>) -> Vec<Vec<u8>> + Send + Sync>;

/// A server with this manner: what it says, with a pause after each piece.
async fn serve(pause: Duration, manner: Manner) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let manner = Arc::clone(&manner);
            tokio::spawn(answer(stream, pause, manner));
        }
    });
    address
}

async fn answer(mut stream: TcpStream, pause: Duration, manner: Manner) -> std::io::Result<()> {
    let mut hello = vec![0; 4_096];
    let length = stream.read(&mut hello).await?;
    hello.truncate(length);
    for piece in manner(hello) {
        stream.write_all(&piece).await?;
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

async fn looked_at(address: SocketAddr) -> Inventory {
    let new = NewInventory::of(NewProbe::at(address, Protocol::Other, TlsMode::Implicit), ComparedProfile::Intermediate);
    let started = Instant::now();
    let made = inventory(&new, &anywhere, SHORT, &()).await;
    assert!(started.elapsed() < SHORT.time + Duration::from_secs(1), "{:?} {made:#?}", started.elapsed());
    made
}

/// A hello's version and suites, read from where RFC 6101 has them.
fn offered(hello: &[u8]) -> (u16, Vec<u16>) {
    let number = |place: usize| u16::from_be_bytes([hello[place], hello[place + 1]]);
    let suites = 44 + usize::from(hello[43]);
    (number(9), (0..usize::from(number(suites)) / 2).map(|place| number(suites + 2 + 2 * place)).collect())
}

fn server_hello(version: u16, suite: u16) -> Vec<u8> {
    let body = [&version.to_be_bytes()[..], &[7; 32], &[0], &suite.to_be_bytes(), &[0]].concat();
    let length = u8::try_from(body.len()).unwrap();
    let done = [14, 0, 0, 0];
    [&[22, 3, 0, 0, length + 8, 2, 0, 0, length][..], &body, &done].concat()
}

const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 0, 0, 2, 2, 40];

#[tokio::test]
async fn ssl_3_and_2_are_found() {
    let own = [0x0005, 0x000A, 0x0003];
    let manner = move |hello: Vec<u8>| {
        if hello[0] & 0x80 != 0 {
            let message = [4, 0, 1, 0, 2, 0, 0, 0, 6, 0, 0, 1, 0, 0x80, 7, 0, 0xC0];
            return vec![[&[0x80, 17][..], &message].concat()];
        }
        let (version, suites) = offered(&hello);
        match own.iter().find(|suite| suites.contains(suite)) {
            Some(suite) if version == 0x0300 => vec![server_hello(0x0300, *suite)],
            _ => vec![HANDSHAKE_FAILURE.to_vec()],
        }
    };
    let made = looked_at(serve(Duration::ZERO, Arc::new(manner)).await).await;
    assert_eq!(made.versions().collect::<Vec<_>>(), [ProtocolVersion::Ssl30, ProtocolVersion::Ssl20]);
    let old = made.protocol(ProtocolVersion::Ssl30).unwrap();
    assert_eq!(old.preference, Some(Preference::Server));
    let names = ["TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_EXPORT_WITH_RC4_40_MD5"];
    assert_eq!(suites(&made, ProtocolVersion::Ssl30), names);
    assert_eq!(suites(&made, ProtocolVersion::Ssl20), ["SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"]);
    for code in ["ssl-2", "ssl-3", "rc4", "export", "small-blocks", "no-current-version"] {
        assert!(codes(&made).contains(&code), "{code} {:#?}", made.findings);
    }
    assert!(made.complete, "{made:#?}");
}

#[tokio::test]
async fn who_does_not_answer_is_unknown_and_soon_left_alone() {
    let hello = || server_hello(0x0303, 0xC02F);
    let long = |count: usize| (0..count).map(|_| vec![22, 3, 3, 0, 1, 2]).collect::<Vec<_>>();
    let asked = AtomicU32::new(0);
    // The plain probe asks twice; then nothing more is said.
    let tired =
        move |_: Vec<u8>| if asked.fetch_add(1, Ordering::Relaxed) < 2 { vec![HANDSHAKE_FAILURE.to_vec()] } else { vec![Vec::new()] };
    let manners: [(&str, Duration, Manner); 8] = [
        ("tired", Duration::from_secs(60), Arc::new(tired)),
        ("silent", Duration::from_secs(60), Arc::new(|_| vec![Vec::new()])),
        ("closing", Duration::ZERO, Arc::new(|_| Vec::new())),
        ("garbage", Duration::ZERO, Arc::new(|_| vec![b"\x16\x03\x03garbage of no use, and more of it".to_vec()])),
        ("text", Duration::ZERO, Arc::new(|_| vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()])),
        ("dripping", Duration::from_millis(50), Arc::new(move |_| hello().into_iter().map(|octet| vec![octet]).collect())),
        ("endless", Duration::ZERO, Arc::new(|_| vec![vec![22; 65_536]; 64])),
        ("in pieces without end", Duration::from_millis(1), Arc::new(move |_| long(10_000))),
    ];
    for (name, pause, manner) in manners {
        let made = looked_at(serve(pause, manner).await).await;
        let any = made.protocols.iter().any(|protocol| protocol.offered == Offered::Yes);
        assert!(!any && !made.complete && made.findings.is_empty(), "{name} {made:#?}");
        assert!(
            made.protocols.iter().all(|protocol| protocol.version == ProtocolVersion::Ssl20 || protocol.offered == Offered::Unknown),
            "{name} {made:#?}"
        );
        assert_ne!(made.outcome, ProbeOutcome::Served);
    }
}

#[tokio::test]
async fn who_takes_what_nobody_offers_is_not_asked_for_ever() {
    // One suite whatever is offered, another version than was asked for, and a suite that nobody knows.
    for (version, suite) in [(0x0303, 0xC02F), (0x0301, 0x002F), (0x0303, 0xABCD), (0x0399, 0xC02F)] {
        let made = looked_at(serve(Duration::ZERO, Arc::new(move |_| vec![server_hello(version, suite)])).await).await;
        let found: Vec<&str> = made.protocols.iter().flat_map(|protocol| &protocol.suites).map(|suite| suite.name.as_str()).collect();
        assert!(found.len() <= 1, "{version:#x} {suite:#x} {found:?}");
        assert!(made.connections < 100, "{}", made.connections);
    }
}

#[tokio::test]
async fn a_server_that_bears_no_long_hello_is_asked_in_parts() {
    let own = [0x002F, 0x0035];
    let manner = move |hello: Vec<u8>| {
        if hello.len() > 400 || hello[0] & 0x80 != 0 {
            return Vec::new();
        }
        let (version, suites) = offered(&hello);
        match own.iter().find(|suite| suites.contains(suite)) {
            Some(suite) if version == 0x0301 => vec![server_hello(0x0301, *suite)],
            _ => vec![HANDSHAKE_FAILURE.to_vec()],
        }
    };
    let made = looked_at(serve(Duration::ZERO, Arc::new(manner)).await).await;
    assert_eq!(suites(&made, ProtocolVersion::Tls10), ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA"], "{made:#?}");
}

/// Somebody who has seen enough.
struct Impatient;

impl Course for Impatient {
    fn done(&self, _steps: u64, _words: &str) {}
    fn stopped(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn nothing_more_is_asked_once_it_is_stopped() {
    let address = serve(Duration::ZERO, Arc::new(|_| vec![HANDSHAKE_FAILURE.to_vec()])).await;
    let new = NewInventory::of(NewProbe::at(address, Protocol::Other, TlsMode::Implicit), ComparedProfile::Modern);
    let made = inventory(&new, &anywhere, SHORT, &Impatient).await;
    assert!(made.connections <= 1 && !made.complete, "{made:#?}");
}

#[tokio::test]
async fn where_nobody_listens_there_is_nothing_to_ask() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let made = looked_at(address).await;
    assert_eq!((made.outcome, made.protocols.len(), made.complete), (ProbeOutcome::Refused, 0, false));
}
