//! The PKCS#11 calls that cryptoki cannot make, or makes in a way that softoken does not bear.
#![expect(unsafe_code, reason = "these calls go past cryptoki, to the library's own functions")]

use cryptoki::{object::ObjectHandle, session::Session};
use cryptoki_sys::{
    CK_ATTRIBUTE, CK_ATTRIBUTE_TYPE, CK_MECHANISM, CK_RV, CK_ULONG, CK_UNAVAILABLE_INFORMATION, CKM_AES_CBC_PAD, CKM_AES_KEY_WRAP_PAD,
    CKM_EDDSA, CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_OK,
};
use zeroize::Zeroizing;

use super::error::TokenError;
use super::refusal;
use super::softoken::{Softoken, missing};

/// Octets of a signature of Ed25519.
const EDWARDS_SIGNATURE: usize = 64;

impl Softoken {
    /// Values of attributes, of any number: cryptoki refuses numbers it does not know. `None` where the object has no such attribute,
    /// or does not give it away.
    pub(crate) fn attributes(&self, session: &Session, object: ObjectHandle, kinds: &[u64]) -> Result<Vec<Option<Vec<u8>>>, TokenError> {
        let get = self.functions.C_GetAttributeValue.ok_or_else(|| missing("C_GetAttributeValue"))?;
        let mut template = kinds
            .iter()
            .map(|kind| {
                Ok(CK_ATTRIBUTE { type_: CK_ATTRIBUTE_TYPE::try_from(*kind).map_err(number)?, pValue: std::ptr::null_mut(), ulValueLen: 0 })
            })
            .collect::<Result<Vec<_>, TokenError>>()?;
        let count = CK_ULONG::try_from(template.len()).map_err(number)?;
        // SAFETY: the template has `count` entries, whose NULL pointers ask for lengths only.
        let asked = unsafe { get(session.handle(), object.handle(), template.as_mut_ptr(), count) };
        tolerate_absence(asked)?;
        let mut values = template
            .iter()
            .map(|entry| {
                if entry.ulValueLen == CK_UNAVAILABLE_INFORMATION {
                    Ok(None)
                } else {
                    usize::try_from(entry.ulValueLen).map(|length| Some(vec![0; length]))
                }
            })
            .collect::<Result<Vec<Option<Vec<u8>>>, _>>()
            .map_err(number)?;
        let mut positions = Vec::with_capacity(values.len());
        let mut present = Vec::with_capacity(values.len());
        for (position, value) in values.iter_mut().enumerate() {
            if let Some(octets) = value {
                positions.push(position);
                present.push(CK_ATTRIBUTE {
                    type_: template[position].type_,
                    pValue: octets.as_mut_ptr().cast(),
                    ulValueLen: template[position].ulValueLen,
                });
            }
        }
        let count = CK_ULONG::try_from(present.len()).map_err(number)?;
        // SAFETY: each entry points to a vector of the length it states, and the vectors outlive the call.
        let filled = unsafe { get(session.handle(), object.handle(), present.as_mut_ptr(), count) };
        tolerate_absence(filled)?;
        for (entry, position) in present.iter().zip(positions) {
            if entry.ulValueLen == CK_UNAVAILABLE_INFORMATION {
                values[position] = None;
            } else if let Some(octets) = &mut values[position] {
                octets.truncate(usize::try_from(entry.ulValueLen).map_err(number)?);
            }
        }
        Ok(values)
    }

    /// Wraps a private key with AES-CBC-PAD and this vector, or without one with AES-KEY-WRAP-PAD (RFC 5649). cryptoki's own `wrap_key` keeps
    /// the length of the first call, which softoken rounds up.
    pub(crate) fn wrap(
        &self,
        session: &Session,
        wrapping_key: ObjectHandle,
        key: ObjectHandle,
        initialization_vector: Option<&mut [u8; 16]>,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        let wrap = self.functions.C_WrapKey.ok_or_else(|| missing("C_WrapKey"))?;
        let mut mechanism = match initialization_vector {
            Some(vector) => CK_MECHANISM { mechanism: CKM_AES_CBC_PAD, pParameter: vector.as_mut_ptr().cast(), ulParameterLen: 16 },
            None => CK_MECHANISM { mechanism: CKM_AES_KEY_WRAP_PAD, pParameter: std::ptr::null_mut(), ulParameterLen: 0 },
        };
        let mut length: CK_ULONG = 0;
        // SAFETY: the mechanism points to 16 octets that outlive both calls, or to none; a NULL buffer asks for the length.
        let asked = unsafe {
            wrap(session.handle(), &raw mut mechanism, wrapping_key.handle(), key.handle(), std::ptr::null_mut(), &raw mut length)
        };
        refusal::check(asked, "C_WrapKey")?;
        let mut octets = Zeroizing::new(vec![0; usize::try_from(length).map_err(number)?]);
        // SAFETY: the buffer has `length` octets.
        let wrapped = unsafe {
            wrap(session.handle(), &raw mut mechanism, wrapping_key.handle(), key.handle(), octets.as_mut_ptr(), &raw mut length)
        };
        refusal::check(wrapped, "C_WrapKey")?;
        octets.truncate(usize::try_from(length).map_err(number)?);
        Ok(octets)
    }

    /// Signs with a key of Ed25519. cryptoki's own `sign` asks for the length first, which softoken refuses for this mechanism.
    pub(crate) fn sign_with_edwards(&self, session: &Session, key: ObjectHandle, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let begin = self.functions.C_SignInit.ok_or_else(|| missing("C_SignInit"))?;
        let sign = self.functions.C_Sign.ok_or_else(|| missing("C_Sign"))?;
        let mut mechanism = CK_MECHANISM { mechanism: CKM_EDDSA, pParameter: std::ptr::null_mut(), ulParameterLen: 0 };
        // SAFETY: the mechanism has no parameter and outlives the call.
        let begun = unsafe { begin(session.handle(), &raw mut mechanism, key.handle()) };
        refusal::check(begun, "C_SignInit")?;
        let mut signature = vec![0; EDWARDS_SIGNATURE];
        let mut length = CK_ULONG::try_from(signature.len()).map_err(number)?;
        let octets = CK_ULONG::try_from(message.len()).map_err(number)?;
        // SAFETY: the message is only read, although the function list has no const; the buffer has `length` octets.
        let signed = unsafe { sign(session.handle(), message.as_ptr().cast_mut(), octets, signature.as_mut_ptr(), &raw mut length) };
        refusal::check(signed, "C_Sign")?;
        signature.truncate(usize::try_from(length).map_err(number)?);
        Ok(signature)
    }
}

fn tolerate_absence(value: CK_RV) -> Result<(), TokenError> {
    if matches!(value, CKR_OK | CKR_ATTRIBUTE_SENSITIVE | CKR_ATTRIBUTE_TYPE_INVALID) {
        return Ok(());
    }
    refusal::check(value, "C_GetAttributeValue")
}

fn number(error: impl std::fmt::Display) -> TokenError {
    TokenError::unusable(format!("a PKCS#11 number is out of range: {error}"))
}
