//! Making a database.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _};

use certdeck_shared::api::database::DatabaseFormat;
use cryptoki::{session::UserType, types::AuthPin};

use super::{error::TokenError, refusal, secret::Secret, session::TokenSession, slots::Slots};

/// The internal module's entry, as certutil writes it.
fn modules(directory: &str) -> String {
    format!(
        "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:{directory}' certPrefix='' keyPrefix='' \
         secmod='secmod.db' flags= updatedir='' updateCertPrefix='' updateKeyPrefix='' updateid='' updateTokenDescription='' \n\
         NSS=Flags=internal,critical trustOrder=75 cipherOrder=100 slotParams=(1={{slotFlags=[ECC,RSA,DSA,DH,RC2,RC4,DES,RANDOM,SHA1,\
         MD5,MD2,SSL,TLS,AES,Camellia,SEED,SHA256,SHA512] askpw=any timeout=30}})\n\n"
    )
}

/// Makes cert9.db, key4.db and pkcs11.txt, and logs in. What was made goes again when it fails.
pub(crate) fn create(slots: &mut Slots, password: &Secret) -> Result<(), TokenError> {
    if slots.files().format() != DatabaseFormat::Sql {
        return Err(TokenError::unusable("new databases are SQLite databases only"));
    }
    let directory = slots.files().directory().to_owned();
    for name in ["cert9.db", "key4.db", "pkcs11.txt", "cert8.db", "key3.db", "secmod.db"] {
        let path = directory.join(name);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(TokenError::DatabaseExists { file: path.display().to_string() });
        }
    }
    if !directory.is_dir() {
        return Err(TokenError::unusable(format!("{} is not a directory", directory.display())));
    }
    if let Some(reason) = slots.files().obstacle() {
        return Err(TokenError::WriteProtected { reason });
    }
    // What NSS cuts off at its NUL, or takes for longer than its buffer, would lock the owner out.
    if password.reveal().len() > 500 || password.reveal().contains('\0') {
        return Err(TokenError::PinIncorrect);
    }
    slots.close();
    let mut made = fill(slots, password);
    if made.is_err() {
        // softoken answers CKR_GENERAL_ERROR when it has no room; looked at before the files go and make some.
        if slots.files().is_disk_full() {
            made = Err(TokenError::DiskFull);
        }
        slots.close();
        for name in ["cert9.db", "key4.db", "pkcs11.txt", "cert9.db-journal", "key4.db-journal"] {
            let _ = fs::remove_file(directory.join(name));
        }
    }
    made
}

/// Gives a new database its password, and logs in.
pub(crate) fn set_first_password(session: &TokenSession, password: &Secret) -> Result<(), TokenError> {
    // As security officer, whose own password is empty until then.
    session.login(UserType::So, &Secret::default())?;
    session.raw().init_pin(&AuthPin::from(password.reveal().to_owned())).map_err(|error| refusal::of(&error))?;
    session.raw().logout().map_err(|error| refusal::of(&error))?;
    if password.is_empty() { Ok(()) } else { session.login(UserType::User, password) }
}

fn fill(slots: &mut Slots, password: &Secret) -> Result<(), TokenError> {
    let directory = slots.files().directory().to_owned();
    set_first_password(slots.create()?, password)?;
    let path = directory.join("pkcs11.txt");
    let text = modules(&directory.display().to_string());
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| TokenError::WriteProtected { reason: format!("{}: {error}", path.display()) })
}
