//! The CA that issues: what of its certificate matters, and whether it may.

use time::OffsetDateTime;

use super::validity::Period;
use crate::request::SignatureAlgorithm;
use crate::x509::parse::{self, ParseError};
use crate::x509::view::CertificateView;

/// Why a certificate cannot issue another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It cannot be read.
    #[error("the issuer's certificate cannot be read")]
    Unreadable(#[from] ParseError),
    /// Basic constraints are missing or say no.
    #[error(
        "{0} is not a certificate authority: its basic constraints do not say so. If it is used as one, renew it first; the renewed one says it"
    )]
    NoAuthority(String),
    /// Key usage does not allow it.
    #[error("the key usage of {name} does not allow it: it lacks {usage}")]
    KeyUsage {
        /// The CA.
        name: String,
        /// `keyCertSign` or `cRLSign`.
        usage: &'static str,
    },
    /// Its end has passed.
    #[error("{name} ended on {not_after}; renew it first")]
    Expired {
        /// The CA.
        name: String,
        /// Its last second.
        not_after: OffsetDateTime,
    },
    /// It has not begun.
    #[error("{name} begins only on {not_before}")]
    NotYet {
        /// The CA.
        name: String,
        /// Its first second.
        not_before: OffsetDateTime,
    },
    /// Its path length is used up.
    #[error(
        "{name} may not issue this authority: its path length is {path_length}; choose a smaller path length below it, or another issuer"
    )]
    PathLength {
        /// The CA.
        name: String,
        /// Its path length.
        path_length: u32,
    },
    /// Its key is of a kind that cannot sign here.
    #[error("the key of {name}, {key}, is of a kind that does not sign here")]
    Key {
        /// The CA.
        name: String,
        /// The key in words.
        key: String,
    },
}

/// A certificate that may issue others.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// What it says.
    pub view: CertificateView,
    /// Its subject, a DER Name.
    pub subject: Vec<u8>,
    /// Its key, a SubjectPublicKeyInfo.
    pub subject_public_key_info: Vec<u8>,
    /// How it signs.
    pub signature_algorithm: SignatureAlgorithm,
}

impl Issuer {
    /// Reads a certificate and finds out whether it is one of a CA that may do now what `usage` says: `keyCertSign`, `cRLSign`.
    ///
    /// # Errors
    /// Why it may not.
    pub fn read(certificate: &[u8], usage: &'static str, now: OffsetDateTime) -> Result<Self, Unfit> {
        let view = parse::certificate(certificate)?;
        let raw = parse::raw_names(certificate)?;
        let name = view.display_name();
        if !view.is_ca() {
            return Err(Unfit::NoAuthority(name));
        }
        if view.key_usage.as_ref().is_some_and(|usages| usages.iter().all(|allowed| allowed != usage)) {
            return Err(Unfit::KeyUsage { name, usage });
        }
        if view.not_after < now {
            return Err(Unfit::Expired { name, not_after: view.not_after });
        }
        if view.not_before > now {
            return Err(Unfit::NotYet { name, not_before: view.not_before });
        }
        let Some(signature_algorithm) = SignatureAlgorithm::for_key(raw.subject_public_key_info) else {
            return Err(Unfit::Key { name, key: view.public_key.short() });
        };
        Ok(Self { subject: raw.subject.to_vec(), subject_public_key_info: raw.subject_public_key_info.to_vec(), signature_algorithm, view })
    }

    /// The path length of an authority that it issues: the one wanted, or as much as it has left.
    ///
    /// # Errors
    /// `PathLength` when it has less left than is wanted, or nothing.
    pub fn path_length_below(&self, wanted: Option<u32>) -> Result<Option<u32>, Unfit> {
        let Some(own) = self.view.basic_constraints.and_then(|constraints| constraints.path_length) else { return Ok(wanted) };
        let left = own.checked_sub(1).filter(|left| wanted.is_none_or(|wanted| wanted <= *left));
        match left {
            Some(left) => Ok(Some(wanted.unwrap_or(left))),
            None => Err(Unfit::PathLength { name: self.view.display_name(), path_length: own }),
        }
    }

    /// Whether a period lies within its own.
    #[must_use]
    pub fn covers(&self, period: Period) -> bool {
        period.not_before >= self.view.not_before && period.not_after <= self.view.not_after
    }
}
