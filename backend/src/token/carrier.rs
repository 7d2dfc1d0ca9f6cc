//! The key under which a private key travels into the token or out of it: AES-256, of this session, made for one journey.

use cryptoki::object::ObjectHandle;

use super::{
    attribute::{CKA_CLASS, CKA_KEY_TYPE, CKA_TOKEN, CKA_VALUE, CKK_AES, CKO_SECRET_KEY},
    error::TokenError,
    refusal,
    session::{Template, TokenSession, boolean, number},
};

/// Makes the key with these two uses, gives it and an initialisation vector to `journey`, and destroys it whatever came of that.
pub(crate) fn with_carrier<T>(
    session: &TokenSession,
    uses: [u64; 2],
    journey: impl FnOnce(ObjectHandle, [u8; 16]) -> Result<T, TokenError>,
) -> Result<T, TokenError> {
    let random = |length| session.raw().generate_random_vec(length).map_err(|error| refusal::of(&error));
    let mut vector = [0; 16];
    vector.copy_from_slice(&random(16)?);
    let mut template: Template = vec![(CKA_CLASS, number(CKO_SECRET_KEY)), (CKA_KEY_TYPE, number(CKK_AES)), (CKA_TOKEN, boolean(false))];
    template.extend(uses.map(|usage| (usage, boolean(true))));
    template.push((CKA_VALUE, random(32)?));
    let carrier = session.create(&template)?;
    let outcome = journey(carrier, vector);
    let removed = session.destroy(carrier);
    let outcome = outcome?;
    removed.map(|()| outcome)
}
