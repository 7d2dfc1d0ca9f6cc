//! Certificates of a token: listing, trust, renaming, deleting.

use std::collections::HashSet;

use cryptoki::object::ObjectHandle;

use super::{
    attribute::{
        CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_ID, CKA_ISSUER, CKA_LABEL, CKA_NSS_EMAIL, CKA_SERIAL_NUMBER, CKA_SUBJECT, CKA_TOKEN,
        CKA_VALUE, CKC_X_509, CKO_CERTIFICATE,
    },
    certificate::CertificateParts,
    error::TokenError,
    keys,
    progress::Progress,
    protocol::TrustToSet,
    session::{Template, TokenSession, boolean, number},
    trust,
    types::TokenCertificate,
    undo::Undo,
};

/// A certificate object as it is in the token.
pub(crate) struct Stored {
    pub(crate) object: ObjectHandle,
    pub(crate) der: Vec<u8>,
    pub(crate) label: Option<Vec<u8>>,
    pub(crate) id: Option<Vec<u8>>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) subject: Vec<u8>,
}

impl Stored {
    /// CKA_LABEL as text.
    pub(crate) fn nickname(&self) -> Option<String> {
        self.label.as_deref().filter(|label| !label.is_empty()).map(|label| String::from_utf8_lossy(label).into_owned())
    }
}

/// Certificate objects that match.
pub(crate) fn stored(session: &TokenSession, more: &[(u64, Vec<u8>)]) -> Result<Vec<Stored>, TokenError> {
    let mut template = vec![(CKA_CLASS, number(CKO_CERTIFICATE))];
    template.extend_from_slice(more);
    let mut found = Vec::new();
    for object in session.find(&template)? {
        let values = match session.read(object, &[CKA_VALUE, CKA_LABEL, CKA_ID, CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_SUBJECT]) {
            Ok(values) => values,
            // Deleted by someone else between finding and reading.
            Err(TokenError::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        if let Ok([Some(der), label, id, Some(issuer), Some(serial), Some(subject)]) = <[_; 6]>::try_from(values) {
            found.push(Stored { object, der, label, id, issuer, serial, subject });
        }
    }
    Ok(found)
}

/// The object of a certificate.
fn find(session: &TokenSession, der: &[u8], parts: &CertificateParts) -> Result<Option<Stored>, TokenError> {
    let by_serial = [(CKA_ISSUER, parts.issuer.clone()), (CKA_SERIAL_NUMBER, parts.serial_number.clone())];
    Ok(stored(session, &by_serial)?.into_iter().find(|found| found.der == der))
}

fn missing() -> TokenError {
    TokenError::NotFound { what: "certificate".to_owned() }
}

/// All certificates. `private` is the session that sees private keys, if there is one; else the public keys tell, as with certutil. A
/// dbm database does not list public keys while it is locked; there each is asked for by its id.
pub(crate) fn list(session: &TokenSession, private: Option<&TokenSession>, one_by_one: bool) -> Result<Vec<TokenCertificate>, TokenError> {
    let mut trusts = trust::read_all(session)?;
    let mut ids: HashSet<Vec<u8>> = keys::public_ids(session)?.into_iter().collect();
    if let Some(private) = private {
        ids = keys::private_ids(private)?.into_iter().collect();
    }
    let mut listed = Vec::new();
    for certificate in stored(session, &[])? {
        let nickname = certificate.nickname();
        let mut key_id = certificate.id;
        if let Some(id) = &key_id
            && !ids.contains(id)
            && !(one_by_one && keys::has_public(session, id)?)
        {
            key_id = None;
        }
        let trust = trusts.remove(&(certificate.issuer, certificate.serial)).unwrap_or_default();
        listed.push(TokenCertificate { der: certificate.der, nickname, trust: trust.with_user(key_id.is_some()), key_id });
    }
    Ok(listed)
}

/// A certificate object, attribute for attribute as certutil makes it.
pub(crate) fn object(der: &[u8], parts: &CertificateParts, label: &[u8]) -> Template {
    let mut template = vec![
        (CKA_TOKEN, boolean(true)),
        (CKA_CLASS, number(CKO_CERTIFICATE)),
        (CKA_CERTIFICATE_TYPE, number(CKC_X_509)),
        (CKA_ID, parts.key_id.clone()),
        (CKA_LABEL, label.to_vec()),
        (CKA_VALUE, der.to_vec()),
        (CKA_ISSUER, parts.issuer.clone()),
        (CKA_SUBJECT, parts.subject.clone()),
        (CKA_SERIAL_NUMBER, parts.serial_number.clone()),
    ];
    template.extend(parts.email.clone().map(|address| (CKA_NSS_EMAIL, address)));
    template
}

/// Stores trust for certificates: for all of them, or none.
pub(crate) fn set_trust(session: &TokenSession, changes: &[TrustToSet], progress: &mut Progress<'_>) -> Result<(), TokenError> {
    session.require_unlocked()?;
    let mut planned = Vec::with_capacity(changes.len());
    for change in changes {
        let parts = CertificateParts::read(&change.der)?;
        find(session, &change.der, &parts)?.ok_or_else(missing)?;
        planned.push((change, parts));
    }
    let mut undo = Undo::default();
    let result = planned.iter().enumerate().try_for_each(|(position, (change, parts))| {
        progress.check()?;
        trust::write(session, &mut undo, &change.der, parts, change.trust)?;
        progress.step(position + 1)
    });
    undo.finish(session, progress, result)
}

/// Gives a nickname to all certificates of the subject, and to their private keys where they can be seen.
pub(crate) fn rename(session: &TokenSession, der: &[u8], nickname: &str, progress: &mut Progress<'_>) -> Result<(), TokenError> {
    let parts = CertificateParts::read(der)?;
    find(session, der, &parts)?.ok_or_else(missing)?;
    let label = nickname.as_bytes().to_vec();
    if stored(session, &[(CKA_LABEL, label.clone())])?.iter().any(|other| other.subject != parts.subject) {
        return Err(TokenError::NicknameTaken { nickname: nickname.to_owned() });
    }
    let same_subject = stored(session, &[(CKA_SUBJECT, parts.subject)])?;
    let mut undo = Undo::default();
    let result = same_subject.into_iter().try_for_each(|certificate| {
        let before = vec![(CKA_LABEL, certificate.label.unwrap_or_default())];
        undo.set(session, certificate.object, &vec![(CKA_LABEL, label.clone())], before)?;
        match certificate.id {
            Some(id) => keys::describe(session, &mut undo, &id, &label, None),
            None => Ok(()),
        }
    });
    undo.finish(session, progress, result)
}

/// Deletes certificates with their trust, then their key pairs if asked. Keys go last: nothing brings them back.
pub(crate) fn delete(
    session: &TokenSession,
    certificates: &[Vec<u8>],
    with_keys: bool,
    progress: &mut Progress<'_>,
) -> Result<(), TokenError> {
    if with_keys {
        session.require_unlocked()?;
    }
    let mut found = Vec::with_capacity(certificates.len());
    for der in certificates {
        let parts = CertificateParts::read(der)?;
        let certificate = find(session, der, &parts)?.ok_or_else(missing)?;
        found.push((certificate, parts));
    }
    let mut undo = Undo::default();
    let result = found.iter().enumerate().try_for_each(|(position, (certificate, parts))| {
        progress.check()?;
        trust::delete(session, &mut undo, parts)?;
        let whole = object_again(certificate, parts);
        undo.destroy(session, certificate.object, whole)?;
        progress.step(position + 1)
    });
    undo.finish(session, progress, result)?;
    if with_keys {
        let ids: HashSet<&Vec<u8>> = found.iter().filter_map(|(certificate, _)| certificate.id.as_ref()).collect();
        for id in ids {
            keys::delete_if_any(session, id)?;
        }
    }
    Ok(())
}

fn object_again(certificate: &Stored, parts: &CertificateParts) -> Template {
    let mut template = object(&certificate.der, parts, certificate.label.as_deref().unwrap_or_default());
    if let Some(id) = &certificate.id {
        for (kind, value) in &mut template {
            if *kind == CKA_ID {
                value.clone_from(id);
            }
        }
    }
    template
}

/// For each certificate, whether its stored trust is signed by the database's password.
pub(crate) fn authentic_trust(session: &TokenSession, certificates: &[Vec<u8>]) -> Result<Vec<bool>, TokenError> {
    session.require_unlocked()?;
    certificates.iter().map(|der| trust::is_authentic(session, &CertificateParts::read(der)?)).collect()
}
