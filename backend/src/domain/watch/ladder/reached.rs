//! Connection, STARTTLS and handshake: what a probe went through itself.

use certdeck_shared::api::endpoint::RungKind;
use certdeck_shared::api::probe::ProbeOutcome as Outcome;
use certdeck_shared::api::service::TlsMode;

use super::{Found, Why, files};
use crate::domain::watch::evidence::Evidence;

/// The rung at which a probe ended; nothing when it got past all three.
pub(super) fn stops_at(evidence: &Evidence) -> Option<RungKind> {
    let report = &evidence.report;
    match report.outcome {
        Outcome::Served | Outcome::ClientCertificateRequired => None,
        _ if !evidence.connected() => Some(RungKind::Connects),
        Outcome::OfferedButBroken => Some(RungKind::Starttls),
        // No library of TLS was asked: it ended before.
        _ if evidence.record.tls == TlsMode::Starttls && report.engine.is_none() => Some(RungKind::Starttls),
        _ => Some(RungKind::Handshake),
    }
}

pub(super) fn connects(evidence: &Evidence) -> Found {
    let report = &evidence.report;
    match stops_at(evidence) {
        _ if report.outcome == Outcome::NotAllowed => {
            Found::unknown(report.words.clone()).cure("An administrator can allow it in the settings of the watch.")
        }
        // Its words are the cause.
        Some(RungKind::Connects) if report.outcome == Outcome::Unresolved => Found::fail(report.words.clone())
            .cure("Correct the name, or enter it in DNS or in /etc/hosts; look whether the name servers answer."),
        Some(RungKind::Connects) => Found::fail(report.words.clone()).why(unconnected(evidence)),
        _ => {
            let at = report.address.as_deref().unwrap_or(&evidence.record.host);
            Found::pass(format!("A connection to {at} is taken."))
        }
    }
}

fn unconnected(evidence: &Evidence) -> Option<Why> {
    let listens = evidence.here.as_ref().is_some_and(|here| !here.listeners.is_empty());
    let (cause, cure) = match evidence.report.outcome {
        Outcome::Refused if listens => (
            "A process listens there, and a packet filter of this host refuses the connection.",
            "Look at the rules of the packet filter: nft list ruleset.",
        ),
        Outcome::Refused => (
            "The service does not run, or listens at another address; a packet filter may refuse as well.",
            "Start the service on that host, and look where it listens: ss -ltnp.",
        ),
        Outcome::TimedOut if listens => (
            "A process listens there and does not take the connection: a packet filter of this host drops it, or the process is stuck.",
            "Look at the rules of the packet filter (nft list ruleset), and whether the process still works.",
        ),
        Outcome::TimedOut => (
            "A packet filter on the way or on that host drops the packets, or the host is down.",
            "Open the port in the packet filters on the way, and look whether the host answers elsewhere.",
        ),
        Outcome::Unreachable => ("There is no route to the host.", "Look at address, network and routes: ip route get ADDRESS."),
        _ => return None,
    };
    Some(Why { cause: cause.to_owned(), cure: cure.to_owned() })
}

pub(super) fn starttls(evidence: &Evidence) -> Found {
    let report = &evidence.report;
    match stops_at(evidence) {
        _ if evidence.record.tls != TlsMode::Starttls => Found::skipped("TLS begins with the first octet here."),
        _ if report.outcome == Outcome::NotAllowed => Found::unknown("It was not asked."),
        Some(RungKind::Starttls) => Found::fail(report.words.clone()).why(no_starttls(evidence)),
        _ => Found::pass(format!("{} is offered and begins.", evidence.record.protocol.starttls_word())),
    }
}

fn no_starttls(evidence: &Evidence) -> Option<Why> {
    let general = |cause: &str, cure: &str| Some(Why { cause: cause.to_owned(), cure: cure.to_owned() });
    match evidence.report.outcome {
        Outcome::OfferedButBroken => files::flaw_or_age(evidence).or_else(|| {
            general(
                "Its key or its certificate cannot be read, or they do not belong together: services say that in their log only, and go on \
                 without TLS.",
                "Look into the log of the service; mend the files, then reload it.",
            )
        }),
        Outcome::NotOffered => files::flaw_or_age(evidence).or_else(|| {
            general(
                "TLS is switched off there, or the service runs with a configuration from before it was switched on.",
                "Switch TLS on in the configuration of the service, and reload it.",
            )
        }),
        Outcome::TurnedAway => general(
            "The service takes nobody at the moment: too many connections, or a list of addresses that it turns away.",
            "Look into its log, and let connections of the console pass.",
        ),
        Outcome::WrongProtocol => general(
            "Something else is spoken at this port.",
            "Correct protocol and port of this endpoint; or look which program listens there.",
        ),
        Outcome::TimedOut => slow(),
        Outcome::Closed | Outcome::Silent => general(
            "The service takes connections and does not greet: it is overloaded, stuck, waits for TLS from the first octet, or turns this \
             host away.",
            "Look into its log, and whether TLS begins with the first octet at this port.",
        ),
        _ => None,
    }
}

/// An answer that begins and comes to no end.
fn slow() -> Option<Why> {
    Some(Why {
        cause: "The service is overloaded or stuck, or something on the way holds up what it says.".to_owned(),
        cure: "Look into its log, at the load of its host, and whether other clients get further.".to_owned(),
    })
}

pub(super) fn handshake(evidence: &Evidence) -> Found {
    let report = &evidence.report;
    match report.outcome {
        Outcome::NotAllowed => Found::unknown("It was not asked."),
        Outcome::Served => Found::pass(report.words.clone()),
        Outcome::ClientCertificateRequired if report.key_proved => Found::warn(report.words.clone())
            .because("The service talks only to clients that have a certificate.")
            .cure("Nothing, when that is meant: probes have no certificate, and what is served has been seen."),
        Outcome::ClientCertificateRequired => Found::unknown(report.words.clone())
            .because("The service talks only to clients that have a certificate, and ended before it showed that it has its key.")
            .cure("Try it with a certificate that it takes: openssl s_client -cert FILE -key FILE."),
        _ => Found::fail(report.words.clone()).why(no_handshake(evidence)),
    }
}

fn no_handshake(evidence: &Evidence) -> Option<Why> {
    let report = &evidence.report;
    let general = |cause: &str, cure: &str| Some(Why { cause: cause.to_owned(), cure: cure.to_owned() });
    if let Some(why) = files::flaw(evidence) {
        return Some(why);
    }
    let alert = report.alert.as_deref().unwrap_or_default();
    match report.outcome {
        Outcome::KeyMismatch => {
            if evidence.leaf().is_some_and(certdeck_shared::x509::view::CertificateView::is_ca) {
                return general(
                    "The first certificate that is sent is that of an authority: the server's own is missing, or comes later.",
                    "Put the certificate of the server first, then that of its issuer; then reload the service.",
                );
            }
            files::flaw_or_age(evidence).or_else(|| {
                general(
                    "The key of the service is not that of the certificate it sends.",
                    "Give it the key of this certificate, or the certificate of its key; then reload it.",
                )
            })
        }
        Outcome::HandshakeFailed if alert.starts_with("unrecognized_name") => general(
            "The service has nothing under the name that it is asked for.",
            "Correct the server name of this endpoint, or add the name to the configuration of the service.",
        ),
        Outcome::HandshakeFailed if alert.starts_with("protocol_version") => general(
            "The service speaks only versions of TLS that nobody has any more, or forbids all that a client of today has.",
            "Allow TLS 1.2 and 1.3 in its configuration.",
        ),
        Outcome::HandshakeFailed if report.chain.is_empty() => files::flaw_or_age(evidence).or_else(|| {
            general(
                "The service has no usable certificate, or its cipher suites do not fit the kind of its key.",
                "Look into its log; mend its files or its cipher suites, then reload it.",
            )
        }),
        Outcome::Closed | Outcome::Silent => files::flaw_or_age(evidence).or_else(|| {
            general(
                "The service has no usable key or certificate, or does not speak TLS at this port.",
                "Look into its log, and whether TLS begins after STARTTLS at this port.",
            )
        }),
        Outcome::TimedOut => slow(),
        Outcome::WrongProtocol => general(
            "There is no TLS at this port, or it begins after STARTTLS.",
            "Correct how TLS begins at this endpoint; or switch TLS on for this port in the configuration of the service.",
        ),
        _ => None,
    }
}
