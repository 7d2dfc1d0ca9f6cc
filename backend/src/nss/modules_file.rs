//! pkcs11.txt, the list of PKCS#11 modules. softoken makes databases without it; `certutil -N` writes the internal entry.

use certdeck_shared::modules_file::ModulesFile;

use crate::host::files::{self, FileError};
use crate::host::owners;

use super::location::Location;

/// Name of the file.
pub const NAME: &str = "pkcs11.txt";

/// A stanza is a few hundred octets.
const LIMIT: u64 = 1024 * 1024;

/// The file as `certutil -N` writes it: the internal module alone.
#[must_use]
pub fn internal_only(location: impl Into<Location>) -> String {
    let location = location.into();
    format!(
        "library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:{}' certPrefix='{1}' keyPrefix='{1}' secmod='secmod.db' flags= \
         updatedir='' updateCertPrefix='' updateKeyPrefix='' updateid='' updateTokenDescription='' \nNSS=Flags=internal,critical \
         trustOrder=75 cipherOrder=100 slotParams=(1={{slotFlags=[ECC,RSA,DSA,DH,RC2,RC4,DES,RANDOM,SHA1,MD5,MD2,SSL,TLS,AES,Camellia,\
         SEED,SHA256,SHA512] askpw=any timeout=30}})\n\n",
        location.directory().display(),
        location.prefix()
    )
}

/// Reads the list. Where there is none, NSS has its own module and no other.
///
/// # Errors
/// When the file is there and cannot be read, or is not text.
pub fn read(location: impl Into<Location>) -> Result<ModulesFile, FileError> {
    let location = location.into();
    let path = location.file(NAME);
    let content = match files::read_limited(&path, LIMIT) {
        Ok(content) => content,
        Err(error) if error.is_absent() => return Ok(ModulesFile::parse(&internal_only(&location))),
        Err(error) => return Err(error),
    };
    let not_text = |error| FileError { action: "read as text", path, source: std::io::Error::new(std::io::ErrorKind::InvalidData, error) };
    Ok(ModulesFile::parse(&String::from_utf8(content).map_err(not_text)?))
}

/// Writes the list as a whole, with owner and mode as they are; those of key4.db when there is no list yet.
///
/// # Errors
/// The old list is there then, unchanged.
pub fn write(location: impl Into<Location>, file: &ModulesFile) -> Result<(), FileError> {
    let location = location.into();
    let path = location.file(NAME);
    // A link stays a link.
    let path = std::fs::canonicalize(&path).unwrap_or(path);
    let attributes = match files::attributes(&path) {
        Err(error) if error.is_absent() => files::attributes(&location.file("key4.db"))?,
        other => other?,
    };
    let owner = (attributes.owner != owners::own()).then_some(attributes.owner);
    files::write_atomically(&path, file.to_string().as_bytes(), attributes.mode, owner)
}
