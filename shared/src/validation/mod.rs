//! What NSS would say: `certutil -V -e` for its ten usages, at any time, with any trust, without NSS. So the page can tell what a change
//! of trust will do before anything is written.
//!
//! These are the rules of `CERT_VerifyCertificate` in NSS 3.87, its errors included. Where NSS is lenient (a day of slack before a
//! certificate begins, `A` and `Y` passing everything that is in date) so is this: the point is to foretell NSS, not to be better.
//! Revocation lists that lie in the database count as NSS counts them; see [`ListFacts`].

mod bits;
mod cert_type;
mod chain;
mod error;
mod facts;
mod imposed;
mod leaf;
mod names;
mod revocation;
mod signature;
pub mod simulation;
mod store;
mod usage;

pub use error::NssError;
pub use revocation::{ListDefect, ListFacts, ListStanding, Revocation};
pub use signature::{SignatureFact, Signatures, Signed, Unchecked};
pub use store::{Store, Times};
pub use usage::Usage;

use leaf::OwnTrust;

/// One thing that is wrong, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The certificate, as a place in the store.
    pub place: usize,
    /// How far above the leaf: 0 is the leaf itself.
    pub depth: u32,
    /// What.
    pub error: NssError,
    /// Since when, by whom and why it is revoked, where it is.
    pub revocation: Option<Revocation>,
}

/// What came of one usage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Everything that is wrong, in the order NSS meets it; nothing when it is valid. The first is what `certutil -V` prints.
    pub reasons: Vec<Reason>,
    /// The certificates that were looked at, leaf first.
    pub path: Vec<usize>,
    /// A signature was taken as good because nobody could check it.
    pub unchecked_signatures: bool,
}

impl Findings {
    /// True when NSS accepts it.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The reasons as `certutil -V -l` lists them: from the leaf upward.
    #[must_use]
    pub fn by_depth(&self) -> Vec<Reason> {
        let mut reasons = self.reasons.clone();
        reasons.sort_by_key(|reason| reason.depth);
        reasons
    }
}

impl Store {
    /// Verifies the certificate at `place` for one usage.
    #[must_use]
    pub fn verify(&self, place: usize, usage: Usage, times: Times, signatures: &dyn Signatures) -> Findings {
        let mut findings = Findings { path: vec![place], ..Findings::default() };
        let Some(certificate) = self.get(place) else {
            findings.reasons.push(Reason { place, depth: 0, error: NssError::BadDer, revocation: None });
            return findings;
        };
        let mut refuse = |error| findings.reasons.push(Reason { place, depth: 0, error, revocation: None });
        if !certificate.facts.is_valid_at(times.at) {
            refuse(NssError::ExpiredCertificate);
        }
        if !usage.is_verified() {
            return findings;
        }
        let (key_usage, kind) = usage.of_leaf();
        if !leaf::key_allows(&certificate.facts, key_usage) {
            refuse(NssError::InadequateKeyUsage);
        } else if certificate.kind & kind == 0 {
            refuse(NssError::InadequateCertType);
        } else {
            match leaf::own_trust(certificate.trust, usage) {
                OwnTrust::Distrusted => refuse(NssError::UntrustedCert),
                OwnTrust::Trusted => {}
                OwnTrust::Silent => chain::Walk { store: self, usage, times, signatures }.follow(place, &mut findings),
            }
        }
        findings
    }
}
