//! The proof that the format is understood: the softoken at hand writes a few of the certificates into a new database in memory, and every
//! octet of that must be what we would have written.

use super::{
    super::{import, import::Planned, secret::Secret, slots::Slots, undo::Undo},
    BulkError, file, row,
    signature::{Derivation, PassKey, Signer},
    signature_name, signed,
};
use crate::host::{
    randomness,
    scratch::{self, Scratch},
};

/// Lets softoken write certificates into a database with or without a password, and compares. Returns how softoken derives the keys of
/// signatures; none where nothing was signed.
pub(super) fn prove(slots: &Slots, exemplars: &[Planned], with_password: bool) -> Result<Option<Derivation>, BulkError> {
    let scratch = room()?;
    // Not the password of the database at hand: nothing in the scratch is a secret of anybody's.
    let password = if with_password { Secret::new(randomness::identifier()) } else { Secret::default() };
    let knows_standard = slots.on_new_database(scratch.path(), &password, |session| {
        for exemplar in exemplars {
            import::add(session, &mut Undo::default(), exemplar.clone())?;
        }
        Ok(session.softoken().knows_standard_trust())
    })?;
    let file::Contents { mut objects, mut signatures } = file::contents(scratch.path())?;
    let salt = signatures.remove("password").ok_or_else(|| BulkError::unknown("softoken stores the password elsewhere"))?;
    let pass_key = PassKey::derive(&password, &salt).ok_or_else(|| BulkError::unknown("softoken salts the password in another way"))?;
    let mut derivation = None;
    for template in exemplars.iter().flat_map(|exemplar| exemplar.templates(knows_standard)) {
        let expected = row::of(&template)?;
        let found = objects.iter().find(|(_, stored)| **stored == expected).map(|(object, _)| *object);
        let object = found.ok_or_else(|| BulkError::unknown("softoken stores objects in another way"))?;
        objects.remove(&object);
        for (kind, value) in signed(&expected) {
            let signature = signatures.remove(&signature_name(object, kind));
            let signature = signature.ok_or_else(|| BulkError::unknown("softoken signs other attributes"))?;
            let derived = Derivation::of_signature(&signature).map_err(BulkError::Unknown)?;
            if Signer::new(&pass_key, &derived)?.sign(object, kind, value)? != signature {
                return Err(BulkError::unknown("softoken signs in another way"));
            }
            derivation = Some(derived);
        }
    }
    if objects.is_empty() && signatures.is_empty() {
        Ok(derivation)
    } else {
        Err(BulkError::unknown("softoken stores more than is known here"))
    }
}

/// Room for a database in memory, where there is some.
fn room() -> Result<Scratch, BulkError> {
    let made = scratch::place().and_then(|place| Scratch::make(&place));
    made.map_err(|error| BulkError::Unknown(format!("there is no room to try it out: {error}")))
}
