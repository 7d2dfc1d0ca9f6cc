//! Certificates of a token: listing, importing, renaming, deleting.

use std::collections::{HashMap, HashSet};

use cryptoki::object::ObjectHandle;

use super::{
    certificate::CertificateParts,
    error::TokenError,
    keys,
    progress::Progress,
    protocol::TrustToSet,
    session::{Template, TokenSession, boolean, number},
    trust,
    types::{CertificateToImport, ImportedCertificate, TokenCertificate},
    undo::Undo,
};

const CKA_CLASS: u64 = 0x0;
const CKA_TOKEN: u64 = 0x1;
const CKA_LABEL: u64 = 0x3;
const CKA_VALUE: u64 = 0x11;
const CKA_CERTIFICATE_TYPE: u64 = 0x80;
const CKA_ISSUER: u64 = 0x81;
const CKA_SERIAL_NUMBER: u64 = 0x82;
const CKA_SUBJECT: u64 = 0x101;
const CKA_ID: u64 = 0x102;
const CKA_NSS_EMAIL: u64 = 0xCE53_4352;
const CKO_CERTIFICATE: u64 = 0x1;
const CKC_X_509: u64 = 0x0;

/// A certificate object as it is in the token.
struct Stored {
    object: ObjectHandle,
    der: Vec<u8>,
    label: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    subject: Vec<u8>,
}

impl Stored {
    fn nickname(&self) -> Option<String> {
        self.label.as_deref().filter(|label| !label.is_empty()).map(|label| String::from_utf8_lossy(label).into_owned())
    }
}

fn stored(session: &TokenSession, more: &[(u64, Vec<u8>)]) -> Result<Vec<Stored>, TokenError> {
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

/// What an import will write.
struct Planned {
    der: Vec<u8>,
    parts: CertificateParts,
    label: Vec<u8>,
    trust: Option<certdeck_shared::trust::TrustFlags>,
}

/// Imports certificates: all of them, or none.
pub(crate) fn import(
    session: &TokenSession,
    certificates: Vec<CertificateToImport>,
    progress: &mut Progress<'_>,
) -> Result<Vec<ImportedCertificate>, TokenError> {
    if certificates.iter().any(|certificate| certificate.trust.is_some_and(|trust| !trust.is_empty())) {
        session.require_unlocked()?;
    }
    let (outcome, planned) = plan(session, certificates)?;
    let mut undo = Undo::default();
    let result = planned.into_iter().enumerate().try_for_each(|(position, certificate)| {
        progress.check()?;
        add(session, &mut undo, certificate)?;
        progress.step(position + 1)
    });
    undo.finish(session, result.map(|()| outcome))
}

/// Finds out what becomes of each certificate, before anything is written. Everything is read once, because softoken's own look-up by
/// issuer and serial number is linear.
fn plan(session: &TokenSession, certificates: Vec<CertificateToImport>) -> Result<(Vec<ImportedCertificate>, Vec<Planned>), TokenError> {
    let mut by_serial: HashMap<(Vec<u8>, Vec<u8>), (Vec<u8>, Option<String>)> = HashMap::new();
    let mut label_of: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let mut subject_of: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for certificate in stored(session, &[])? {
        let nickname = certificate.nickname();
        if let Some(label) = certificate.label.filter(|label| !label.is_empty()) {
            label_of.insert(certificate.subject.clone(), label.clone());
            subject_of.insert(label, certificate.subject);
        }
        by_serial.insert((certificate.issuer, certificate.serial), (certificate.der, nickname));
    }
    let mut outcome = Vec::with_capacity(certificates.len());
    let mut planned = Vec::new();
    for CertificateToImport { der, nickname, trust } in certificates {
        let parts = CertificateParts::read(&der)?;
        let serial = (parts.issuer.clone(), parts.serial_number.clone());
        if let Some((present, nickname)) = by_serial.get(&serial) {
            if *present != der {
                return Err(TokenError::SerialNumberReused { nickname: nickname.clone() });
            }
            outcome.push(ImportedCertificate { nickname: nickname.clone(), added: false });
            continue;
        }
        let label = label_of.get(&parts.subject).cloned().unwrap_or_else(|| nickname.clone().into_bytes());
        if subject_of.get(&label).is_some_and(|subject| *subject != parts.subject) {
            return Err(TokenError::NicknameTaken { nickname });
        }
        let nickname = Some(String::from_utf8_lossy(&label).into_owned()).filter(|text| !text.is_empty());
        if !label.is_empty() {
            label_of.insert(parts.subject.clone(), label.clone());
            subject_of.insert(label.clone(), parts.subject.clone());
        }
        by_serial.insert(serial, (der.clone(), nickname.clone()));
        outcome.push(ImportedCertificate { nickname, added: true });
        planned.push(Planned { der, parts, label, trust });
    }
    Ok((outcome, planned))
}

fn add(session: &TokenSession, undo: &mut Undo, certificate: Planned) -> Result<(), TokenError> {
    let Planned { der, parts, label, trust } = certificate;
    undo.create(session, &object(&der, &parts, &label)).map_err(|error| match error {
        // softoken's word for a nickname that another subject got meanwhile.
        TokenError::Pkcs11 { value, .. } if value == "CKR_ATTRIBUTE_VALUE_INVALID" => {
            TokenError::NicknameTaken { nickname: String::from_utf8_lossy(&label).into_owned() }
        }
        other => other,
    })?;
    keys::describe(session, undo, &parts.key_id, &label, Some(&parts.subject))?;
    match trust {
        Some(trust) => trust::write(session, undo, &der, &parts, trust),
        None => Ok(()),
    }
}

/// A certificate object, attribute for attribute as certutil makes it.
fn object(der: &[u8], parts: &CertificateParts, label: &[u8]) -> Template {
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
    undo.finish(session, result)
}

/// Gives a nickname to all certificates of the subject, and to their private keys where they can be seen.
pub(crate) fn rename(session: &TokenSession, der: &[u8], nickname: &str) -> Result<(), TokenError> {
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
    undo.finish(session, result)
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
    undo.finish(session, result)?;
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
