//! What else is asked of the best version before TLS 1.3, where the flight is in clear, and the groups of both.

use certdeck_shared::api::inventory::{InventoryFeatures, Offered, ProtocolVersion};
use certdeck_shared::api::service::Protocol;
use certdeck_shared::tls_suites::signatures::{self, SIGNATURE_ALGORITHMS};
use certdeck_shared::tls_suites::{self, Parts};

use super::answer::Flight;
use super::ask::{Reply, Server};
use super::elimination::{Found, Kind};
use super::hello::{FALLBACK_SIGNAL, Hello, TLS12, TLS13, extension};
use super::versions::{Form, Version, groups, number};

/// The alert inappropriate_fallback (RFC 7507).
const INAPPROPRIATE_FALLBACK: u8 = 86;

/// A group, and a version that it is taken in.
pub(super) type GroupIn = (u16, ProtocolVersion);

fn parts(suite: u16) -> Option<Parts> {
    tls_suites::by_number(suite).map(tls_suites::Suite::parts)
}

/// The suites that were found of a version, as far as this is true of them.
fn having(version: &Version, condition: impl Fn(&Parts) -> bool) -> Vec<u16> {
    version.found.numbers().into_iter().filter(|suite| parts(*suite).is_some_and(|parts| condition(&parts))).collect()
}

/// The groups of a version, in the order in which the server chooses them.
pub(super) async fn groups_of(server: &Server<'_>, version: &Version) -> Found {
    let suites = having(version, |parts| matches!(parts.key_exchange, "ECDHE" | "any"));
    let known = version.form.number;
    if suites.is_empty() {
        return Found::default();
    }
    let kind = Kind {
        hello: |groups: &[u16]| Hello { groups: groups.to_vec(), ..version.form.hello(&suites) },
        chosen: |flight: &Flight| flight.group.filter(|_| flight.version == known),
    };
    let mut found = kind.one_by_one(server, groups(known), &[]).await;
    let signed_by_curve = !having(version, |parts| parts.authentication == "ECDSA").is_empty();
    if known != TLS13 && signed_by_curve && found.lost.is_none() {
        // Before TLS 1.3 a client has to know the curve of the certificate, too (RFC 8422 section 5.1): the rest is asked for beside those.
        let rest = groups(known).into_iter().filter(|group| !found.numbers().contains(group)).collect();
        let more = kind.one_by_one(server, rest, &found.numbers()).await;
        found.chosen.extend(more.chosen);
        found.lost = more.lost;
    }
    found
}

/// The signature algorithms of TLS 1.2, in the order in which the server chooses them.
pub(super) async fn signatures_of(server: &Server<'_>, version: &Version) -> Found {
    let suites = having(version, |parts| parts.forward_secrecy && !matches!(parts.authentication, "none" | "PSK"));
    if version.form.number != TLS12 || suites.is_empty() {
        return Found::default();
    }
    let kind = Kind {
        hello: |algorithms: &[u16]| Hello { signature_algorithms: algorithms.to_vec(), ..version.form.hello(&suites) },
        chosen: |flight: &Flight| flight.signature,
    };
    kind.one_by_one(server, SIGNATURE_ALGORITHMS.iter().map(|algorithm| algorithm.number).collect(), &[]).await
}

/// The best version before TLS 1.3 that is taken.
pub(super) fn in_clear(versions: &[Version]) -> Option<&Version> {
    let clear = versions.iter().filter(|version| version.offered == Offered::Yes && version.form.number < TLS13);
    clear.filter(|version| version.version != ProtocolVersion::Ssl20).max_by_key(|version| version.version)
}

/// What extensions and the rest of a flight show.
pub(super) async fn features(server: &Server<'_>, versions: &[Version]) -> InventoryFeatures {
    let mut features = InventoryFeatures::default();
    let Some(version) = in_clear(versions) else { return features };
    let suites = version.found.numbers();
    let asking = |suites: &[u16]| Hello {
        compression: true,
        alpn: names(server.target.protocol).to_vec(),
        asking: true,
        ..version.form.hello(suites)
    };
    let chained = having(version, |parts| parts.cipher.ends_with("CBC"));
    let (all, chained_hello) = (asking(&suites), asking(&chained));
    let encrypted_then = async {
        match chained.is_empty() {
            true => None,
            false => taken(server.ask(&chained_hello).await).map(|flight| flight.extensions.contains(&extension::ENCRYPT_THEN_MAC)),
        }
    };
    let (flight, encrypt_then_mac, fallback, signatures) =
        futures::join!(server.ask(&all), encrypted_then, fallback_protection(server, versions), signatures_of(server, version));
    features.fallback_protection = fallback;
    features.dh_bits = version.found.chosen.iter().filter_map(|(_, flight)| flight.dh_bits).min();
    features.signature_algorithms = signatures
        .numbers()
        .into_iter()
        .map(|number| signatures::by_number(number).map_or_else(|| format!("{number:#06x}"), |known| known.name.to_owned()))
        .collect();
    let Some(flight) = taken(flight) else { return features };
    let extended = version.form.number > super::hello::SSL30;
    let has = |number| extended.then(|| flight.extensions.contains(&number));
    features.session_tickets = has(extension::SESSION_TICKET);
    features.session_identifier = Some(flight.session_identifier);
    features.secure_renegotiation = has(extension::RENEGOTIATION);
    features.compression = Some(flight.compression != 0);
    features.extended_master_secret = has(extension::EXTENDED_MASTER_SECRET);
    features.encrypt_then_mac = encrypt_then_mac.filter(|_| extended);
    features.ocsp_stapling = has(extension::STATUS_REQUEST);
    features.heartbeat = has(extension::HEARTBEAT);
    features.alpn.clone_from(&flight.alpn);
    features.client_certificate = Some(flight.certificate_requested);
    features
}

/// Whether a client that comes with less than it could is sent away; nothing where there is no less.
async fn fallback_protection(server: &Server<'_>, versions: &[Version]) -> Option<bool> {
    let mut taken: Vec<&Version> =
        versions.iter().filter(|version| version.offered == Offered::Yes && version.version != ProtocolVersion::Ssl20).collect();
    taken.sort_by_key(|version| version.version);
    let [.., lower, _] = taken.as_slice() else { return None };
    let form = Form { number: number(lower.version), ..lower.form.clone() };
    let suites = [lower.found.numbers().as_slice(), &[FALLBACK_SIGNAL]].concat();
    match server.ask(&form.hello(&suites)).await {
        Reply::Taken(_) => Some(false),
        Reply::Alert(INAPPROPRIATE_FALLBACK) => Some(true),
        _ => None,
    }
}

fn taken(reply: Reply) -> Option<Box<Flight>> {
    match reply {
        Reply::Taken(flight) => Some(flight),
        _ => None,
    }
}

/// Names of what is spoken, in IANA's registry of ALPN.
fn names(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Http => &["h2", "http/1.1"],
        Protocol::Imap => &["imap"],
        Protocol::Pop3 => &["pop3"],
        Protocol::Sieve => &["managesieve"],
        Protocol::Ftp => &["ftp"],
        Protocol::Xmpp => &["xmpp-client"],
        Protocol::Postgresql => &["postgresql"],
        Protocol::Sip => &["sip/2"],
        Protocol::Smtp | Protocol::Lmtp | Protocol::Ldap | Protocol::Mysql | Protocol::Other => &[],
    }
}
