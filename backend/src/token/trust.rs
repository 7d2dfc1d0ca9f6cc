//! Trust objects of both classes: `CKO_TRUST` of PKCS#11 3.2, which wins, and NSS's own `CKO_NSS_TRUST`.

use std::collections::HashMap;

use certdeck_shared::trust::{TrustAttributes, TrustFlags};
use cryptoki::object::ObjectHandle;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{
    attribute::{
        CKA_CERT_MD5_HASH, CKA_CERT_SHA1_HASH, CKA_CLASS, CKA_HASH_OF_CERTIFICATE, CKA_ISSUER, CKA_NAME_HASH_ALGORITHM, CKA_SERIAL_NUMBER,
        CKA_TOKEN, CKA_TRUST_STEP_UP_APPROVED, CKM_SHA256, CKO_NSS_TRUST, CKO_TRUST,
    },
    certificate::CertificateParts,
    error::TokenError,
    refusal,
    session::{Template, TokenSession, as_number, boolean, number},
    undo::Undo,
};

/// What trust objects name a certificate by, both DER.
pub(crate) type IssuerAndSerial = (Vec<u8>, Vec<u8>);

/// Which of the two classes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrustClass {
    /// `CKO_TRUST`.
    Standard,
    /// `CKO_NSS_TRUST`.
    Nss,
}

impl TrustClass {
    fn class(self) -> u64 {
        match self {
            Self::Standard => CKO_TRUST,
            Self::Nss => CKO_NSS_TRUST,
        }
    }

    /// Server, client, e-mail, code; the NSS class has step-up as a fifth.
    fn kinds(self) -> &'static [u64] {
        match self {
            Self::Standard => &[0x62C, 0x62D, 0x62F, 0x62E],
            Self::Nss => &[0xCE53_6358, 0xCE53_6359, 0xCE53_635B, 0xCE53_635A, CKA_TRUST_STEP_UP_APPROVED],
        }
    }

    fn flags(self, values: &[Option<Vec<u8>>]) -> TrustFlags {
        let value = |position: usize| {
            values
                .get(position)
                .and_then(|value| value.as_deref())
                .and_then(as_number)
                .and_then(|value| u32::try_from(value).ok())
                .unwrap_or(0)
        };
        let attributes = TrustAttributes {
            server_auth: value(0),
            client_auth: value(1),
            email_protection: value(2),
            code_signing: value(3),
            step_up: values.get(4).and_then(|octets| octets.as_deref()) == Some(&[1]),
        };
        match self {
            Self::Standard => TrustFlags::from_pkcs11_attributes(attributes),
            Self::Nss => TrustFlags::from_attributes(attributes),
        }
    }

    fn values(self, trust: TrustFlags) -> Template {
        let attributes = match self {
            Self::Standard => trust.pkcs11_attributes(),
            Self::Nss => trust.attributes(),
        };
        let numbers = [attributes.server_auth, attributes.client_auth, attributes.email_protection, attributes.code_signing];
        let mut values: Template = self.kinds().iter().copied().zip(numbers.map(|value| number(u64::from(value)))).collect();
        if self == Self::Nss {
            values.push((CKA_TRUST_STEP_UP_APPROVED, boolean(attributes.step_up)));
        }
        values
    }

    /// A whole object, as NSS makes it.
    fn object(self, certificate: &[u8], parts: &CertificateParts, values: Template) -> Template {
        let mut template = vec![
            (CKA_TOKEN, boolean(true)),
            (CKA_CLASS, number(self.class())),
            (CKA_ISSUER, parts.issuer.clone()),
            (CKA_SERIAL_NUMBER, parts.serial_number.clone()),
        ];
        match self {
            Self::Standard => template
                .extend([(CKA_HASH_OF_CERTIFICATE, Sha256::digest(certificate).to_vec()), (CKA_NAME_HASH_ALGORITHM, number(CKM_SHA256))]),
            Self::Nss => template
                .extend([(CKA_CERT_SHA1_HASH, Sha1::digest(certificate).to_vec()), (CKA_CERT_MD5_HASH, Md5::digest(certificate).to_vec())]),
        }
        template.extend(values);
        template
    }

    fn find(self, session: &TokenSession, parts: &CertificateParts) -> Result<Vec<ObjectHandle>, TokenError> {
        session.find(&[
            (CKA_CLASS, number(self.class())),
            (CKA_ISSUER, parts.issuer.clone()),
            (CKA_SERIAL_NUMBER, parts.serial_number.clone()),
        ])
    }
}

/// Whether an attribute says how far a certificate is trusted.
pub(crate) fn is_level(kind: u64) -> bool {
    TrustClass::Standard.kinds().contains(&kind) || kind != CKA_TRUST_STEP_UP_APPROVED && TrustClass::Nss.kinds().contains(&kind)
}

/// Whether softoken signs the attribute (`sftkdb_isAuthenticatedAttribute`; those of the standard class from NSS 3.114 on).
pub(crate) fn is_signed(kind: u64) -> bool {
    const OTHERS: [u64; 5] =
        [CKA_TRUST_STEP_UP_APPROVED, CKA_CERT_SHA1_HASH, CKA_CERT_MD5_HASH, CKA_HASH_OF_CERTIFICATE, CKA_NAME_HASH_ALGORITHM];
    is_level(kind) || OTHERS.contains(&kind)
}

/// Whether NSS reads the same where nothing is stored.
pub(crate) fn says_nothing(trust: TrustFlags) -> bool {
    trust.is_empty() && !trust.ssl.step_up
}

/// The objects of a certificate that has none yet.
pub(crate) fn objects(certificate: &[u8], parts: &CertificateParts, trust: TrustFlags, knows_standard: bool) -> Vec<Template> {
    if says_nothing(trust) {
        return Vec::new();
    }
    let classes = [TrustClass::Nss, TrustClass::Standard].into_iter().take(if knows_standard { 2 } else { 1 });
    classes.map(|class| class.object(certificate, parts, class.values(trust))).collect()
}

/// Reads trust back: whether there is one object of each class for each of these, with this trust and, on a session that is unlocked, with
/// good signatures. `each` is called after each that is good.
pub(crate) fn confirm(
    session: &TokenSession,
    expected: &HashMap<IssuerAndSerial, TrustFlags>,
    knows_standard: bool,
    mut each: impl FnMut() -> Result<(), TokenError>,
) -> Result<bool, TokenError> {
    let classes: &[TrustClass] = if knows_standard { &[TrustClass::Nss, TrustClass::Standard] } else { &[TrustClass::Nss] };
    for class in classes {
        let mut good = 0;
        for object in session.find(&[(CKA_CLASS, number(class.class()))])? {
            // Not signed, and so read in no time, also of the many that were there before.
            let named = session.read(object, &[CKA_ISSUER, CKA_SERIAL_NUMBER])?;
            let Ok([Some(issuer), Some(serial)]) = <[_; 2]>::try_from(named) else { continue };
            let Some(trust) = expected.get(&(issuer, serial)) else { continue };
            let wanted = class.values(*trust);
            let values = match signed(session, object, class.kinds()) {
                Err(error) if refusal::is_bad_signature(&error) => return Ok(false),
                other => other?,
            };
            if values.iter().zip(&wanted).any(|(value, (_, wanted))| value.as_ref() != Some(wanted)) {
                return Ok(false);
            }
            good += 1;
            each()?;
        }
        if good != expected.len() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Trust of all certificates, by issuer and serial number, read in one go: looking each up would be quadratic.
pub(crate) fn read_all(session: &TokenSession) -> Result<HashMap<IssuerAndSerial, TrustFlags>, TokenError> {
    let mut found = HashMap::new();
    // The second class overwrites what the first said.
    for class in [TrustClass::Nss, TrustClass::Standard] {
        for object in session.find(&[(CKA_CLASS, number(class.class()))])? {
            let mut kinds = vec![CKA_ISSUER, CKA_SERIAL_NUMBER];
            kinds.extend(class.kinds());
            let values = match session.read(object, &kinds) {
                Ok(values) => values,
                // Deleted by someone else between finding and reading.
                Err(TokenError::NotFound { .. }) => continue,
                Err(error) => return Err(error),
            };
            if let (Some(issuer), Some(serial)) = (&values[0], &values[1]) {
                found.insert((issuer.clone(), serial.clone()), class.flags(&values[2..]));
            }
        }
    }
    Ok(found)
}

/// Stores trust for one certificate. Trust that says nothing makes no object where there is none, as with certutil.
pub(crate) fn write(
    session: &TokenSession,
    undo: &mut Undo,
    certificate: &[u8],
    parts: &CertificateParts,
    trust: TrustFlags,
) -> Result<(), TokenError> {
    let standard = TrustClass::Standard.find(session, parts)?;
    let own = TrustClass::Nss.find(session, parts)?;
    if says_nothing(trust) && standard.is_empty() && own.is_empty() {
        return Ok(());
    }
    let knows_standard = session.softoken().knows_standard_trust();
    write_class(session, undo, TrustClass::Nss, &own, certificate, parts, trust)?;
    if knows_standard {
        write_class(session, undo, TrustClass::Standard, &standard, certificate, parts, trust)?;
    } else {
        // This softoken cannot sign such an object, and a newer NSS would believe its old values before ours. Without it, it reads ours.
        for object in standard {
            let whole = snapshot(session, TrustClass::Standard, object)?;
            undo.destroy(session, object, whole)?;
        }
    }
    Ok(())
}

fn write_class(
    session: &TokenSession,
    undo: &mut Undo,
    class: TrustClass,
    existing: &[ObjectHandle],
    certificate: &[u8],
    parts: &CertificateParts,
    trust: TrustFlags,
) -> Result<(), TokenError> {
    let after = class.values(trust);
    let Some(object) = existing.first() else {
        undo.create(session, &class.object(certificate, parts, after))?;
        return Ok(());
    };
    let before = match signed(session, *object, class.kinds()) {
        Ok(values) => values,
        // A forged object: replaced as a whole, so that its new values are signed. There is nothing worth putting back.
        Err(error) if refusal::is_bad_signature(&error) => {
            session.destroy(*object)?;
            undo.create(session, &class.object(certificate, parts, after))?;
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let before: Template = class.kinds().iter().copied().zip(before).filter_map(|(kind, value)| Some((kind, value?))).collect();
    if before == after { Ok(()) } else { undo.set(session, *object, &after, before) }
}

/// Destroys the trust objects of a certificate.
pub(crate) fn delete(session: &TokenSession, undo: &mut Undo, parts: &CertificateParts) -> Result<(), TokenError> {
    for class in [TrustClass::Standard, TrustClass::Nss] {
        for object in class.find(session, parts)? {
            let whole = snapshot(session, class, object)?;
            undo.destroy(session, object, whole)?;
        }
    }
    Ok(())
}

/// Whether the trust objects carry good signatures; needs a session that is logged in.
pub(crate) fn is_authentic(session: &TokenSession, parts: &CertificateParts) -> Result<bool, TokenError> {
    for class in [TrustClass::Standard, TrustClass::Nss] {
        for object in class.find(session, parts)? {
            match signed(session, object, class.kinds()) {
                Ok(_) | Err(TokenError::NotFound { .. }) => {}
                Err(error) if refusal::is_bad_signature(&error) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }
    Ok(true)
}

/// Everything that makes an object again. A forged one has no readable values; it is not made again.
fn snapshot(session: &TokenSession, class: TrustClass, object: ObjectHandle) -> Result<Template, TokenError> {
    let named = [CKA_TOKEN, CKA_CLASS, CKA_ISSUER, CKA_SERIAL_NUMBER];
    let hashes = match class {
        TrustClass::Standard => [CKA_HASH_OF_CERTIFICATE, CKA_NAME_HASH_ALGORITHM],
        TrustClass::Nss => [CKA_CERT_SHA1_HASH, CKA_CERT_MD5_HASH],
    };
    let mut whole: Template = Vec::new();
    for (kind, value) in named.iter().zip(session.read(object, &named)?) {
        whole.extend(value.map(|octets| (*kind, octets)));
    }
    let kinds: Vec<u64> = hashes.iter().chain(class.kinds()).copied().collect();
    match signed(session, object, &kinds) {
        Ok(values) => whole.extend(kinds.into_iter().zip(values).filter_map(|(kind, value)| Some((kind, value?)))),
        Err(error) if refusal::is_bad_signature(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(whole)
}

/// Values that softoken signs. One that has no signature at all it calls an object that is not there (`sdb_GetMetaData`), as it does of one that
/// somebody deleted meanwhile: what is not signed is forged, or was cut off between both files, and is worth no more than a wrong signature.
fn signed(session: &TokenSession, object: ObjectHandle, kinds: &[u64]) -> Result<Vec<Option<Vec<u8>>>, TokenError> {
    match session.read(object, kinds) {
        Err(TokenError::NotFound { .. }) if session.read(object, &[CKA_ISSUER]).is_ok() => Err(refusal::bad_signature()),
        other => other,
    }
}
