//! A peer that follows a script, once.

use std::net::SocketAddr;
use std::time::Duration;

use certdeck::probe::probe;
use certdeck_shared::api::probe::{NewProbe, ProbeReport};
use certdeck_shared::api::service::{Protocol, TlsMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// What a peer does next.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says this in one packet.
    Say(&'static str),
    /// Says it one octet at a time.
    Drip(&'static str),
    /// Says octets.
    Octets(Vec<u8>),
    /// Waits until a line has come that contains this.
    Hear(&'static str),
    /// Says it again and again until nobody listens.
    Forever(&'static str),
    /// Says an octet now and then, until nobody listens.
    Slowly(&'static str),
    /// Keeps quiet until the other side goes.
    Wait,
}

use Act::{Drip, Forever, Hear, Octets, Say, Slowly, Wait};

/// A peer for one connection; the script over, it closes.
pub async fn peer(script: Vec<Act>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        for act in script {
            let gone = match act {
                Say(text) => stream.write_all(text.as_bytes()).await.is_err(),
                Octets(octets) => stream.write_all(&octets).await.is_err(),
                Drip(text) => {
                    stream.set_nodelay(true).unwrap();
                    for octet in text.as_bytes() {
                        let _ = stream.write_all(&[*octet]).await;
                        tokio::task::yield_now().await;
                    }
                    false
                }
                Forever(text) => {
                    while stream.write_all(text.as_bytes()).await.is_ok() {}
                    true
                }
                Slowly(text) => {
                    for octet in text.as_bytes().iter().cycle() {
                        if stream.write_all(&[*octet]).await.is_err() {
                            break;
                        }
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    true
                }
                Wait => {
                    while stream.read_buf(&mut heard).await.is_ok_and(|length| length > 0) {}
                    true
                }
                Hear(text) => loop {
                    if String::from_utf8_lossy(&heard).contains(text) {
                        heard.clear();
                        break false;
                    }
                    if !stream.read_buf(&mut heard).await.is_ok_and(|length| length > 0) {
                        break true;
                    }
                },
            };
            if gone {
                break;
            }
        }
    });
    address
}

/// Probes a peer with this script, for no longer than this.
pub async fn probed(protocol: Protocol, tls: TlsMode, limit: Duration, script: Vec<Act>) -> ProbeReport {
    let address = peer(script).await;
    let started = std::time::Instant::now();
    let report = probe(&NewProbe::at(address, protocol, tls), limit).await;
    assert!(started.elapsed() < limit + Duration::from_secs(1), "{report:?}");
    report
}
