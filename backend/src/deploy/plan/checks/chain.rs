//! The certificates above the leaf: whether clients find their way to a root.

use certdeck_shared::x509::chain::may_have_issued;
use certdeck_shared::x509::life::date;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use openssl::x509::X509;
use time::OffsetDateTime;

use super::Checks;
use crate::deploy::plan::target::{RootStanding, Source};

/// Order, dates and end of a chain.
pub fn check(material: &Source, leaf: &CertificateView, now: OffsetDateTime, checks: &mut Checks) {
    const ORDER: &str = "chain-in-order";
    const COMPLETE: &str = "chain-complete";
    let name = leaf.display_name();
    let mut views = Vec::new();
    for der in &material.reference.chain {
        match parse::certificate(der) {
            Ok(view) => views.push(view),
            Err(error) => return checks.fail(ORDER, format!("A certificate above {name} cannot be read: {error}."), None),
        }
    }
    let ders: Vec<&Vec<u8>> = [&material.reference.leaf].into_iter().chain(&material.reference.chain).collect();
    let all: Vec<&CertificateView> = [leaf].into_iter().chain(&views).collect();
    for (two, ders) in all.windows(2).zip(ders.windows(2)) {
        let ([one, next], [one_der, next_der]) = (two, ders) else { continue };
        if !issued(next, next_der, one, one_der) {
            let words = format!("{} is not issued by {}, which comes after it.", one.display_name(), next.display_name());
            return checks.fail(ORDER, words, Some("Delete the wrong certificate from the database, or import the right one.".to_owned()));
        }
    }
    if !views.is_empty() {
        checks.pass(ORDER, format!("{name} comes first, and each certificate is issued by the next."));
    }
    for view in &views {
        if now > view.not_after || now < view.not_before {
            let (begin, end) = (date(view.not_before), date(view.not_after));
            checks.fail(
                "chain-dates",
                format!("{}, above {name}, is valid from {begin} until {end} only.", view.display_name()),
                Some("Import the one that its authority uses now.".to_owned()),
            );
        }
    }
    let (Some(top), Some(top_der)) = (all.last(), ders.last()) else { return };
    if all.len() == 1 && leaf.self_issued {
        return checks.warn(
            COMPLETE,
            format!("{name} is signed with its own key: only clients that were told so accept it."),
            Some("Request a certificate from an authority that the clients trust.".to_owned()),
        );
    }
    let issuer = top.issuer.to_string();
    match &material.root {
        RootStanding::Trusted { certificate } | RootStanding::Known { certificate } => match parse::certificate(certificate) {
            Ok(root) if issued(&root, certificate, top, top_der) => {
                let root_name = root.display_name();
                match &material.root {
                    RootStanding::Trusted { .. } => checks.pass(COMPLETE, format!("The chain of {name} is complete to {root_name}.")),
                    _ => checks.warn(
                        COMPLETE,
                        format!("The chain of {name} is complete to {root_name}, which the database does not trust for servers."),
                        Some("Trust it there if it is the clients' root, too.".to_owned()),
                    ),
                }
            }
            _ => checks.fail(
                COMPLETE,
                format!("The root of {name} did not issue {}.", top.display_name()),
                Some("Import the certificates between them.".to_owned()),
            ),
        },
        RootStanding::Unknown => checks.warn(
            COMPLETE,
            format!("Whether the chain of {name} is complete cannot be told: its last issuer, {issuer}, is not in the database."),
            Some("Import that certificate: clients that lack an intermediate one refuse the server.".to_owned()),
        ),
    }
}

fn issued(issuer: &CertificateView, issuer_der: &[u8], certificate: &CertificateView, certificate_der: &[u8]) -> bool {
    let signed = || {
        let key = X509::from_der(issuer_der).ok()?.public_key().ok()?;
        X509::from_der(certificate_der).ok()?.verify(&key).ok()
    };
    may_have_issued(issuer, certificate) && signed().unwrap_or(false)
}
