//! How a private key travels into a token or out of it: under an AES-256 key of this session, made for one journey.

use cryptoki::mechanism::Mechanism;
use cryptoki::object::ObjectHandle;
use openssl::cipher::Cipher;
use openssl::cipher_ctx::{CipherCtx, CipherCtxFlags};
use openssl::error::ErrorStack;
use zeroize::Zeroizing;

use super::{
    attribute::{
        CKA_CLASS, CKA_DECRYPT, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_TOKEN, CKA_UNWRAP, CKA_VALUE, CKA_WRAP, CKK_AES,
        CKO_SECRET_KEY,
    },
    error::TokenError,
    refusal,
    session::{Template, TokenSession, boolean, number},
};

/// The key of a journey.
struct Carrier {
    object: ObjectHandle,
    value: Zeroizing<Vec<u8>>,
    vector: [u8; 16],
}

/// A private key as PKCS#8.
///
/// # Errors
/// `KeyUnextractable` when the token does not give it away.
pub(crate) fn out_of(session: &TokenSession, key: ObjectHandle) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    needs_extractable(session, key)?;
    with_carrier(session, [CKA_WRAP, CKA_DECRYPT], |carrier| {
        let mut vector = carrier.vector;
        match session.wrap(carrier.object, key, Some(&mut vector)) {
            Ok(wrapped) => session
                .raw()
                .decrypt(&Mechanism::AesCbcPad(carrier.vector), carrier.object, &wrapped)
                .map(Zeroizing::new)
                .map_err(|error| refusal::of(&error)),
            // Not every token wraps with CBC: the others do as RFC 5649 has it, and nobody decrypts that but we.
            Err(error) if lacks_mechanism(&error) => {
                let wrapped = session.wrap(carrier.object, key, None)?;
                unwrapped(&carrier.value, &wrapped).map_err(|error| TokenError::unusable(format!("a wrapped key: {error}")))
            }
            Err(error) => Err(error),
        }
    })
    .map_err(|error| match error {
        TokenError::Pkcs11 { value, .. } if matches!(value.as_str(), "CKR_KEY_UNEXTRACTABLE" | "CKR_KEY_NOT_WRAPPABLE") => {
            TokenError::KeyUnextractable
        }
        other => other,
    })
}

/// Fails when a private key never leaves its token.
pub(crate) fn needs_extractable(session: &TokenSession, key: ObjectHandle) -> Result<(), TokenError> {
    match session.read_one(key, CKA_EXTRACTABLE)?.as_deref() {
        Some([0]) => Err(TokenError::KeyUnextractable),
        _ => Ok(()),
    }
}

/// Writes a private key, PKCS#8, into the token: a sensitive key cannot be created from its value.
pub(crate) fn into(session: &TokenSession, pkcs8: &[u8], template: &Template) -> Result<ObjectHandle, TokenError> {
    with_carrier(session, [CKA_ENCRYPT, CKA_UNWRAP], |carrier| {
        let mechanism = Mechanism::AesCbcPad(carrier.vector);
        let wrapped = session.raw().encrypt(&mechanism, carrier.object, pkcs8).map_err(|error| refusal::of(&error))?;
        match session.unwrap(carrier.object, &mechanism, &wrapped, template) {
            Err(error) if lacks_mechanism(&error) => {
                let wrapped =
                    wrapped_with(&carrier.value, pkcs8).map_err(|error| TokenError::unusable(format!("a key to wrap: {error}")))?;
                session.unwrap(carrier.object, &Mechanism::AesKeyWrapPad, &wrapped, template)
            }
            other => other,
        }
    })
}

/// Makes the key with these two uses, hands it to `journey`, and destroys it whatever came of that.
fn with_carrier<T>(
    session: &TokenSession,
    uses: [u64; 2],
    journey: impl FnOnce(&Carrier) -> Result<T, TokenError>,
) -> Result<T, TokenError> {
    let random = |length| session.raw().generate_random_vec(length).map_err(|error| refusal::of(&error));
    let mut vector = [0; 16];
    vector.copy_from_slice(&random(16)?);
    let value = Zeroizing::new(random(32)?);
    let mut template: Template = vec![(CKA_CLASS, number(CKO_SECRET_KEY)), (CKA_KEY_TYPE, number(CKK_AES)), (CKA_TOKEN, boolean(false))];
    template.extend(uses.map(|usage| (usage, boolean(true))));
    template.push((CKA_VALUE, value.to_vec()));
    let carrier = Carrier { object: session.create(&template)?, value, vector };
    let outcome = journey(&carrier);
    let removed = session.destroy(carrier.object);
    let outcome = outcome?;
    removed.map(|()| outcome)
}

fn lacks_mechanism(error: &TokenError) -> bool {
    matches!(error, TokenError::Pkcs11 { value, .. } if matches!(value.as_str(), "CKR_MECHANISM_INVALID" | "CKR_MECHANISM_PARAM_INVALID"))
}

/// AES key wrap with padding (RFC 5649).
fn wrapped_with(key: &[u8], plain: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.encrypt_init(Some(Cipher::aes_256_wrap_pad()), Some(key), None)?;
    let mut wrapped = Vec::new();
    context.cipher_update_vec(plain, &mut wrapped)?;
    context.cipher_final_vec(&mut wrapped)?;
    Ok(wrapped)
}

/// The way back.
fn unwrapped(key: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let mut context = CipherCtx::new()?;
    context.set_flags(CipherCtxFlags::FLAG_WRAP_ALLOW);
    context.decrypt_init(Some(Cipher::aes_256_wrap_pad()), Some(key), None)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(wrapped.len()));
    context.cipher_update_vec(wrapped, &mut plain)?;
    context.cipher_final_vec(&mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_as_rfc_5649_has_it_comes_back() {
        let key = [7_u8; 32];
        for length in [1, 8, 20, 138, 1217] {
            let plain: Vec<u8> = (0..length).map(|place| u8::try_from(place % 251).unwrap()).collect();
            let wrapped = wrapped_with(&key, &plain).unwrap();
            assert_eq!(wrapped.len() % 8, 0);
            assert_eq!(*unwrapped(&key, &wrapped).unwrap(), plain);
            assert!(unwrapped(&[8; 32], &wrapped).is_err());
        }
    }
}
