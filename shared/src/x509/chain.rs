//! Which certificate issued which: by name and key identifiers (RFC 4158). Signatures are for NSS to verify.

use super::view::CertificateView;

/// How a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a self-issued certificate.
    Complete,
    /// The issuer of the last one is not among the certificates.
    MissingIssuer,
    /// Two certificates claim to have issued each other.
    Loop,
}

/// A chain, leaf first, as places in the slice it was built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Places in the slice; the first is the certificate asked about.
    pub places: Vec<usize>,
    /// How it ends.
    pub ending: Ending,
}

/// True when `issuer` may have issued `certificate`: the names are equal, and so are the key identifiers where both have one.
#[must_use]
pub fn may_have_issued(issuer: &CertificateView, certificate: &CertificateView) -> bool {
    issuer.subject == certificate.issuer
        && match (&issuer.subject_key_identifier, &certificate.authority_key_identifier) {
            (Some(subject), Some(authority)) => subject == authority,
            _ => true,
        }
}

/// True when it is issued by itself: same name, and no key identifier that says otherwise.
#[must_use]
pub fn is_root(certificate: &CertificateView) -> bool {
    certificate.self_issued && may_have_issued(certificate, certificate)
}

/// The place of the issuer: of several that fit, a CA with matching key identifiers, and the one that lives longest.
#[must_use]
pub fn issuer_of(certificate: &CertificateView, among: &[&CertificateView]) -> Option<usize> {
    let rank = |candidate: &CertificateView| {
        let matched =
            candidate.subject_key_identifier.is_some() && candidate.subject_key_identifier == certificate.authority_key_identifier;
        (candidate.is_ca(), matched, candidate.not_after)
    };
    among
        .iter()
        .enumerate()
        .filter(|(_, candidate)| may_have_issued(candidate, certificate) && **candidate != certificate)
        .max_by_key(|(_, candidate)| rank(candidate))
        .map(|(place, _)| place)
}

/// The chain of the certificate at `leaf`, as far as it is known.
#[must_use]
pub fn path(leaf: usize, among: &[&CertificateView]) -> Path {
    let mut places = vec![leaf];
    let mut current = leaf;
    while let Some(certificate) = among.get(current) {
        if is_root(certificate) {
            return Path { places, ending: Ending::Complete };
        }
        match issuer_of(certificate, among) {
            Some(issuer) if places.contains(&issuer) => return Path { places, ending: Ending::Loop },
            Some(issuer) => {
                places.push(issuer);
                current = issuer;
            }
            None => break,
        }
    }
    Path { places, ending: Ending::MissingIssuer }
}

/// Puts certificates of one chain in order, leaf first; those that do not belong to it follow. A CA's answer comes in any order.
#[must_use]
pub fn ordered(certificates: &[&CertificateView]) -> Vec<usize> {
    let issued_another = |place: usize| {
        certificates.iter().enumerate().any(|(other, certificate)| {
            other != place && certificates.get(place).is_some_and(|issuer| issuer.is_ca() && may_have_issued(issuer, certificate))
        })
    };
    let leaf = (0..certificates.len()).find(|&place| !issued_another(place)).unwrap_or(0);
    let mut order = if certificates.is_empty() { Vec::new() } else { path(leaf, certificates).places };
    order.extend((0..certificates.len()).filter(|place| !order.contains(place)).collect::<Vec<_>>());
    order
}
