//! The cipher suites of one version of the protocol.

use std::cmp::Reverse;

use certdeck_shared::api::inventory::{Offered, Preference, ProtocolVersion};
use certdeck_shared::tls_suites::groups::{Family, GROUPS};
use certdeck_shared::tls_suites::signatures::SIGNATURE_ALGORITHMS;
use certdeck_shared::tls_suites::{self, Suite};

use super::answer::Flight;
use super::ask::{Reply, Server};
use super::elimination::{Found, Kind};
use super::hello::{Hello, TLS13};
use crate::probe::alert;

/// The alert protocol_version (RFC 8446 section 6).
const PROTOCOL_VERSION: u8 = 70;
/// Alerts that refuse what is offered, rather than how: handshake_failure, protocol_version, insufficient_security.
const REFUSALS: [u8; 3] = [40, PROTOCOL_VERSION, 71];
/// X25519, whose shares are any 32 octets (RFC 7748 section 5).
const X25519: u16 = 29;

/// What was found of a version.
#[derive(Debug)]
pub(super) struct Version {
    pub(super) version: ProtocolVersion,
    pub(super) offered: Offered,
    /// Refused by closing the connection, which a server also does that answers to nothing.
    pub(super) closed: bool,
    pub(super) words: String,
    pub(super) preference: Option<Preference>,
    pub(super) found: Found,
    /// How its hellos are made.
    pub(super) form: Form,
}

/// How hellos of a version are made, for a server.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) number: u16,
    pub(super) server_name: Option<String>,
    /// A share has to come with the first hello: the server does not ask for one.
    pub(super) with_share: bool,
}

/// Its number on the wire.
pub(super) fn number(version: ProtocolVersion) -> u16 {
    match version {
        ProtocolVersion::Ssl20 => 0x0002,
        ProtocolVersion::Ssl30 => 0x0300,
        ProtocolVersion::Tls10 => 0x0301,
        ProtocolVersion::Tls11 => 0x0302,
        ProtocolVersion::Tls12 => 0x0303,
        ProtocolVersion::Tls13 => TLS13,
    }
}

/// The groups that a version knows. The finite-field ones stay out before TLS 1.3: a server that knows them would use them instead of its own
/// parameters (RFC 7919 section 4).
pub(super) fn groups(version: u16) -> Vec<u16> {
    let known = |family| match family {
        Family::Curve => true,
        Family::Curve13 | Family::FiniteField | Family::PostQuantum => version == TLS13,
    };
    let mut groups: Vec<u16> = GROUPS.iter().filter(|group| known(group.family)).map(|group| group.number).collect();
    // The usual ones first: a server that looks at the first few only has them.
    groups.sort_by_key(|group| !matches!(group, 23..=25 | 29 | 30 | 4_588));
    groups
}

/// The suites of TLS 1.3, or all others: some servers do not care which of the earlier versions a suite belongs to. The best first, as a client
/// would have them.
fn suites(version: u16) -> Vec<u16> {
    let mut known: Vec<&Suite> = tls_suites::all().iter().filter(|suite| suite.is_tls13() == (version == TLS13)).collect();
    known.sort_by_key(|suite| Reverse(suite.judgement().map_or(u8::MAX, |judgement| judgement.grade as u8)));
    known.iter().map(|suite| suite.number).collect()
}

impl Form {
    pub(super) fn hello(&self, suites: &[u16]) -> Hello {
        Hello {
            version: self.number,
            suites: suites.to_vec(),
            server_name: self.server_name.clone(),
            groups: groups(self.number),
            signature_algorithms: SIGNATURE_ALGORITHMS.iter().map(|algorithm| algorithm.number).collect(),
            share: self.with_share.then(|| (X25519, crate::host::randomness::bytes::<32>().to_vec())),
            ..Hello::default()
        }
    }

    /// Suites, as what is offered.
    fn kind(&self) -> Kind<impl Fn(&[u16]) -> Hello, impl Fn(&Flight) -> Option<u16>> {
        let version = self.number;
        Kind {
            hello: |suites: &[u16]| self.hello(suites),
            chosen: move |flight: &Flight| (flight.version == version).then_some(flight.suite),
        }
    }
}

/// Looks for a version and all its suites.
pub(super) async fn look(server: &Server<'_>, version: ProtocolVersion, server_name: Option<String>) -> Version {
    let mut form = Form { number: number(version), server_name, with_share: false };
    let all = suites(form.number);
    let mut first = server.ask(&form.hello(&all)).await;
    if form.number == TLS13 && !matches!(first, Reply::Taken(_) | Reply::Alert(PROTOCOL_VERSION)) {
        form.with_share = true;
        first = server.ask(&form.hello(&all)).await;
    }
    let mut seen =
        Version { version, offered: Offered::No, closed: false, words: String::new(), preference: None, found: Found::default(), form };
    let form = seen.form.clone();
    let kind = form.kind();
    match first {
        Reply::Taken(flight) if flight.version == seen.form.number && !all.contains(&flight.suite) => {
            seen.offered = Offered::Unknown;
            seen.words = format!("the server chooses {:#06x}, which nobody offered", flight.suite);
        }
        Reply::Taken(flight) if flight.version == seen.form.number => {
            (seen.preference, seen.found) = all_of(server, &kind, all, flight).await;
            seen.offered = Offered::Yes;
            seen.words = match seen.found.chosen.len() {
                1 => "taken, with one cipher suite".to_owned(),
                count => format!("taken, with {count} cipher suites"),
            };
        }
        Reply::Taken(flight) => seen.words = format!("refused: the server chooses {}", name(flight.version)),
        Reply::Alert(number) if REFUSALS.contains(&number) => seen.words = format!("refused with the alert {}", alert::described(number)),
        // A server may not bear so long a hello.
        Reply::Alert(_) | Reply::Closed | Reply::Unknown(_) => {
            let found = kind.in_parts(server, &all).await;
            let last = found.lost;
            let taken = !found.chosen.is_empty();
            (seen.preference, seen.found) = ordered(server, &kind, found).await;
            (seen.offered, seen.words) = match (taken, &first, last) {
                (true, ..) => (Offered::Yes, "taken, when few cipher suites are offered at a time".to_owned()),
                (false, _, Some(why)) => (Offered::Unknown, why.to_owned()),
                (false, Reply::Unknown(why), None) => (Offered::Unknown, (*why).to_owned()),
                (false, Reply::Alert(number), None) => (Offered::No, format!("refused with the alert {}", alert::described(*number))),
                (false, _, None) => (Offered::No, "the server closes the connection without a word".to_owned()),
            };
            seen.closed = seen.offered == Offered::No && matches!(first, Reply::Closed);
        }
    }
    seen
}

/// Every suite of a server that took this one, and whose order counts. Where it is the server's they are asked for one by one, which shows it;
/// else in parts at a time.
async fn all_of<H, C>(server: &Server<'_>, kind: &Kind<H, C>, all: Vec<u16>, first: Box<Flight>) -> (Option<Preference>, Found)
where
    H: Fn(&[u16]) -> Hello,
    C: Fn(&Flight) -> Option<u16>,
{
    let preference = preference(server, kind, &all).await;
    let mut found = match preference {
        Some(Preference::Server) => kind.one_by_one(server, all, &[]).await,
        _ => {
            let rest: Vec<u16> = all.into_iter().filter(|suite| *suite != first.suite).collect();
            let mut found = kind.in_parts(server, &rest).await;
            found.chosen.push((first.suite, first));
            found
        }
    };
    match found.chosen.len() {
        0 | 1 => (None, found),
        // Among so few there may be none that the order was seen by.
        2 | 3 => ordered(server, kind, found).await,
        _ => {
            if preference != Some(Preference::Server) {
                found.chosen.sort_by_key(|(number, _)| *number);
            }
            (preference, found)
        }
    }
}

/// Finds out whose order counts, and brings what was found into it.
async fn ordered<H, C>(server: &Server<'_>, kind: &Kind<H, C>, mut found: Found) -> (Option<Preference>, Found)
where
    H: Fn(&[u16]) -> Hello,
    C: Fn(&Flight) -> Option<u16>,
{
    found.chosen.sort_by_key(|(number, _)| *number);
    let preference = preference(server, kind, &found.numbers()).await;
    if preference == Some(Preference::Server) {
        let order = kind.one_by_one(server, found.numbers(), &[]).await.numbers();
        found.chosen.sort_by_key(|(number, _)| order.iter().position(|other| other == number));
    }
    (preference, found)
}

/// Whose order counts: the server's, if it chooses the same whichever way round these are offered. Nothing when it takes none or only one.
async fn preference<H, C>(server: &Server<'_>, kind: &Kind<H, C>, offer: &[u16]) -> Option<Preference>
where
    H: Fn(&[u16]) -> Hello,
    C: Fn(&Flight) -> Option<u16>,
{
    // OpenSSL can be told to give way to a client that has ChaCha20 in front, whatever its own order is.
    let gives_way = |number: &u16| tls_suites::by_number(*number).is_some_and(|suite| suite.name.contains("CHACHA20"));
    let steady: Vec<u16> = offer.iter().copied().filter(|number| !gives_way(number)).collect();
    let forward = if steady.len() < 2 { offer } else { steady.as_slice() };
    if forward.len() < 2 {
        return None;
    }
    let backward: Vec<u16> = forward.iter().rev().copied().collect();
    let (hello, other) = ((kind.hello)(forward), (kind.hello)(&backward));
    match futures::join!(server.ask(&hello), server.ask(&other)) {
        (Reply::Taken(one), Reply::Taken(two)) if one.suite == two.suite => Some(Preference::Server),
        (Reply::Taken(_), Reply::Taken(_)) => Some(Preference::Client),
        _ => None,
    }
}

/// The name of a version that a server chose.
fn name(version: u16) -> String {
    let known = ProtocolVersion::ALL.into_iter().find(|known| number(*known) == version);
    known.map_or_else(|| format!("version {version:#06x}"), |known| known.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_offers_what_it_knows() {
        assert_eq!(suites(TLS13).len(), 15);
        assert_eq!(suites(0x0303).len(), tls_suites::all().len() - 15);
        assert_eq!(tls_suites::by_number(suites(0x0303)[0]).unwrap().judgement(), None, "the best first");
        assert_eq!(groups(0x0303).iter().filter(|group| **group > 40).count(), 0);
        assert!(groups(TLS13).contains(&4_588) && groups(TLS13).contains(&256));
    }
}
