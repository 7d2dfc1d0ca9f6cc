//! Importing certificates: all of them, or none.

use std::collections::HashMap;

use certdeck_shared::trust::TrustFlags;

use super::{
    certificate::CertificateParts,
    certificates::{Stored, object, stored},
    error::TokenError,
    keys,
    progress::Progress,
    session::{Template, TokenSession},
    trust::{self, IssuerAndSerial},
    types::{CertificateToImport, ImportedCertificate},
    undo::Undo,
};

/// What an import will write.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) der: Vec<u8>,
    pub(crate) parts: CertificateParts,
    pub(crate) label: Vec<u8>,
    pub(crate) trust: Option<TrustFlags>,
}

impl Planned {
    /// The objects of a certificate whose trust is not in the database yet.
    pub(crate) fn templates(&self, knows_standard_trust: bool) -> Vec<Template> {
        let mut templates = vec![object(&self.der, &self.parts, &self.label)];
        templates.extend(self.trust.into_iter().flat_map(|trust| trust::objects(&self.der, &self.parts, trust, knows_standard_trust)));
        templates
    }

    /// Gives its nickname to its key.
    pub(crate) fn describe_key(&self, session: &TokenSession, undo: &mut Undo) -> Result<(), TokenError> {
        keys::describe(session, undo, &self.parts.key_id, &self.label, Some(&self.parts.subject))
    }
}

/// A certificate that is there.
pub(crate) struct Present {
    pub(crate) der: Vec<u8>,
    pub(crate) label: Option<Vec<u8>>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) subject: Vec<u8>,
}

/// Refuses trust while the token is locked.
pub(crate) fn check_unlocked(session: &TokenSession, certificates: &[CertificateToImport]) -> Result<(), TokenError> {
    if certificates.iter().any(|certificate| certificate.trust.is_some_and(|trust| !trust.is_empty())) {
        session.require_unlocked()?;
    }
    Ok(())
}

/// Imports certificates: all of them, or none.
pub(crate) fn import(
    session: &TokenSession,
    certificates: Vec<CertificateToImport>,
    progress: &mut Progress<'_>,
) -> Result<Vec<ImportedCertificate>, TokenError> {
    check_unlocked(session, &certificates)?;
    let (outcome, planned) = plan(present(session)?, certificates)?;
    let mut undo = Undo::default();
    let result = planned.into_iter().enumerate().try_for_each(|(position, certificate)| {
        progress.check()?;
        add(session, &mut undo, certificate)?;
        progress.step(position + 1)
    });
    undo.finish(session, progress, result.map(|()| outcome))
}

/// What softoken says is there. Everything is read once, because its own look-up by issuer and serial number is linear.
pub(crate) fn present(session: &TokenSession) -> Result<Vec<Present>, TokenError> {
    let found = stored(session, &[])?.into_iter();
    Ok(found.map(|Stored { der, label, issuer, serial, subject, .. }| Present { der, label, issuer, serial, subject }).collect())
}

/// Finds out what becomes of each certificate, before anything is written.
pub(crate) fn plan(
    present: Vec<Present>,
    certificates: Vec<CertificateToImport>,
) -> Result<(Vec<ImportedCertificate>, Vec<Planned>), TokenError> {
    let mut by_serial: HashMap<IssuerAndSerial, (Vec<u8>, Option<String>)> = HashMap::new();
    let mut label_of: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    let mut subject_of: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for certificate in present {
        let label = certificate.label.filter(|label| !label.is_empty());
        let nickname = label.as_deref().map(|label| String::from_utf8_lossy(label).into_owned());
        if let Some(label) = label {
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
        if let Some((there, nickname)) = by_serial.get(&serial) {
            if *there != der {
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

/// Writes one certificate, and gives its nickname to its key.
pub(crate) fn add(session: &TokenSession, undo: &mut Undo, certificate: Planned) -> Result<(), TokenError> {
    let Planned { der, parts, label, trust } = &certificate;
    undo.create(session, &object(der, parts, label)).map_err(|error| match error {
        // softoken's word for a nickname that another subject got meanwhile.
        TokenError::Pkcs11 { value, .. } if value == "CKR_ATTRIBUTE_VALUE_INVALID" => {
            TokenError::NicknameTaken { nickname: String::from_utf8_lossy(label).into_owned() }
        }
        other => other,
    })?;
    certificate.describe_key(session, undo)?;
    match trust {
        Some(trust) => trust::write(session, undo, der, parts, *trust),
        None => Ok(()),
    }
}
