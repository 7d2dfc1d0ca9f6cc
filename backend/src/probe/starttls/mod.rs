//! What is said before TLS begins in the middle of a conversation: one file for each protocol.

mod ftp;
mod imap;
mod ldap;
mod ldap_message;
mod mysql;
mod pop3;
mod postgresql;
pub(super) mod reply;
mod sieve;
mod smtp;
mod talk;
mod xmpp;

use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::Protocol;

use super::wire::{Break, Wire};
use talk::Talk;

/// Why TLS does not begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The connection gave no more where this had to come: `greeting`, `answer to STARTTLS`.
    Broke(Break, &'static str),
    /// The service wants to talk to nobody; its words.
    TurnedAway(String),
    /// It has no STARTTLS; how it said so.
    NotOffered(String),
    /// It has, and it does not work; its words.
    Broken(String),
    /// Something else is spoken there; what came first.
    WrongProtocol(String),
}

/// Talks until the server is ready for a ClientHello. What was said is added to the transcript.
pub(super) async fn begin(target: &NewProbe, wire: &mut Wire, transcript: &mut Vec<String>) -> Result<(), Stop> {
    let mut talk = Talk::new(wire, transcript);
    match target.protocol {
        Protocol::Smtp => smtp::begin(&mut talk, "EHLO").await,
        Protocol::Lmtp => smtp::begin(&mut talk, "LHLO").await,
        Protocol::Imap => imap::begin(&mut talk).await,
        Protocol::Pop3 => pop3::begin(&mut talk).await,
        Protocol::Sieve => sieve::begin(&mut talk).await,
        Protocol::Ftp => ftp::begin(&mut talk).await,
        Protocol::Ldap => ldap::begin(&mut talk).await,
        Protocol::Xmpp => xmpp::begin(&mut talk, target.server_name.as_deref().unwrap_or(&target.host)).await,
        Protocol::Postgresql => postgresql::begin(&mut talk).await,
        Protocol::Mysql => mysql::begin(&mut talk).await,
        Protocol::Http | Protocol::Sip | Protocol::Other => Err(Stop::NotOffered("the protocol has none".to_owned())),
    }
}
