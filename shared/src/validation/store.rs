//! The certificates of a database as NSS sees them when it looks for issuers.

use std::collections::HashMap;
use std::sync::Arc;

use super::bits::cert_type::{EMAIL_CA, OBJECT_SIGNING_CA, SSL_CA};
use super::bits::key_usage;
use super::cert_type;
use super::facts::{Authority, Facts};
use super::leaf;
use super::revocation::List;
use super::usage::Usage;
use crate::hex::hex;
use crate::trust::TrustFlags;
use crate::x509::parse::ParseError;

/// One certificate with its trust.
#[derive(Debug, Clone)]
pub(super) struct Certificate {
    pub facts: Facts,
    pub trust: TrustFlags,
    /// Certificate type with trust in it.
    pub kind: u32,
    /// The same as an issuer.
    pub issuer_kind: u32,
}

/// The certificates, in the order of the database, with their trust, and its revocation lists. A certificate that cannot be read keeps its
/// place and is never an issuer.
#[derive(Debug, Clone, Default)]
pub struct Store {
    certificates: Vec<Option<Certificate>>,
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    pub(super) lists: Vec<Arc<List>>,
    pub(super) lists_by_issuer: HashMap<Vec<u8>, Vec<usize>>,
}

impl Store {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate behind the others and returns its place.
    ///
    /// # Errors
    /// When it cannot be read; it has a place all the same.
    pub fn add(&mut self, der: &[u8], trust: TrustFlags) -> Result<usize, ParseError> {
        let place = self.certificates.len();
        match Facts::read(der) {
            Ok(facts) => {
                self.by_subject.entry(facts.subject.clone()).or_default().push(place);
                let (kind, issuer_kind) = (cert_type::of_leaf(facts.kinds, trust), cert_type::of_issuer(facts.kinds, trust));
                self.certificates.push(Some(Certificate { facts, trust, kind, issuer_kind }));
                Ok(place)
            }
            Err(error) => {
                self.certificates.push(None);
                Err(error)
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The trust of one.
    #[must_use]
    pub fn trust(&self, place: usize) -> Option<TrustFlags> {
        self.get(place).map(|certificate| certificate.trust)
    }

    /// Gives one other trust.
    pub fn set_trust(&mut self, place: usize, trust: TrustFlags) {
        if let Some(Some(certificate)) = self.certificates.get_mut(place) {
            certificate.kind = cert_type::of_leaf(certificate.facts.kinds, trust);
            certificate.issuer_kind = cert_type::of_issuer(certificate.facts.kinds, trust);
            certificate.trust = trust;
        }
    }

    /// Takes one away; the others keep their places.
    pub fn remove(&mut self, place: usize) {
        if let Some(certificate) = self.certificates.get_mut(place).and_then(Option::take)
            && let Some(places) = self.by_subject.get_mut(&certificate.facts.subject)
        {
            places.retain(|&other| other != place);
        }
    }

    pub(super) fn get(&self, place: usize) -> Option<&Certificate> {
        self.certificates.get(place).and_then(Option::as_ref)
    }

    /// Those that bear the issuer's name of the certificate at `place`: whose keys its signature may be of.
    #[must_use]
    pub fn possible_issuers(&self, place: usize) -> &[usize] {
        self.get(place).map_or(&[], |certificate| self.named(&certificate.facts.issuer))
    }

    /// Those of a name, byte for byte.
    pub(super) fn named(&self, subject: &[u8]) -> &[usize] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The serial number of one as revocation lists name it: content octets, lower-case hex.
    #[must_use]
    pub fn serial_number(&self, place: usize) -> Option<String> {
        self.get(place).map(|certificate| hex(&certificate.facts.serial_number))
    }

    /// The SubjectPublicKeyInfo of one, whole DER.
    #[must_use]
    pub fn public_key(&self, place: usize) -> Option<&[u8]> {
        self.get(place).map(|certificate| certificate.facts.public_key.as_slice())
    }

    /// The one issuer that NSS looks at: it tries no other when this one fails. A root is its own. `leaf` is the certificate that the walk
    /// began with: NSS has it at hand, and so meets it before others of its name.
    pub(super) fn issuer(&self, place: usize, leaf: usize, usage: Usage, times: Times) -> Option<usize> {
        let subject = &self.get(place)?.facts;
        if subject.is_root {
            return Some(place);
        }
        let mut found = self.possible_issuers(place).to_vec();
        found.sort_by_key(|&place| place != leaf);
        if let Some(authority) = &subject.authority {
            let fits: Vec<_> = found.iter().map(|&place| self.get(place).map_or(Fit::No, |issuer| fit(&issuer.facts, authority))).collect();
            let wanted = if fits.contains(&Fit::Yes) { Fit::Yes } else { Fit::Unknown };
            found = found.into_iter().zip(fits).filter(|(_, fit)| *fit == wanted).map(|(place, _)| place).collect();
        }
        let mut candidates = found.into_iter().filter_map(|place| {
            let certificate = self.get(place)?;
            (certificate.issuer_kind & (SSL_CA | EMAIL_CA | OBJECT_SIGNING_CA) != 0).then_some((place, certificate))
        });
        let (mut best, first) = candidates.next()?;
        let mut choice = Choice { best: first, matches: allows(first, usage), valid: false, trusted: false };
        for (place, candidate) in candidates {
            if choice.prefers(candidate, usage, times) {
                best = place;
                choice.best = candidate;
            }
        }
        Some(best)
    }
}

/// When a certificate is to be valid, and what the clock says, which decides between two issuers of which neither is newer in all. Unix time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The time of the question.
    pub at: i64,
    /// Now.
    pub now: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    Unknown,
    No,
}

/// Whether an issuer is the one that an authority key identifier means.
fn fit(issuer: &Facts, authority: &Authority) -> Fit {
    let mut fit = Fit::Unknown;
    if let (false, Some(identifier)) = (authority.key_identifier.is_empty(), &issuer.subject_key_identifier) {
        if *identifier != authority.key_identifier {
            return Fit::No;
        }
        fit = Fit::Yes;
    }
    // Name and serial number count as a pair, and where they differ the identifier is forgotten.
    if authority.has_issuer {
        let same = authority.issuer.as_deref() == Some(issuer.issuer.as_slice()) && authority.serial_number == issuer.serial_number;
        fit = if same { Fit::Yes } else { Fit::Unknown };
    }
    fit
}

/// The best issuer so far. What was once found of a best one stays found when another takes its place; NSS keeps it so.
struct Choice<'a> {
    best: &'a Certificate,
    matches: bool,
    valid: bool,
    trusted: bool,
}

impl Choice<'_> {
    /// Whether the next one is taken instead: by purpose, by date, by trust, by age; of equals the last.
    fn prefers(&mut self, next: &Certificate, usage: Usage, times: Times) -> bool {
        let matches = allows(next, usage);
        if self.matches != matches {
            self.matches = true;
            return matches;
        }
        self.valid |= self.best.facts.is_valid_at(times.at);
        match (self.valid, next.facts.is_valid_at(times.at)) {
            (true, false) => return false,
            (false, true) => {
                self.valid = true;
                return true;
            }
            _ => {}
        }
        self.trusted |= usage.trusts(self.best.trust);
        match (self.trusted, usage.trusts(next.trust)) {
            (true, false) => return false,
            (false, true) => {
                self.trusted = true;
                return true;
            }
            _ => {}
        }
        !is_newer(&self.best.facts, &next.facts, times.now)
    }
}

fn allows(certificate: &Certificate, usage: Usage) -> bool {
    leaf::key_allows(&certificate.facts, key_usage::KEY_CERT_SIGN) && certificate.issuer_kind & usage.of_ca() != 0
}

fn is_newer(one: &Facts, other: &Facts, now: i64) -> bool {
    match (one.not_before > other.not_before, one.not_after > other.not_after) {
        (true, true) => true,
        (false, false) => false,
        // Issued later, but ends sooner: unless it has ended.
        (true, false) => one.not_after >= now,
        (false, true) => other.not_after < now,
    }
}
