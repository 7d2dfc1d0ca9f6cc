//! One sentence about a certificate that an operator could repeat.

use super::chain::Ending;
use super::life::{LifeState, date, life_at};
use super::lint::{Severity, findings};
use super::usage;
use super::view::CertificateView;
use crate::trust::{TrustFlags, listed};
use time::OffsetDateTime;

/// The sentence and how bad it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// How bad it is.
    pub severity: Severity,
    /// `Valid until 22 Dec 2028, trusted to issue certificates for servers and e-mail`.
    pub words: String,
}

/// What an operator hears of a certificate that a revocation list of its database revokes; everything else matters less.
#[must_use]
pub fn revoked(words: &str) -> Verdict {
    Verdict { severity: Severity::Error, words: words.trim_end_matches('.').to_owned() }
}

/// Judges a certificate by its dates, the trust it has here, how its chain ends and whether an anchor is in it. What stops it
/// from working comes first.
#[must_use]
pub fn verdict(view: &CertificateView, trust: TrustFlags, chain: Standing, now: OffsetDateTime) -> Verdict {
    let life = life_at(view.not_before, view.not_after, now);
    let say = |severity, words: &[&str]| Verdict { severity, words: words.concat() };
    if trust.is_distrusted() {
        let whole = trust.ssl.prohibited && trust.email.prohibited && trust.object_signing.prohibited;
        return if whole { say(Severity::Error, &["Distrusted for everything"]) } else { partly_distrusted(trust) };
    }
    match life.state {
        LifeState::Expired => return say(Severity::Error, &["Expired on ", &date(view.not_after), ", ", &ago(&life.words)]),
        LifeState::NotYet => return say(Severity::Error, &["Not valid before ", &date(view.not_before)]),
        LifeState::Due => return say(Severity::Error, &["Expires in ", left(&life.words)]),
        LifeState::Soon => return say(Severity::Warning, &["Expires in ", left(&life.words)]),
        LifeState::Valid => {}
    }
    let until = ["Valid until ", &date(view.not_after)].concat();
    let worst = findings(view, now).into_iter().find(|finding| finding.severity >= Severity::Warning);
    if let Some(finding) = worst {
        return say(finding.severity, &[&until, ". ", finding.words.trim_end_matches('.')]);
    }
    let issues = trust.issues_for();
    if !issues.is_empty() {
        return say(Severity::Good, &[&until, ", trusted to issue certificates for ", &listed(&issues)]);
    }
    if trust.ssl.trusted_peer || trust.email.trusted_peer || trust.object_signing.trusted_peer {
        return say(Severity::Good, &[&until, ", trusted by itself"]);
    }
    match chain {
        Standing::Unknown => say(Severity::Good, &[&until]),
        Standing::Anchored => say(Severity::Good, &[&until, &purpose(view), ", its chain ends in a trusted CA"]),
        Standing::Distrusted => say(Severity::Error, &[&until, ", but a CA of its chain is distrusted"]),
        Standing::IssuerRevoked => say(Severity::Error, &[&until, ", but a CA of its chain is revoked"]),
        Standing::IssuerExpired => say(Severity::Error, &[&until, ", but a CA of its chain is not valid now"]),
        Standing::Unanchored(Ending::Complete) if view.self_issued => say(Severity::Warning, &[&until, ", self-signed and not trusted"]),
        Standing::Unanchored(Ending::Complete) => say(Severity::Warning, &[&until, ", but no CA of its chain is trusted"]),
        Standing::Unanchored(Ending::MissingIssuer) => say(Severity::Warning, &[&until, ", but its issuer is not in this database"]),
        Standing::Unanchored(Ending::Loop) => say(Severity::Warning, &[&until, ", but its chain runs in a circle"]),
    }
}

/// What the chain of a certificate comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody looked: a certificate outside of any database.
    Unknown,
    /// An anchor is in it.
    Anchored,
    /// A certificate above is distrusted.
    Distrusted,
    /// A certificate above is revoked by a list of the database.
    IssuerRevoked,
    /// A certificate above has expired or is not valid yet.
    IssuerExpired,
    /// No anchor, and how it ends.
    Unanchored(Ending),
}

/// The standing of the certificate at `leaf`, from the certificates of a database, their trust and which of them are revoked, in the same
/// order.
#[must_use]
pub fn standing(leaf: usize, among: &[&CertificateView], trust: &[TrustFlags], revoked: &[bool], now: OffsetDateTime) -> Standing {
    let path = super::chain::path(leaf, among);
    for &place in &path.places {
        let flags = trust.get(place).copied().unwrap_or_default();
        if place != leaf {
            if flags.is_distrusted() {
                return Standing::Distrusted;
            }
            // NSS does not look at the dates of an anchor's issuer, but at those of the anchor.
            if among.get(place).is_some_and(|view| now > view.not_after || now < view.not_before) {
                return Standing::IssuerExpired;
            }
        }
        if flags.is_anchor() {
            return Standing::Anchored;
        }
        // What is trusted itself is not looked up, nor is a leaf here: that is said of it before all else.
        if place != leaf && revoked.get(place).is_some_and(|revoked| *revoked) {
            return Standing::IssuerRevoked;
        }
    }
    Standing::Unanchored(path.ending)
}

fn purpose(view: &CertificateView) -> String {
    if view.is_ca() || view.extended_key_usage.is_none() {
        return String::new();
    }
    let words = usage::words(view);
    let words: Vec<&str> = words.iter().map(String::as_str).take(3).collect();
    [", for ", &listed(&words)].concat()
}

fn partly_distrusted(trust: TrustFlags) -> Verdict {
    let usages: Vec<&str> = [(trust.ssl, "TLS"), (trust.email, "e-mail"), (trust.object_signing, "object signing")]
        .into_iter()
        .filter_map(|(field, word)| field.prohibited.then_some(word))
        .collect();
    Verdict { severity: Severity::Error, words: ["Distrusted for ", &listed(&usages)].concat() }
}

fn left(words: &str) -> &str {
    words.strip_prefix("expires in ").unwrap_or(words)
}

fn ago(words: &str) -> String {
    words.strip_prefix("expired ").unwrap_or(words).to_owned()
}
