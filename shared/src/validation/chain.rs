//! From a certificate to an anchor, one issuer after the other: the walk of NSS's own verifier (not libpkix), which takes the best issuer at
//! each step and never comes back for the second best.

use super::bits::cert_type::CA;
use super::bits::key_usage;
use super::error::NssError;
use super::facts::Constraints;
use super::imposed;
use super::leaf::{self, OwnTrust};
use super::names::{self, Name, NameConstraints};
use super::revocation::Revocation;
use super::signature::{Policy, SignatureFact, Signatures, Signed};
use super::store::{Certificate, Store, Times};
use super::usage::Usage;
use super::{Findings, Reason};

/// Longest chain that is followed.
const LONGEST: u32 = 20;

pub(super) struct Walk<'a> {
    pub store: &'a Store,
    pub usage: Usage,
    pub times: Times,
    pub signatures: &'a dyn Signatures,
}

impl Walk<'_> {
    /// Follows the chain; whatever is wrong becomes a reason, and only what makes going on pointless ends the walk.
    pub fn follow(&self, leaf_place: usize, findings: &mut Findings) {
        let Some(leaf) = self.store.get(leaf_place) else { return };
        let mut below: Vec<(usize, bool)> = Vec::new();
        let mut signers: Vec<usize> = Vec::new();
        let (mut place, mut counts_for_names, mut cas_below) = (leaf_place, true, 0u32);
        for depth in 0..LONGEST {
            let Some(subject) = self.store.get(place) else { return };
            if counts_for_names {
                below.push((place, depth == 0 && matches!(self.usage, Usage::SslServer | Usage::Ipsec)));
            }
            if subject.facts.unknown_critical {
                findings.add(place, depth, NssError::UnknownCriticalExtension);
            }
            if subject.facts.algorithms_differ {
                return findings.add(place, depth, NssError::AlgorithmMismatch);
            }
            let Some((issuer_place, issuer)) =
                self.store.issuer(place, leaf_place, self.usage, self.times).and_then(|place| Some((place, self.store.get(place)?)))
            else {
                return findings.add(place, depth, NssError::UnknownIssuer);
            };
            if issuer_place != place {
                findings.path.push(issuer_place);
            }
            self.signature((place, subject), (issuer_place, issuer), depth, findings);
            let is_ca = constraints(issuer, cas_below).unwrap_or_else(|errors| {
                errors.iter().for_each(|&error| findings.add(issuer_place, depth + 1, error));
                issuer.facts.constraints == Constraints::NotCa || matches!(issuer.facts.constraints, Constraints::Ca(_))
            });
            if let Some(offender) = self.outside_name_space(issuer_place, issuer, &below) {
                return findings.add(offender, depth + 1, NssError::NotInNameSpace);
            }
            if issuer.facts.is_ended && leaf.facts.not_before > imposed::END_OF_WOSIGN {
                return findings.add(issuer_place, depth + 1, NssError::UntrustedIssuer);
            }
            if issuer.facts.is_valid_at(self.times.at) {
                self.revocation((place, subject), (issuer_place, issuer), depth, &mut signers, findings);
            } else {
                // Where the issuer is out of date NSS does not trust its revocation list either, and says so of the certificate.
                findings.add(place, depth, NssError::ExpiredIssuer);
            }
            match self.trust(issuer) {
                Standing::Anchor => return,
                Standing::Silent { says_ca, distrusted } => {
                    (0..distrusted).for_each(|_| findings.add(issuer_place, depth + 1, NssError::UntrustedIssuer));
                    if !says_ca {
                        self.authority(issuer, is_ca).into_iter().for_each(|error| findings.add(issuer_place, depth + 1, error));
                    }
                }
            }
            if issuer.facts.is_root {
                return findings.add(issuer_place, depth + 1, NssError::UntrustedIssuer);
            }
            // Self-issued CAs, as a CA with a new key has, count neither for paths nor for names.
            counts_for_names = !issuer.facts.is_self_issued();
            cas_below += u32::from(counts_for_names);
            place = issuer_place;
        }
        findings.add(place, LONGEST, NssError::UnknownIssuer);
    }

    fn signature(&self, subject: (usize, &Certificate), issuer: (usize, &Certificate), depth: u32, findings: &mut Findings) {
        if !issuer.1.facts.is_valid_at(self.times.at) {
            return findings.add(issuer.0, depth + 1, NssError::ExpiredIssuer);
        }
        let error = match subject.1.facts.signature.policy(issuer.1.facts.key_kind) {
            Policy::Disabled => NssError::SignatureAlgorithmDisabled,
            Policy::Impossible => NssError::BadSignature,
            Policy::Allowed => match self.signatures.fact(Signed::Certificate(subject.0), issuer.0) {
                SignatureFact::Good => return,
                SignatureFact::Bad => NssError::BadSignature,
                SignatureFact::Unchecked => {
                    findings.unchecked_signatures = true;
                    return;
                }
            },
        };
        findings.add(subject.0, depth, error);
    }

    /// Whether a list of the issuer revokes it. Of two CAs of one name that the walk meets, the first is asked for both: NSS keeps what it
    /// knows of lists by name.
    fn revocation(
        &self,
        subject: (usize, &Certificate),
        issuer: (usize, &Certificate),
        depth: u32,
        signers: &mut Vec<usize>,
        findings: &mut Findings,
    ) {
        let named_so = |&&other: &&usize| self.store.get(other).is_some_and(|other| other.facts.subject == issuer.1.facts.subject);
        let signer = signers.iter().find(named_so).copied().unwrap_or_else(|| {
            signers.push(issuer.0);
            issuer.0
        });
        let (revocation, unchecked) = self.store.revocation(&subject.1.facts.serial_number, signer, self.times, self.signatures);
        findings.unchecked_signatures |= unchecked;
        if let Some(revocation) = revocation {
            findings.add_revoked(subject.0, depth, revocation);
        }
    }

    /// The certificate whose names the issuer may not sign for; the issuer itself when its constraints cannot be read.
    fn outside_name_space(&self, issuer_place: usize, issuer: &Certificate, below: &[(usize, bool)]) -> Option<usize> {
        let constraints = match NameConstraints::of(&issuer.facts) {
            Ok(constraints) => constraints?,
            Err(_) => return Some(issuer_place),
        };
        let offends = |(place, with_common_name): &(usize, bool)| {
            let names: Vec<Name> = self.store.get(*place).map(|one| names::of(&one.facts, *with_common_name)).unwrap_or_default();
            names.iter().any(|name| !constraints.allow(name))
        };
        below.iter().find(|one| offends(one)).map(|(place, _)| *place)
    }

    fn trust(&self, issuer: &Certificate) -> Standing {
        let fields = self.usage.field().of(issuer.trust);
        if fields.iter().any(|field| self.usage.is_anchor(*field)) {
            return Standing::Anchor;
        }
        let is_terminal = |field: crate::trust::UsageTrust| field.trusted_peer || field.prohibited;
        Standing::Silent {
            says_ca: fields.iter().any(|field| field.valid_ca || field.trusted_ca || field.trusted_client_ca),
            distrusted: fields.into_iter().filter(|field| leaf::authority(*field, is_terminal) == OwnTrust::Distrusted).count(),
        }
    }

    /// What an issuer lacks that no trust vouches for.
    fn authority(&self, issuer: &Certificate, is_ca: bool) -> Vec<NssError> {
        let mut errors = Vec::new();
        let is_right = if !is_ca || issuer.kind & CA != 0 { issuer.kind & self.usage.of_ca() != 0 } else { true };
        if !is_right {
            errors.push(NssError::CaCertInvalid);
        }
        if !leaf::key_allows(&issuer.facts, key_usage::KEY_CERT_SIGN) {
            errors.push(NssError::InadequateKeyUsage);
        }
        errors
    }
}

enum Standing {
    Anchor,
    Silent {
        /// Trust says it is a CA, so that its extensions need not.
        says_ca: bool,
        /// In how many fields it is distrusted.
        distrusted: usize,
    },
}

/// Whether basic constraints make it a CA; what is wrong with them otherwise.
fn constraints(issuer: &Certificate, cas_below: u32) -> Result<bool, Vec<NssError>> {
    match issuer.facts.constraints {
        Constraints::Absent => Ok(false),
        Constraints::Unreadable => Err(vec![NssError::BadDer]),
        // NSS reads "no CA" as a path length of none, too.
        Constraints::NotCa if cas_below > 0 => Err(vec![NssError::CaCertInvalid, NssError::PathLengthInvalid]),
        Constraints::NotCa => Err(vec![NssError::CaCertInvalid]),
        Constraints::Ca(Some(limit)) if cas_below > limit => Err(vec![NssError::PathLengthInvalid]),
        Constraints::Ca(_) => Ok(true),
    }
}

impl Findings {
    fn add(&mut self, place: usize, depth: u32, error: NssError) {
        self.reasons.push(Reason { place, depth, error, revocation: None });
    }

    fn add_revoked(&mut self, place: usize, depth: u32, revocation: Revocation) {
        self.reasons.push(Reason { place, depth, error: NssError::RevokedCertificate, revocation: Some(revocation) });
    }
}
