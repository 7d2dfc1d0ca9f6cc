//! What is asked of the certificate itself, before its chain: key usage, purpose, and its own trust, which may settle the matter.

use super::bits::key_usage;
use super::facts::{Facts, KeyKind};
use super::usage::{Field, Usage};
use crate::trust::{TrustFlags, UsageTrust};

/// Whether key usage allows what is wanted.
pub(super) fn key_allows(facts: &Facts, wanted: u32) -> bool {
    let has = |bits: u32| facts.key_usage & bits == bits;
    let has_one = |bits: u32| facts.key_usage & bits != 0;
    let mut wanted = wanted;
    if wanted & key_usage::AGREEMENT_OR_ENCIPHERMENT != 0 {
        wanted &= !key_usage::AGREEMENT_OR_ENCIPHERMENT;
        match facts.key_kind {
            KeyKind::Rsa(_) => wanted |= key_usage::KEY_ENCIPHERMENT,
            KeyKind::RsaPss(_) | KeyKind::Dsa => wanted |= key_usage::DIGITAL_SIGNATURE,
            KeyKind::Dh => wanted |= key_usage::KEY_AGREEMENT,
            KeyKind::Ec(_) if has_one(key_usage::DIGITAL_SIGNATURE | key_usage::KEY_AGREEMENT) => {}
            KeyKind::Ec(_) | KeyKind::Other => return false,
        }
    }
    if wanted & key_usage::SIGNATURE_OR_NON_REPUDIATION != 0 {
        wanted &= !key_usage::SIGNATURE_OR_NON_REPUDIATION;
        if !has_one(key_usage::DIGITAL_SIGNATURE | key_usage::NON_REPUDIATION) {
            return false;
        }
    }
    has(wanted)
}

/// What a certificate's own trust says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnTrust {
    /// `P`, or an anchor where that settles it: nothing else is looked at, not even a signature.
    Trusted,
    /// `p`.
    Distrusted,
    /// The chain decides.
    Silent,
}

/// What the trust of a certificate says for a usage.
pub(super) fn own_trust(trust: TrustFlags, usage: Usage) -> OwnTrust {
    let is_terminal = |field: UsageTrust| field.trusted_peer || field.prohibited;
    match usage {
        Usage::SslClient | Usage::SslServer | Usage::Ipsec => peer(trust.ssl, is_terminal),
        Usage::EmailSigner | Usage::EmailRecipient => peer(trust.email, is_terminal),
        Usage::ObjectSigner => peer(trust.object_signing, is_terminal),
        Usage::SslCa => authority(trust.ssl, is_terminal),
        Usage::StatusResponder | Usage::AnyCa | Usage::VerifyCa => {
            let fields = Field::Any.of(trust);
            if usage == Usage::StatusResponder && fields.iter().any(|field| field.trusted_ca) {
                return OwnTrust::Trusted;
            }
            let distrusted = fields.into_iter().any(|field| authority(field, is_terminal) == OwnTrust::Distrusted);
            if distrusted { OwnTrust::Distrusted } else { OwnTrust::Silent }
        }
    }
}

/// `P` settles it, `p` alone as well.
fn peer(field: UsageTrust, is_terminal: impl Fn(UsageTrust) -> bool) -> OwnTrust {
    match (is_terminal(field), field.trusted_peer) {
        (false, _) => OwnTrust::Silent,
        (true, true) => OwnTrust::Trusted,
        (true, false) => OwnTrust::Distrusted,
    }
}

/// `p` without `P` and `C` forbids; nothing settles it.
pub(super) fn authority(field: UsageTrust, is_terminal: impl Fn(UsageTrust) -> bool) -> OwnTrust {
    if is_terminal(field) && !field.trusted_peer && !field.trusted_ca { OwnTrust::Distrusted } else { OwnTrust::Silent }
}
