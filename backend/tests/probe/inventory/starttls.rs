//! STARTTLS before each question.

use std::net::SocketAddr;

use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::{Protocol, TlsMode};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::made;
use super::servers::{found, oracle};
use crate::server::Room;

/// A mail server whose TLS is another's.
async fn mail(behind: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                stream.write_all(b"220 mail.example.org\r\n").await?;
                while stream.read_line(&mut line).await? > 0 {
                    if line.starts_with("STARTTLS") {
                        stream.write_all(b"220 go\r\n").await?;
                        let mut other = TcpStream::connect(behind).await?;
                        tokio::io::copy_bidirectional(&mut stream, &mut other).await?;
                        break;
                    }
                    line.clear();
                    stream.write_all(b"250-mail.example.org\r\n250 STARTTLS\r\n").await?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    address
}

#[tokio::test]
async fn a_mail_server_is_asked_after_starttls() {
    let room = Room::new();
    room.pair("rsa", &["-newkey", "rsa:2048"]);
    let server = room.serve("rsa", &[]);
    let address = mail(server.address).await;
    let seen = made(NewProbe::at(address, Protocol::Smtp, TlsMode::Starttls)).await;
    assert!(seen.complete, "{seen:#?}");
    assert_eq!(found(&seen), oracle(server.address));
}
