//! A receiver of webhooks that does everything a receiver can do wrong.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::pkey::PKey;
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::X509;

use crate::pki::{Pair, Pki};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Takes a message and says so.
    Takes,
    /// Answers with status 500.
    Fails,
    /// Leads elsewhere.
    Redirects,
    /// Takes no connection further than its beginning.
    Closes,
    /// Shows a certificate of another CA.
    OtherCertificate,
    /// Takes a message and goes away without a word.
    TakesAndCloses,
    /// Reads a message and says nothing.
    Silent,
}

/// A message that was read to its end.
#[derive(Debug, Clone)]
pub struct Received {
    /// How the receiver behaved then.
    pub manner: Manner,
    /// The header field `Certdeck-Signature`.
    pub signature: String,
    /// The header field `Certdeck-Delivery`.
    pub delivery: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A receiver that listens at 127.0.0.1 until the test program ends.
pub struct Receiver {
    /// Its address.
    pub url: String,
    /// PEM of the CA that signed its certificate.
    pub ca: String,
    manner: Arc<Mutex<Manner>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// Starts one.
    pub fn start() -> Self {
        let (pki, other) = (Pki::new(), Pki::new());
        let (pair, stranger) = (pki.pair("localhost"), other.pair("localhost"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("https://localhost:{}/hook", listener.local_addr().unwrap().port());
        let (manner, received) = (Arc::new(Mutex::new(Manner::Takes)), Arc::new(Mutex::new(Vec::new())));
        let (now, kept) = (Arc::clone(&manner), Arc::clone(&received));
        let acceptors = [acceptor(&pair), acceptor(&stranger)];
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (manner, kept) = (*now.lock().unwrap(), Arc::clone(&kept));
                let acceptor = acceptors[usize::from(manner == Manner::OtherCertificate)].clone();
                std::thread::spawn(move || serve(stream, &acceptor, manner, &kept));
            }
        });
        Self { url, ca: pair.root_file(), manner, received }
    }

    /// From the next connection on it behaves so.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What it has read so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The messages that it took, each once however often it came.
    pub fn taken(&self) -> Vec<Received> {
        let mut taken: Vec<Received> = Vec::new();
        for one in self.received().into_iter().filter(|one| matches!(one.manner, Manner::Takes | Manner::TakesAndCloses)) {
            if !taken.iter().any(|known| known.delivery == one.delivery) {
                taken.push(one);
            }
        }
        taken
    }
}

fn acceptor(pair: &Pair) -> SslAcceptor {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    let mut chain = X509::stack_from_pem(pair.certificate_file().as_bytes()).unwrap().into_iter();
    builder.set_certificate(&chain.next().unwrap()).unwrap();
    chain.for_each(|certificate| builder.add_extra_chain_cert(certificate).unwrap());
    builder.set_private_key(&PKey::private_key_from_pem(pair.key_file().as_bytes()).unwrap()).unwrap();
    builder.build()
}

fn serve(stream: TcpStream, acceptor: &SslAcceptor, manner: Manner, kept: &Mutex<Vec<Received>>) {
    if manner == Manner::Closes {
        return;
    }
    // A console that is killed in between leaves half a message, which is none.
    let Ok(mut stream) = acceptor.accept(stream) else { return };
    let Some(received) = read(&mut stream, manner) else { return };
    kept.lock().unwrap().push(received);
    let answer = match manner {
        Manner::Takes => "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nthanks",
        Manner::Fails => "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\nconnection: close\r\n\r\nsorry",
        Manner::Redirects => {
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://localhost:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        }
        Manner::Silent => {
            std::thread::sleep(Duration::from_secs(60));
            return;
        }
        Manner::Closes | Manner::OtherCertificate | Manner::TakesAndCloses => return,
    };
    if stream.write_all(answer.as_bytes()).is_ok() {
        stream.shutdown().ok();
    }
}

fn read(stream: &mut impl std::io::Read, manner: Manner) -> Option<Received> {
    let mut text = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(end) = text.windows(4).position(|part| part == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&text[..end]).into_owned();
            let field = |name: &str| {
                let found = head.lines().find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)));
                found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
            };
            let length: usize = field("content-length").parse().ok()?;
            let body = &text[end + 4..];
            if body.len() >= length {
                assert_eq!(field("content-type"), "application/json");
                let (signature, delivery) = (field("certdeck-signature"), field("certdeck-delivery"));
                return Some(Received { manner, signature, delivery, body: body[..length].to_vec() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(length @ 1..) => text.extend_from_slice(&buffer[..length]),
            _ => return None,
        }
    }
}
