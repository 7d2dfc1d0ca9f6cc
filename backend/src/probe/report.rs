//! What an attempt becomes: outcome, words, certificates.

use std::time::Duration;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::probe::{NewProbe, ProbeOutcome, ProbeReport, ServedCertificate, has_starttls};
use certdeck_shared::api::service::TlsMode;
use certdeck_shared::x509::fingerprint::sha256_hex;
use certdeck_shared::x509::parse;

use super::engine::{Fault, Handshake};
use super::starttls::Stop;
use super::starttls::reply::shown;
use super::wire::Break;
use super::{Attempt, Ending, alert};

/// Most octets of what is no TLS that are looked at.
const LOOK: usize = 200;

pub(super) fn of(target: &NewProbe, mut attempt: Attempt, took: Duration) -> ProbeReport {
    let (outcome, words) = judged(target, &attempt);
    let alert = match &attempt.ending {
        Ending::Shaken(Handshake::Failed(Fault::Alert(alert)) | Handshake::CertificateWanted(Some(alert))) => {
            Some(alert::described(*alert))
        }
        _ => None,
    };
    if let Ending::Shaken(Handshake::NotTls(bytes)) = &attempt.ending {
        attempt.transcript.push(format!("< {}", shown(&first_line(bytes))));
    }
    let shaken = matches!(attempt.ending, Ending::Shaken(_));
    ProbeReport {
        address: attempt.address.map(|address| address.to_string()),
        outcome,
        words,
        tls_version: attempt.seen.tls_version,
        cipher_suite: attempt.seen.cipher_suite,
        key_exchange_group: attempt.seen.key_exchange_group,
        chain: attempt.seen.chain.into_iter().map(certificate).collect(),
        key_proved: attempt.seen.key_proved,
        client_certificate_asked: attempt.seen.client_certificate_asked.filter(|_| shaken),
        alert,
        engine: shaken.then_some(attempt.engine),
        milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        transcript: attempt.transcript,
    }
}

/// A certificate as it came.
pub(super) fn certificate(der: Vec<u8>) -> ServedCertificate {
    let view = parse::certificate(&der).ok();
    ServedCertificate {
        fingerprint_sha256: sha256_hex(&der),
        subject: view.as_ref().map(|view| view.subject.to_string()).unwrap_or_default(),
        issuer: view.as_ref().map(|view| view.issuer.to_string()).unwrap_or_default(),
        public_key: view.as_ref().map(|view| view.public_key.short()).unwrap_or_default(),
        not_before: view.as_ref().map(|view| view.not_before),
        not_after: view.as_ref().map(|view| view.not_after),
        der: Base64(der),
    }
}

fn judged(target: &NewProbe, attempt: &Attempt) -> (ProbeOutcome, String) {
    use ProbeOutcome as Outcome;
    let port = target.port;
    match &attempt.ending {
        Ending::Unresolved(why) => (
            Outcome::Unresolved,
            format!("{} has no address here: {why}. Is the name written right, and in DNS or /etc/hosts?", target.host),
        ),
        Ending::NotAllowed(why) => (Outcome::NotAllowed, why.clone()),
        Ending::Unconnected(broken) => broke(broken, target, "connection"),
        Ending::Stopped(stop) => stopped(stop, target),
        Ending::Shaken(Handshake::Complete) => (Outcome::Served, served(attempt)),
        Ending::Shaken(Handshake::CertificateWanted(alert)) => (Outcome::ClientCertificateRequired, wanted(*alert, attempt)),
        Ending::Shaken(Handshake::Failed(Fault::Alert(alert))) if attempt.wants_client_certificate() => {
            (Outcome::ClientCertificateRequired, wanted(Some(*alert), attempt))
        }
        Ending::Shaken(Handshake::Broke(Break::Closed)) if attempt.wants_client_certificate() => {
            (Outcome::ClientCertificateRequired, wanted(None, attempt))
        }
        Ending::Shaken(Handshake::Failed(Fault::Signature)) => (
            Outcome::KeyMismatch,
            "The server signs with a key that is not the key of the certificate it sends. Give it the private key of this certificate, or \
             the certificate of its key."
                .to_owned(),
        ),
        Ending::Shaken(Handshake::Failed(Fault::Alert(number))) => (Outcome::HandshakeFailed, alerted(*number, target, attempt)),
        Ending::Shaken(Handshake::Failed(Fault::Library(words))) => (
            Outcome::HandshakeFailed,
            format!("The handshake broke off on our side, with what rustls and OpenSSL know: {words}. What the server holds is not known."),
        ),
        Ending::Shaken(Handshake::Broke(broken)) => broke(broken, target, "part of the handshake"),
        Ending::Shaken(Handshake::NotTls(bytes)) if target.tls == TlsMode::Starttls => (
            Outcome::OfferedButBroken,
            format!(
                "The service agrees to begin TLS and then cannot: it says {}. Its log tells why; mostly its key or certificate cannot be \
                 read, or they do not belong together.",
                quoted(&first_line(bytes))
            ),
        ),
        Ending::Shaken(Handshake::NotTls(bytes)) => {
            let cure = match known(bytes) {
                Some((name, true)) => format!("That is {name} in plain text: TLS begins after STARTTLS at port {port}."),
                Some((name, false)) => format!("That is {name} in plain text: there is no TLS at port {port}."),
                None => "It is not known what that is; is the port right?".to_owned(),
            };
            (Outcome::WrongProtocol, format!("The answer to the begin of TLS is {}. {cure}", quoted(&first_line(bytes))))
        }
    }
}

fn served(attempt: &Attempt) -> String {
    let seen = &attempt.seen;
    let version = seen.tls_version.as_deref().unwrap_or("TLS");
    let suite = seen.cipher_suite.as_deref().unwrap_or("a suite without a name");
    let mut words = format!("The handshake is complete: {version}, {suite}.");
    if attempt.engine == super::ProbeEngine::Openssl {
        words.push_str(" Only OpenSSL with everything old allowed came so far; clients of today may refuse it.");
    }
    if seen.client_certificate_asked == Some(true) {
        words.push_str(" The server asks for a certificate of the client, and went on without one.");
    }
    words
}

fn wanted(number: Option<u8>, attempt: &Attempt) -> String {
    let how = number.map_or_else(|| "without a word".to_owned(), |number| format!("with the alert {}", alert::described(number)));
    let proof = match attempt.seen.key_proved {
        true => " It has shown its own certificate before, and has the key of it.",
        false => "",
    };
    format!("The server asks for a certificate of the client and ends the connection {how} when there is none.{proof}")
}

fn alerted(number: u8, target: &NewProbe, attempt: &Attempt) -> String {
    let alert = alert::described(number);
    let cause = match number {
        116 => "It wants a certificate of the client.",
        112 => "It serves nothing under the name it was asked for: look at the server name.",
        40 | 71 if target.key_type.is_some() => "Mostly it has no certificate with that kind of key, or no cipher suite in common.",
        40 | 71 if attempt.seen.chain.is_empty() => {
            "Mostly there is no cipher suite in common: the suites that its settings allow do not fit its kind of key, or it has no usable \
             certificate. Its log tells."
        }
        40 | 42 => "It had sent its certificate; perhaps it wants one of the client.",
        70 => "It has no version of TLS in common with TLS 1.0 to 1.3.",
        80 => "Something is wrong in the server; its log tells.",
        _ => "Its log tells more.",
    };
    format!("The server ends the handshake with the alert {alert}. {cause}")
}

fn broke(broken: &Break, target: &NewProbe, awaited: &str) -> (ProbeOutcome, String) {
    use ProbeOutcome as Outcome;
    let NewProbe { host, port, tls, .. } = target;
    let other_mode = match (tls, target.protocol) {
        (TlsMode::Starttls, _) => " Perhaps TLS begins with the first byte here.",
        (_, protocol) if !has_starttls(protocol) => "",
        (_, _) => " Perhaps TLS begins after STARTTLS here, or the service cannot use its key or certificate: its log tells.",
    };
    match broken {
        Break::Refused => {
            (Outcome::Refused, format!("Nothing listens at port {port} of {host}. Does the service run, and listen at this address?"))
        }
        Break::Unreachable(why) => (Outcome::Unreachable, format!("There is no way to {host}: {why}.")),
        Break::NoConnection => (
            Outcome::TimedOut,
            format!("No connection to port {port} of {host} within the time: a packet filter drops it, or the host is down."),
        ),
        Break::Silent => {
            (Outcome::Silent, format!("The server took the connection and sends nothing where its {awaited} had to come.{other_mode}"))
        }
        Break::Slow => (Outcome::TimedOut, format!("The {awaited} of the server began and was not whole within the time.")),
        Break::Closed => (Outcome::Closed, format!("The server closes the connection where its {awaited} had to come.{other_mode}")),
    }
}

fn stopped(stop: &Stop, target: &NewProbe) -> (ProbeOutcome, String) {
    use ProbeOutcome as Outcome;
    let starttls = target.protocol.starttls_word();
    match stop {
        Stop::Broke(broken, awaited) => broke(broken, target, awaited),
        Stop::TurnedAway(words) => (Outcome::TurnedAway, format!("The service wants to talk to nobody now: {}.", quoted(words))),
        Stop::NotOffered(words) => (
            Outcome::NotOffered,
            format!("The service has no {starttls}: {}. Switch TLS on in its configuration.", shown(words.trim_end_matches('.'))),
        ),
        Stop::Broken(words) => (
            Outcome::OfferedButBroken,
            format!(
                "The service knows {starttls} and cannot begin it: {}. Its log tells why; mostly its key or certificate cannot be read, or they do \
                 not belong together.",
                quoted(words)
            ),
        ),
        Stop::WrongProtocol(words) => {
            let what = match known(words.as_bytes()) {
                Some((name, _)) => format!("That is {name}."),
                None => "Is the port right?".to_owned(),
            };
            (Outcome::WrongProtocol, format!("What comes does not belong to the protocol: {}. {what}", quoted(words)))
        }
    }
}

/// What somebody said, as it can stand in a sentence.
fn quoted(words: &str) -> String {
    format!("\"{}\"", shown(words.trim()))
}

fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..LOOK).unwrap_or(bytes)).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

/// What begins like this, and whether it knows STARTTLS.
fn known(bytes: &[u8]) -> Option<(&'static str, bool)> {
    // Length and number of a packet, and version 10 of the protocol.
    if bytes.get(2..5) == Some(&[0, 0, 10]) {
        return Some(("MySQL", true));
    }
    let beginnings: [(&[u8], &str, bool); 11] = [
        (b"220", "SMTP or FTP", true),
        (b"* OK", "IMAP", true),
        (b"+OK", "POP3", true),
        (b"\"IMPLEMENTATION\"", "ManageSieve", true),
        (b"<?xml", "XML, as XMPP speaks it", true),
        (b"<stream", "XMPP", true),
        (b"0", "LDAP", true),
        (b"HTTP/", "HTTP", false),
        (b"SSH-", "SSH", false),
        (&[21, 3], "TLS", false),
        (&[22, 3], "TLS", false),
    ];
    beginnings.into_iter().find(|(begin, ..)| bytes.starts_with(begin)).map(|(_, name, starttls)| (name, starttls))
}
