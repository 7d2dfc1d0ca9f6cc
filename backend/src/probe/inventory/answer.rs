//! What a server answers to a ClientHello, read from octets: alert, ServerHello, HelloRetryRequest, and before TLS 1.3 the rest of its first
//! flight, which travels in clear.

use certdeck_shared::tls_suites;

use super::hello::{TLS13, extension};

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;

/// The random that makes a ServerHello a HelloRetryRequest (RFC 8446 section 4.1.3): SHA-256 of those words.
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
    0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// What has been read so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// More has to come. What is known by now, if a server that breaks off has said something.
    Partly(Option<Box<Flight>>),
    /// Everything that is said without an answer of ours.
    Whole(Box<Flight>),
    /// Refused, with the alert of this number.
    Refused(u8),
    /// This is no TLS.
    NotTls,
}

/// The first flight of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flight {
    pub version: u16,
    pub suite: u16,
    pub compression: u8,
    /// Whether it gave the session an identifier of its own.
    pub session_identifier: bool,
    /// Whether it wants another hello, with a share of `group`.
    pub retry: bool,
    /// The group of the key exchange.
    pub group: Option<u16>,
    /// Bits of the prime of finite-field Diffie-Hellman, when it is the server's own.
    pub dh_bits: Option<u32>,
    /// Number of the algorithm that the server signed its share with; TLS 1.2.
    pub signature: Option<u16>,
    /// Numbers of the extensions that it answered.
    pub extensions: Vec<u16>,
    /// The protocol that it chose.
    pub alpn: Option<String>,
    /// DER, in the order of the server.
    pub certificates: Vec<Vec<u8>>,
    /// Whether it asks for a certificate.
    pub certificate_requested: bool,
}

/// Reads what has arrived.
#[must_use]
pub fn read(received: &[u8]) -> Reading {
    let (mut rest, mut messages) = (received, Vec::new());
    while !rest.is_empty() {
        let (kind, after) = match *rest {
            [ALERT | HANDSHAKE] | [ALERT | HANDSHAKE, 3] | [ALERT | HANDSHAKE, 3, _] | [ALERT | HANDSHAKE, 3, _, _] => break,
            [kind @ (ALERT | HANDSHAKE), 3, _, ref after @ ..] => (kind, after),
            _ if messages.is_empty() => return Reading::NotTls,
            // Whatever else follows a ServerHello says nothing more.
            _ => break,
        };
        let mut after = after;
        let Some(content) = long(&mut after) else { break };
        rest = after;
        match (kind, content) {
            (HANDSHAKE, _) => messages.extend_from_slice(content),
            // A warning, such as that the name is not known (RFC 6066 section 3), does not end it; close_notify does.
            (_, [1, number]) if *number != 0 => continue,
            (_, [_, number, ..]) => {
                return flight(&messages).0.map_or(Reading::Refused(*number), |flight| Reading::Whole(Box::new(flight)));
            }
            _ => return Reading::NotTls,
        }
        if let (flight, true) = flight(&messages) {
            return flight.map_or(Reading::NotTls, |flight| Reading::Whole(Box::new(flight)));
        }
    }
    Reading::Partly(flight(&messages).0.map(Box::new))
}

/// The messages of a flight, and whether these are all of it. A first message that is no ServerHello, or one that cannot be read, is the end.
fn flight(messages: &[u8]) -> (Option<Flight>, bool) {
    let mut flight: Option<Flight> = None;
    let mut rest = messages;
    while let [kind, high, middle, low, after @ ..] = rest {
        let length = usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).unwrap_or(usize::MAX);
        let Some((body, next)) = after.split_at_checked(length) else {
            return (flight.clone(), flight.is_none() && *kind != SERVER_HELLO);
        };
        rest = next;
        match (&mut flight, *kind) {
            (None, SERVER_HELLO) => {
                let Some(hello) = server_hello(body) else { return (None, true) };
                if hello.version == TLS13 {
                    return (Some(hello), true);
                }
                flight = Some(hello);
            }
            (None, _) => return (None, true),
            (Some(flight), CERTIFICATE) => flight.certificates = certificates(body).unwrap_or_default(),
            (Some(flight), SERVER_KEY_EXCHANGE) => {
                key_exchange(body, flight);
            }
            (Some(flight), CERTIFICATE_REQUEST) => flight.certificate_requested = true,
            (Some(_), SERVER_HELLO_DONE) => return (flight, true),
            (Some(_), _) => {}
        }
    }
    (flight, false)
}

fn server_hello(mut body: &[u8]) -> Option<Flight> {
    let reader = &mut body;
    let mut flight = Flight { version: number(reader)?, ..Flight::default() };
    let random = take(reader, 32)?;
    flight.retry = random == RETRY;
    flight.session_identifier = !short(reader)?.is_empty();
    flight.suite = number(reader)?;
    flight.compression = *take(reader, 1)?.first()?;
    // Servers from before there were extensions end here.
    let mut extensions = if reader.is_empty() { &[][..] } else { long(reader)? };
    while !extensions.is_empty() {
        let (kind, mut content) = (number(&mut extensions)?, long(&mut extensions)?);
        flight.extensions.push(kind);
        match kind {
            extension::SUPPORTED_VERSIONS => flight.version = number(&mut content)?,
            extension::KEY_SHARE => flight.group = Some(number(&mut content)?),
            extension::ALPN => {
                let mut names = long(&mut content)?;
                flight.alpn = Some(String::from_utf8_lossy(short(&mut names)?).into_owned());
            }
            _ => {}
        }
    }
    Some(flight)
}

fn certificates(mut body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = longest(&mut body)?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        certificates.push(longest(&mut list)?.to_vec());
    }
    Some(certificates)
}

/// The server's share (RFC 5246 section 7.4.3, RFC 8422 section 5.4), after the hint that comes with a shared key (RFC 4279 section 2).
fn key_exchange(mut body: &[u8], flight: &mut Flight) -> Option<()> {
    let reader = &mut body;
    let parts = tls_suites::by_number(flight.suite)?.parts();
    if parts.authentication == "PSK" {
        long(reader)?;
    }
    match parts.key_exchange {
        "ECDHE" => {
            // Only named curves; nobody has the explicit ones.
            if take(reader, 1)? != [3] {
                return None;
            }
            flight.group = Some(number(reader)?);
            short(reader)?;
        }
        "DHE" => {
            let prime = long(reader)?;
            let first = prime.iter().position(|octet| *octet != 0)?;
            let significant = u32::try_from(prime.len() - first).ok()?;
            flight.dh_bits = Some(significant * 8 - prime.get(first)?.leading_zeros());
            long(reader)?;
            long(reader)?;
        }
        _ => return None,
    }
    if flight.version == super::hello::TLS12 && !matches!(parts.authentication, "none" | "PSK") {
        flight.signature = Some(number(reader)?);
    }
    Some(())
}

fn take<'a>(reader: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, rest) = reader.split_at_checked(count)?;
    *reader = rest;
    Some(taken)
}

fn number(reader: &mut &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(take(reader, 2)?.try_into().ok()?))
}

/// What has its length in one octet before it.
fn short<'a>(reader: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = usize::from(*take(reader, 1)?.first()?);
    take(reader, count)
}

/// In two octets.
fn long<'a>(reader: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = usize::from(number(reader)?);
    take(reader, count)
}

/// In three.
fn longest<'a>(reader: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [high, middle, low] = take(reader, 3)?.try_into().ok()?;
    take(reader, usize::try_from(u32::from_be_bytes([0, high, middle, low])).ok()?)
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
