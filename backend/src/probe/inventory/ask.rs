//! Questions to a server: a connection for each, a few at a time, none for longer than it may take.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::TlsMode;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::Course;
use super::answer::{self, Flight, Reading};
use super::hello::Hello;
use super::ssl2;
use crate::host::randomness;
use crate::probe::starttls;
use crate::probe::wire::{Break, Wire};

/// Most octets of an answer: chains of a dozen long certificates are shorter.
const LONGEST_ANSWER: usize = 256 * 1_024;

/// After so many questions without an answer the server is left alone.
const MOST_SILENCES: u32 = 3;

/// What a server makes of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// It takes it, and this is its first flight.
    Taken(Box<Flight>),
    /// It refuses with an alert.
    Alert(u8),
    /// It closes the connection without a word.
    Closed,
    /// Nobody knows: why, as a part of a sentence.
    Unknown(&'static str),
}

/// A server that is asked.
pub(super) struct Server<'a> {
    pub(super) target: &'a NewProbe,
    pub(super) address: SocketAddr,
    pub(super) course: &'a dyn Course,
    /// When the time of the whole is over.
    pub(super) deadline: Instant,
    /// The longest that one question may take.
    pub(super) patience: Duration,
    /// How many may be asked at a time.
    pub(super) places: Semaphore,
    pub(super) connections: AtomicU32,
    pub(super) silences: AtomicU32,
}

impl Server<'_> {
    /// Asks once, and once more when there is no answer: a server may have had too much to do.
    pub(super) async fn ask(&self, hello: &Hello) -> Reply {
        let mut hello = hello.clone();
        hello.random = randomness::bytes();
        let octets = hello.octets();
        for last in [false, true] {
            let reply = self.connected(&octets, judge).await;
            match reply {
                Reply::Closed | Reply::Unknown(_) if !last => {}
                Reply::Unknown(_) => {
                    self.silences.fetch_add(1, Ordering::Relaxed);
                    return reply;
                }
                _ => return reply,
            }
        }
        Reply::Closed
    }

    /// The ciphers of SSL 2.0, if the server speaks it.
    pub(super) async fn ask_ssl2(&self) -> Result<Vec<u32>, Reply> {
        let hello = ssl2::hello(randomness::bytes());
        let ciphers = self.connected(&hello, |received, broken| match (ssl2::read(received), broken) {
            (ssl2::Answer::Partly, None) => None,
            (ssl2::Answer::Ciphers(ciphers), _) => Some(Ok(ciphers)),
            _ => Some(Err(judge(received, broken.or(Some(&Break::Closed))).unwrap_or(Reply::Closed))),
        });
        ciphers.await
    }

    /// A connection, a question, and what `judged` makes of everything that has arrived by then; it is asked a last time when no more comes.
    async fn connected<T: From<Lost>>(&self, octets: &[u8], judged: impl Fn(&[u8], Option<&Break>) -> Option<T>) -> T {
        let Ok(_place) = self.places.acquire().await else { return Lost("nobody may ask").into() };
        if self.course.stopped() {
            return Lost("it was stopped").into();
        }
        if self.silences.load(Ordering::Relaxed) >= MOST_SILENCES {
            return Lost("the server has stopped answering").into();
        }
        let now = Instant::now();
        if now >= self.deadline {
            return Lost("the time was over").into();
        }
        let until = self.deadline.min(now + self.patience);
        self.connections.fetch_add(1, Ordering::Relaxed);
        let Ok(mut wire) = Wire::connect(self.address, until, until).await else {
            return Lost("the server takes no connection any more").into();
        };
        if self.target.tls == TlsMode::Starttls && starttls::begin(self.target, &mut wire, &mut Vec::new()).await.is_err() {
            return Lost("the server does not begin TLS any more").into();
        }
        wire.send(octets).await;
        loop {
            let broken = wire.fill().await.err();
            if let Some(answer) = judged(&wire.input, broken.as_ref()) {
                return answer;
            }
            if broken.is_some() || wire.input.len() > LONGEST_ANSWER {
                return Lost("its answer cannot be read").into();
            }
        }
    }
}

/// A question that came to nothing, and why.
struct Lost(&'static str);

impl From<Lost> for Reply {
    fn from(lost: Lost) -> Self {
        Self::Unknown(lost.0)
    }
}

impl From<Lost> for Result<Vec<u32>, Reply> {
    fn from(lost: Lost) -> Self {
        Err(lost.into())
    }
}

/// What is to be thought of everything that has arrived; nothing while more may come.
fn judge(received: &[u8], broken: Option<&Break>) -> Option<Reply> {
    if received.is_empty() {
        return broken.map(|broken| match broken {
            Break::Closed => Reply::Closed,
            _ => Reply::Unknown("the server says nothing"),
        });
    }
    match (answer::read(received), broken) {
        (Reading::Whole(flight), _) => Some(Reply::Taken(flight)),
        (Reading::Refused(alert), _) => Some(Reply::Alert(alert)),
        (Reading::NotTls, _) => Some(Reply::Unknown("the server says what is no TLS")),
        (Reading::Partly(_), None) => None,
        // It has chosen, and that is what was asked.
        (Reading::Partly(Some(flight)), Some(_)) => Some(Reply::Taken(flight)),
        (Reading::Partly(None), Some(Break::Closed)) => Some(Reply::Closed),
        (Reading::Partly(None), Some(_)) => Some(Reply::Unknown("the answer of the server does not come to its end")),
    }
}
