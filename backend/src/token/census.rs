//! How many objects of each kind a token holds.

use certdeck_shared::api::conversion::Holdings;

use super::{
    attribute::{CKA_CLASS, CKO_CERTIFICATE, CKO_NSS_CRL, CKO_NSS_SMIME, CKO_NSS_TRUST, CKO_PRIVATE_KEY, CKO_TRUST},
    error::TokenError,
    session::{TokenSession, number},
};

/// Counts on the session for reading, and the keys on the other one where that sees them.
pub(crate) fn count(reader: &TokenSession, unlocked: Option<&TokenSession>) -> Result<Holdings, TokenError> {
    let of = |session: &TokenSession, class: u64| Ok::<_, TokenError>(session.find(&[(CKA_CLASS, number(class))])?.len());
    Ok(Holdings {
        certificates: of(reader, CKO_CERTIFICATE)?,
        // Where both classes are there, they speak of the same certificates.
        trust: of(reader, CKO_NSS_TRUST)?.max(of(reader, CKO_TRUST)?),
        revocation_lists: of(reader, CKO_NSS_CRL)?,
        smime_profiles: of(reader, CKO_NSS_SMIME)?,
        private_keys: unlocked.map(|session| of(session, CKO_PRIVATE_KEY)).transpose()?,
    })
}
