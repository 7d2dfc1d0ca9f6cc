//! Revocation lists in the database, as `crlutil` keeps them: NSS itself looks there when it verifies a certificate.

use super::{
    attribute::{CKA_CLASS, CKA_NSS_KRL, CKA_NSS_URL, CKA_SUBJECT, CKA_TOKEN, CKA_VALUE, CKO_NSS_CRL},
    error::TokenError,
    session::{TokenSession, boolean, number},
};

/// The lists of all issuers, DER.
pub(crate) fn list(session: &TokenSession) -> Result<Vec<Vec<u8>>, TokenError> {
    let mut lists = Vec::new();
    for object in session.find(&[(CKA_CLASS, number(CKO_NSS_CRL))])? {
        match session.read_one(object, CKA_VALUE) {
            Ok(value) => lists.extend(value.filter(|value| !value.is_empty())),
            // Somebody replaced it meanwhile.
            Err(TokenError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(lists)
}

/// Stores a list, in the place of the one that the issuer had.
pub(crate) fn store(session: &TokenSession, issuer: &[u8], list: &[u8]) -> Result<(), TokenError> {
    let of_issuer = [(CKA_CLASS, number(CKO_NSS_CRL)), (CKA_SUBJECT, issuer.to_vec())];
    let before = session.find(&of_issuer)?;
    let stored = session.create(&[
        (CKA_CLASS, number(CKO_NSS_CRL)),
        (CKA_TOKEN, boolean(true)),
        (CKA_SUBJECT, issuer.to_vec()),
        (CKA_VALUE, list.to_vec()),
        (CKA_NSS_KRL, boolean(false)),
        // NSS does not find a list that lacks one of its attributes; this one says where the list came from.
        (CKA_NSS_URL, Vec::new()),
    ])?;
    for object in before.into_iter().filter(|object| *object != stored) {
        match session.destroy(object) {
            Ok(()) | Err(TokenError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Takes a list away.
pub(crate) fn delete(session: &TokenSession, list: &[u8]) -> Result<(), TokenError> {
    for object in session.find(&[(CKA_CLASS, number(CKO_NSS_CRL))])? {
        if session.read_one(object, CKA_VALUE)?.is_some_and(|value| value == list) {
            return session.destroy(object);
        }
    }
    Err(TokenError::NotFound { what: "revocation list".to_owned() })
}
